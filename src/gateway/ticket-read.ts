// Finds the ticket of a request to a ticket row, and reads the body if something in it has to be judged.

import { type ReadBody, readText } from "../core/http/body.ts";
import type { Access, PublishRow } from "../core/http/publish.ts";
import { assertionsIn } from "../core/lync/assertion.ts";
import { ok } from "../core/result.ts";
import { userAgentOf } from "../http/about.ts";
import { ticketChallenge, unreadable } from "../http/answers.ts";
import type { Exchange } from "../http/exchange.ts";
import { endWith, type Step } from "../http/step.ts";
import { type HeldTicket, heldTicket, soapTicket } from "../ticket/check.ts";
import { presentedTicket, presentsTicket } from "../ticket/presented.ts";
import type { ReadTicket, Verdicts } from "../ticket/verdicts.ts";
import { unwrapped } from "./ticket-form.ts";
import { refusedTicket } from "./ticket-refused.ts";

type TicketAccess = Extract<Access, { kind: "ticket" }>;

/** A request with one ticket that can be read. */
export type ReadRequest = {
  readonly held: HeldTicket;
  /** The body, if it was read to judge it. It is sent on byte for byte. */
  readonly body: ReadBody | undefined;
  /** The headers in which the Front-End gets the ticket. */
  readonly credentials: (live: ReadTicket) => Readonly<Record<string, string>>;
};

/**
 * Reads ticket and body. If there is no ticket to judge, it ends with the answer for the client. `verdicts`: what this
 * isolate knows of tickets.
 */
export function readRequest(
  exchange: Exchange,
  row: PublishRow,
  access: TicketAccess,
  verdicts: Verdicts,
): Promise<Step<ReadRequest>> {
  const soap = access.soap && exchange.request.method === "POST";
  return soap ? inEnvelope(exchange, row, access) : inHeader(exchange, row, access, verdicts);
}

/** A ticket in a header. The body is read only if the device names itself in it. */
async function inHeader(
  exchange: Exchange,
  row: PublishRow,
  access: TicketAccess,
  verdicts: Verdicts,
): Promise<Step<ReadRequest>> {
  const { request, target } = exchange;
  if (!presentsTicket(request.headers, target.key))
    return endWith(ticketChallenge(access.dialect, exchange.config, userAgentOf(exchange.request)));
  const names = access.use === "naming" && request.method === "POST";
  const body = names ? await readText(request, row.maxBody) : undefined;
  const presented = presentedTicket(request.headers, target.key);
  if (presented === undefined) return endWith(await refusedTicket(exchange, access, "not-one-ticket"));
  const held = heldTicket(presented, { config: exchange.config, verdicts });
  if (held === undefined) return endWith(await refusedTicket(exchange, access, "not-a-ticket"));
  if (held === "of-another-pool") return endWith(await refusedTicket(exchange, access, held));
  if (body !== undefined && !body.ok) return endWith(unreadable(body.reason));
  return ok({ held, body: body?.value, credentials: (live) => unwrapped(live, presented) });
}

/** A SOAP service: its ticket is in the envelope's security header, so the body is always read. */
async function inEnvelope(exchange: Exchange, row: PublishRow, access: TicketAccess): Promise<Step<ReadRequest>> {
  const body = await readText(exchange.request, row.maxBody);
  if (!body.ok) return endWith(unreadable(body.reason));
  const assertions = assertionsIn(body.value.text);
  const none = body.value.text === "" || (assertions.ok && assertions.value.length === 0);
  if (none) return endWith(ticketChallenge(access.dialect, exchange.config, userAgentOf(exchange.request)));
  const [assertion, another] = assertions.ok ? assertions.value : [];
  if (assertion === undefined || another !== undefined || assertion.path !== "Envelope/Header/Security/Assertion") {
    return endWith(await refusedTicket(exchange, access, "not-one-ticket"));
  }
  const held = soapTicket(assertion, exchange.config.pool);
  if (held === undefined) return endWith(await refusedTicket(exchange, access, "not-a-ticket"));
  return ok({ held, body: body.value, credentials: () => ({}) });
}
