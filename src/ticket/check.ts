// Whether a presented ticket is one that Postern relayed, to this user, and still lives: at most one call to the user's
// guard, none when this isolate asked within the last moments, never D1.

import type { Config, Env } from "../config.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { guardOf } from "../guard/route.ts";
import { type Assertion, assertionsIn } from "../lync/assertion.ts";
import { ok, type Result, refuse } from "../result.ts";
import { openTicket } from "./envelope.ts";
import type { PresentedTicket } from "./presented.ts";
import type { LiveTicket, Verdicts } from "./verdicts.ts";

export type TicketFault = "not-a-ticket" | "expired" | "not-relayed";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** Under which this isolate keeps the verdict on a ticket: one text in two forms is two tickets. */
export const verdictName = (presented: PresentedTicket): string => `${presented.kind}=${presented.text}`;

type Place = { readonly env: Env; readonly verdicts: Verdicts; readonly now: number };

/** Checks a ticket that came in a header. Throws when the guard cannot be asked. */
export async function checkTicket(
  presented: PresentedTicket,
  at: Place & { readonly config: Config },
): Promise<Result<LiveTicket, TicketFault>> {
  const name = verdictName(presented);
  const reusable = at.verdicts.get(name, at.now);
  if (reusable !== undefined) return ok(reusable);
  const ticket = at.verdicts.reading(name) ?? readTicket(presented, at.config.keyring);
  return ticket === undefined ? refuse("not-a-ticket") : askGuard(ticket, name, at);
}

/** Checks the SAML ticket of a SOAP envelope. */
export async function checkAssertion(assertion: Assertion, at: Place): Promise<Result<LiveTicket, TicketFault>> {
  const name = `soap=${assertion.fingerprint}`;
  const reusable = at.verdicts.get(name, at.now);
  return reusable === undefined ? askGuard(samlTicket(assertion), name, at) : ok(reusable);
}

async function askGuard(ticket: LiveTicket, name: string, at: Place): Promise<Result<LiveTicket, TicketFault>> {
  if (ticket.expiresAt <= at.now) {
    at.verdicts.forget(name);
    return refuse("expired");
  }
  // An anonymous envelope is sealed by Postern, short-lived, and nobody's to revoke.
  if (ticket.anonymous && ticket.inner !== undefined) return ok(ticket);
  // A SAML ticket's subject only says whose guard to ask; that the ticket is genuine follows from its being remembered.
  const verdict = await guardOf(at.env, ticket.sipUri).checkTicket(ticket.id);
  if (!verdict.live) {
    at.verdicts.forget(name);
    return refuse("not-relayed");
  }
  const anonymous = verdict.kind === "anonymous";
  const live = anonymous === ticket.anonymous ? ticket : { ...ticket, anonymous };
  at.verdicts.keep(name, live, at.now);
  return ok(live);
}

function readTicket(presented: PresentedTicket, keyring: Keyring): LiveTicket | undefined {
  if (presented.kind === "opaque") {
    const assertion = opaqueAssertion(presented.text);
    return assertion && samlTicket(assertion);
  }
  const ticket = openTicket(keyring, presented.text);
  return ticket && { ...ticket, anonymous: ticket.kind === "anonymous" };
}

/** Whether it is a guest's, only the guard can tell. */
const samlTicket = ({ subject, fingerprint, expiresAt }: Assertion): LiveTicket => ({
  sipUri: subject,
  id: fingerprint,
  expiresAt,
  anonymous: false,
  inner: undefined,
});

function opaqueAssertion(text: string): Assertion | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  let xml: string;
  try {
    xml = utf8.decode(Buffer.from(text, "base64"));
  } catch {
    return undefined;
  }
  const assertions = assertionsIn(xml);
  if (!assertions.ok) return undefined;
  const [assertion, more] = assertions.value;
  return more === undefined && assertion?.path === "Assertion" ? assertion : undefined;
}
