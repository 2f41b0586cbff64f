// Functions that make bad requests from good ones, for the tests.

import type { ProofFault } from "../../src/core/proof/faults.ts";
import { edited, message, NOW } from "./proof.ts";

/** A message, and the fault with which it is refused. */
export type Variant = readonly [name: string, fault: ProofFault, sent: () => string | Uint8Array];

export const MINUTE = 60_000;
export const DAY = 24 * 60 * MINUTE;
export const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
export const WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
export const TO = "https://web.contoso.test/WebTicket/WebTicketService.svc/Cert";

export const signedTo = () => message({ to: TO });
export const signedBody = () => message({ signs: ["timestamp", "body"] });

/** The content of a timestamp. Times in ms. */
export function instants(created: number, expires: number): string {
  const [from, to] = [created, expires].map((ms) => new Date(ms).toISOString());
  return `<u:Created>${from}</u:Created><u:Expires>${to}</u:Expires>`;
}

export const freshTimestamp = (id: string): string =>
  `<u:Timestamp xmlns:u="${WSU}" u:Id="${id}">${instants(NOW, NOW + 5 * MINUTE)}</u:Timestamp>`;

/** A good message with something more in its body, which is not signed. */
export const inBody = (content: string): string => edited(message().text, "<t:Entropy>", `${content}<t:Entropy>`);

/** A good message with something more in `Security`. */
export const beside = (content: string): string => edited(message().text, "</o:Security>", `${content}</o:Security>`);

/** The end of a signature with an object in it. */
export const object = (content: string): string => `<Object>${content}</Object></Signature>`;
