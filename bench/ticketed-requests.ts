// Requests with a live ticket, as bytes: what a UCWA client sends, with what Cloudflare adds on the way.

import type { Keyring } from "../src/core/crypto/keyring.ts";
import { openTicket, sealTicket } from "../src/ticket/envelope.ts";
import { phoneTicket, WEB_HOST } from "./client.ts";
import { getRequest } from "./load.ts";
import type { Stand } from "./stand.ts";

const USERS = 16;

/** Where a request with a ticket goes: below the user's UCWA application, or to the user's own discovery. */
export type Place = "application" | "discovery";
export const PLACES: readonly Place[] = ["application", "discovery"];

/** A ticket that was relayed to a user, and the application that the user's device runs. */
export type TicketOf = { readonly user: number; readonly ticket: string; readonly application: string };

/** One relayed ticket for each user, by real sign-ins. Each has named its device. */
export async function relayedTickets(stand: Stand): Promise<TicketOf[]> {
  const port = await stand.portOf("postern-sign-in");
  const tickets: TicketOf[] = [];
  for (let user = 0; user < USERS; user++) {
    tickets.push({ user, ...(await phoneTicket(port, await stand.addUser(`user${user}`))) });
  }
  return tickets;
}

/**
 * Many tickets out of a few: sealing is randomised, so sealing a live ticket again with the gateway's own key gives a
 * new text. An isolate knows tickets by their text, so it has to ask the guard about each.
 */
export function envelopesOf(keyring: Keyring, relayed: readonly TicketOf[], count: number): TicketOf[] {
  const opened = relayed.flatMap((of) => {
    const ticket = openTicket(keyring, of.ticket);
    return ticket === undefined ? [] : [{ of, ticket }];
  });
  return Array.from({ length: count }, (_, index) => {
    const each = opened[index % opened.length];
    if (each === undefined) throw new Error("no ticket to seal");
    return { ...each.of, ticket: sealTicket(keyring, each.ticket) };
  });
}

/**
 * A request of a UCWA client, with the headers that it really sends and those that Cloudflare adds.
 * @param visit requests of one user with another number come from another network
 */
export function ticketedRequest({ user, ticket, application }: TicketOf, place: Place, visit = 0): Buffer {
  const path = place === "application" ? `${application}/me` : "/Autodiscover/AutodiscoverService.svc/root/oauth/user";
  const address = addressOf(user, visit);
  return getRequest(path, {
    Host: WEB_HOST,
    Authorization: `Bearer cwt=${ticket}`,
    Accept: "application/vnd.microsoft.com.ucwa+json",
    "Accept-Encoding": "gzip, br",
    "Accept-Language": "en-US",
    "User-Agent": "ACOMO",
    "X-Ms-Origin": `https://${WEB_HOST}`,
    "CF-Connecting-IP": address,
    "CF-IPCountry": "DE",
    "CF-Ray": `8f3a5d0c1b2e${(4096 + user).toString(16)}-FRA`,
    "CF-Visitor": '{"scheme":"https"}',
    "X-Forwarded-For": address,
    "X-Forwarded-Proto": "https",
  });
}

/** Every second user comes over IPv6, as phones do. */
const addressOf = (user: number, visit: number): string =>
  user % 2 === 0
    ? `203.0.${visit % 256}.${user + 1}`
    : `2001:db8:${(visit % 65536).toString(16)}:${user + 1}:a1b2:c3d4:e5f6:7`;
