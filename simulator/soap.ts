// SOAP envelopes as WCF writes them (1.1) and reads them (1.1 and 1.2), and the faults of the authentication services.
// The diagnostics block is that of MS-OCAUTHWS. By its numbers, attackers and clients tell failures apart.

import { type Answer, answer } from "./exchange.ts";
import { diagnostics } from "./iis-headers.ts";
import { descend, escapeXml, parseXml, type XmlElement } from "./xml.ts";

export const WSU = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
export const WSSE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
export const WST = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";

export const SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/";
export const SOAP_12 = "http://www.w3.org/2003/05/soap-envelope";
const WEB_AUTHENTICATION = "urn:component:Microsoft.Rtc.WebAuthentication.2010";

/** The parts of a message that services look at. */
export interface SoapMessage {
  /** The namespace of the envelope. */
  readonly namespace: string;
  readonly envelope: XmlElement;
  readonly header: XmlElement | undefined;
  readonly security: XmlElement | undefined;
  readonly body: XmlElement;
}

/** Reads an envelope of either SOAP version; undefined when it is not an envelope. */
export function parseSoap(text: string): SoapMessage | undefined {
  const envelope = parseXml(text);
  const body = envelope?.local === "Envelope" ? descend(envelope, "Body") : undefined;
  if (!envelope || !body) return undefined;
  const header = descend(envelope, "Header");
  return { namespace: envelope.uri, envelope, header, security: descend(header, "Security"), body };
}

/** A 200 answer. `content` goes into the body, and `action` into the header, as WCF does. */
export function soapAnswer(content: string, action: string): Answer {
  const text =
    `<s:Envelope xmlns:s="${SOAP_11}"><s:Header><wsa:Action s:mustUnderstand="1" ` +
    `xmlns:wsa="http://www.w3.org/2005/08/addressing">${action}</wsa:Action></s:Header>` +
    `<s:Body>${content}</s:Body></s:Envelope>`;
  return answer(200, "text/xml; charset=utf-8", text);
}

/** A fault of the web-ticket services: number, reason, and the fault code under `wsse:`. */
export interface TicketFault {
  readonly id: number;
  readonly reason: string;
  readonly code?: "FailedAuthentication" | "InvalidRequest" | "InvalidSecurityToken";
  readonly status?: 401 | 500;
}

/** A SOAP fault with the diagnostics both in the header line and in the detail. */
export function faultAnswer(fault: TicketFault): Answer {
  const code = fault.code ?? "FailedAuthentication";
  const text =
    `<s:Envelope xmlns:s="${SOAP_11}"><s:Body><s:Fault><faultcode xmlns:wsse="${WSSE}">wsse:${code}</faultcode>` +
    `<faultstring xml:lang="en-US">${escapeXml(fault.reason)}</faultstring><detail>` +
    `<OCSDiagnosticsFault xmlns="${WEB_AUTHENTICATION}" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">` +
    `<Ms-Diagnostics-Fault><ErrorId>${fault.id}</ErrorId><Reason>${escapeXml(fault.reason)}</Reason>` +
    `</Ms-Diagnostics-Fault></OCSDiagnosticsFault></detail></s:Fault></s:Body></s:Envelope>`;
  return answer(fault.status ?? 500, "text/xml; charset=utf-8", text, [
    diagnostics(fault.id, fault.reason, `wsse:${code}`),
  ]);
}

/** The fault for every wrong credential in a SOAP body. */
export const NO_VALID_TOKEN: TicketFault = { id: 28020, reason: "No valid security token." };

/** A message that cannot be read. */
export const MALFORMED: TicketFault = { id: 28002, reason: "The request is malformed.", code: "InvalidRequest" };

/** WCF's fault for an action that an endpoint does not have (WS-Addressing 1.0 SOAP Binding, 6.4.2). */
export function actionNotSupported(action: string): Answer {
  const text =
    `<s:Envelope xmlns:s="${SOAP_11}"><s:Body><s:Fault><faultcode ` +
    `xmlns:a="http://www.w3.org/2005/08/addressing">a:ActionNotSupported</faultcode><faultstring xml:lang="en-US">` +
    `The message with Action '${escapeXml(action)}' cannot be processed at the receiver.</faultstring></s:Fault>` +
    "</s:Body></s:Envelope>";
  return answer(500, "text/xml; charset=utf-8", text);
}
