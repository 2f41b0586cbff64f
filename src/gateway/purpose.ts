// What a request presents its ticket for. The row says it; if a device may name itself, the body says it.

import type { Access } from "../core/http/publish.ts";
import { ok, type Result } from "../core/result.ts";
import type { Exchange } from "../http/exchange.ts";
import type { Purpose } from "../ticket/check.ts";
import { deviceNamedIn, type NamingFault } from "./naming.ts";
import type { ReadRequest } from "./ticket-read.ts";

/** What the ticket is presented for. */
export function purposeOf(
  { request, target }: Exchange,
  access: Extract<Access, { kind: "ticket" }>,
  { held, body }: Pick<ReadRequest, "held" | "body">,
): Result<Purpose, NamingFault> {
  switch (access.use) {
    case "discovery":
    case "address-book":
    case "service":
      return ok({ kind: access.use });
    case "application":
      return ok({ kind: "application", application: APPLICATION.exec(target.key)?.[1] });
    case "naming":
      return body === undefined
        ? ok({ kind: "service" })
        : deviceNamedIn(request, access.soap, body.text, held.ticket.sipUri);
  }
}

const APPLICATION = /^\/ucwa\/(?:oauth\/)?v1\/applications\/([^/]+)(?:\/|$)/;
const EVENTS = /^\/ucwa\/(?:oauth\/)?v1\/applications\/[^/]+\/events(?:\/|$)/;

/**
 * Whether a path is the event channel of an application, which holds a request open until there is something to say.
 */
export const isEventChannel = (path: string): boolean => path.includes("/events") && EVENTS.test(path);
