// The address book: files under /abs for clients with Windows credentials or a web ticket, and a search service with
// group expansion under /GroupExpansion. /abs/ itself offers Negotiate and NTLM, so attackers like to try passwords
// there. With it a test can show that a gateway lets no outsider reach this offer.

import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { type Answer, answer, bodyText, type Exchange, html, methodNotAllowed } from "./exchange.ts";
import type { FrontEnd } from "./front-end.ts";
import { internalVia } from "./iis-headers.ts";
import { presentedTicket } from "./presented-ticket.ts";
import { faultAnswer, MALFORMED, NO_VALID_TOKEN, parseSoap, soapAnswer } from "./soap.ts";
import { soapTicket } from "./soap-security.ts";
import { signOnWindows } from "./windows-auth.ts";
import { descend, escapeXml, type XmlElement } from "./xml.ts";

const MEGABYTE = 1_048_576;

/** The size of `/abs/files/large-50mb`, which the test of downloads in constant memory reads. */
const LARGE_FILE_BYTES = 50 * MEGABYTE;

/** The longest file that `?bytes=` gives. */
const MAX_FILE_BYTES = 1_024 * MEGABYTE;

/** Bytes written at a time. */
const CHUNK_BYTES = 65_536;

/** Anything under /abs. */
export function addressBookFile(frontEnd: FrontEnd, exchange: Exchange): Answer {
  if (!presentedTicket(frontEnd, exchange)) {
    const signOn = signOnWindows(frontEnd, exchange, [internalVia]);
    if (!signOn.ok) return signOn.answer;
  }
  if (exchange.method !== "GET") return methodNotAllowed("GET");
  const asked = Number(exchange.query.get("bytes"));
  if (exchange.path === "/abs/files/large-50mb") return fileOf(LARGE_FILE_BYTES);
  if (exchange.path.endsWith(".txt")) return answer(200, "text/plain", textOf(Math.min(asked, MEGABYTE)));
  if (Number.isInteger(asked) && asked > 0) return fileOf(Math.min(asked, MAX_FILE_BYTES));
  if (/\.(lsabs|dabs)$/.test(exchange.path)) return fileOf(4_096);
  return html(200, "<html><body>Address Book Web Service</body></html>", [internalVia]);
}

/** A text of the given length that gzip can shorten by half at most. */
function textOf(characters: number): string {
  let text = "";
  for (let n = 0; text.length < characters; n++) text += createHash("sha256").update(String(n)).digest("hex");
  return text.slice(0, characters);
}

/** A file of the given size: byte n is n modulo 251. It is streamed and never in memory as a whole. */
function fileOf(bytes: number): Answer {
  return answer(200, "application/octet-stream", Readable.from(pattern(bytes)), [
    ["Content-Length", String(bytes)],
    ["Accept-Ranges", "bytes"],
    ["ETag", `"abs-${bytes}"`],
    internalVia,
  ]);
}

function* pattern(bytes: number): Generator<Uint8Array> {
  const period = 251;
  // Long enough that a chunk can start anywhere in the period.
  const source = Uint8Array.from({ length: CHUNK_BYTES + period }, (_, i) => i % period);
  for (let at = 0; at < bytes; at += CHUNK_BYTES) {
    const from = at % period;
    yield source.subarray(from, from + Math.min(CHUNK_BYTES, bytes - at));
  }
}

/** `/GroupExpansion/service.svc`: the Windows-authenticated address. */
export async function groupExpansionWindows(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  const signOn = signOnWindows(frontEnd, exchange);
  if (!signOn.ok) return signOn.answer;
  const message = exchange.method === "POST" ? parseSoap(await bodyText(exchange)) : undefined;
  return message
    ? expand(frontEnd, message.body)
    : html(200, "<html><body>DistributionListExpander Service</body></html>");
}

/** `/GroupExpansion/service.svc/WebTicket_Bearer`: the same with a bearer ticket in the message. */
export async function groupExpansionTicket(frontEnd: FrontEnd, exchange: Exchange): Promise<Answer> {
  if (exchange.method !== "POST") return methodNotAllowed("POST");
  const message = parseSoap(await bodyText(exchange));
  if (!message) return faultAnswer(MALFORMED);
  const ticket = soapTicket(frontEnd, exchange, message.security, "bearer");
  if (ticket?.identity.kind !== "user") return faultAnswer({ ...NO_VALID_TOKEN, status: 401 });
  return expand(frontEnd, message.body);
}

/** Answers a search with every user of the pool; group members are not simulated. */
function expand(frontEnd: FrontEnd, body: XmlElement): Answer {
  if (!descend(body, "SearchAbEntry")) return faultAnswer(MALFORMED);
  const attribute = (name: string, value: string): string =>
    `<Attribute><Name>${name}</Name><Value>${escapeXml(value)}</Value></Attribute>`;
  const entries = frontEnd.users
    .sipEnabled()
    .map(
      (user) =>
        `<AbEntry><Attributes>${attribute("displayName", user.account)}` +
        `${attribute("msRTCSIP-PrimaryUserAddress", user.sipUri)}${attribute("mail", user.upn)}</Attributes></AbEntry>`,
    );
  const content =
    `<SearchAbEntryResponse xmlns="DistributionListExpander"><SearchAbEntryResult><Items>${entries.join("")}</Items>` +
    `</SearchAbEntryResult></SearchAbEntryResponse>`;
  return soapAnswer(content, "DistributionListExpander/IAddressBook/SearchAbEntryResponse");
}
