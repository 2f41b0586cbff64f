// What tickets that nobody relayed cost: at first the guard of their user is asked, and then the network's alone.

import { setTimeout as wait } from "node:timers/promises";
import { DEAD_TICKETS } from "../src/core/lockout/dead-tickets.ts";
import { VERDICT_REUSE_MS } from "../src/ticket/verdicts.ts";
import { call, discoverUser } from "./client.ts";
import { LOADED, NOTHING, TICKETED } from "./limits.ts";
import type { Path } from "./path.ts";

/** The rows of dead tickets. `withSaml` asks with a live one. */
export function deadTicketPaths(port: number, withSaml: Path["send"]): Path[] {
  const withForged = (n: number) =>
    discoverUser(port, "user", {
      "x-ms-webticket": `opaque=${forgedTicket(`sip:victim${n}@contoso.test`, forgedUntil)}`,
    });
  const forgedUntil = Date.now() + 3_600_000;
  return [
    {
      name: "dead ticket, a network's first",
      status: 401,
      limit: { guardRequests: 2, rowsRead: LOADED, rowsWritten: 2 }, // the table is made, and an alarm set
      send: () => withForged(1),
    },
    { name: "the same dead ticket again", status: 401, limit: NOTHING, send: () => withForged(1) },
    {
      name: "dead ticket, while the network has some left",
      status: 401,
      limit: { guardRequests: 2, rowsRead: LOADED, rowsWritten: 1 },
      send: () => withForged(2),
    },
    {
      name: "dead ticket, its network is over its handful",
      status: 401,
      limit: { guardRequests: 1, rowsRead: 2 },
      send: async () => {
        for (let dead = 2; dead <= DEAD_TICKETS.burst; dead++) await withForged(1 + dead);
        await call({ port, path: "/_counts" });
        return withForged(0);
      },
    },
    {
      name: "from there, a ticket that its isolate knows",
      status: 200,
      limit: { ...TICKETED, rowsRead: LOADED },
      send: async () => {
        await wait(VERDICT_REUSE_MS + 100);
        return withSaml();
      },
    },
  ];
}

/** A forged assertion in the same form, as anybody can write it. */
function forgedTicket(subject: string, until: number): string {
  const xml =
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"><saml:Conditions NotOnOrAfter="${new Date(until).toISOString()}"/>` +
    `<saml:Subject><saml:NameIdentifier>${subject}</saml:NameIdentifier></saml:Subject></saml:Assertion>`;
  return Buffer.from(xml, "utf8").toString("base64");
}
