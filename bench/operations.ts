// What each path costs in billable operations, counted on the product's own code with meters on its bindings
// (workers/counting-gateway.ts), with the simulated Front-End behind it.

import { setTimeout as wait } from "node:timers/promises";
import { certificatePaths } from "./certificates.ts";
import { call, discoverUser, samlTicket } from "./client.ts";
import { codePasswordPaths } from "./code-passwords.ts";
import { deadTicketPaths } from "./dead-tickets.ts";
import { floodPaths } from "./floods.ts";
import { guestPaths } from "./guests.ts";
import { ALARMS_RUNG_MS, NOTHING, withCounts } from "./limits.ts";
import type { Operations, Path } from "./path.ts";
import { portalPaths } from "./portal.ts";
import { proofPaths } from "./proofs.ts";
import { judged, type Row } from "./report.ts";
import { signInPaths } from "./sign-ins.ts";
import type { Stand } from "./stand.ts";
import { ticketPaths } from "./tickets.ts";

/** A network's guard hears of a success after the answer has left. */
const SETTLED_MS = 200;

/** Sends one request along each path and reads the meters after it. */
export async function countOperations(stand: Stand): Promise<Row[]> {
  const port = await stand.portOf("postern");
  const counts = async (): Promise<Operations> => JSON.parse((await call({ port, path: "/_counts" })).text);
  const paths = await pathsOf(stand, port);
  await wait(ALARMS_RUNG_MS); // those of the sign-ins that made the tickets
  const counted: Row[] = [];
  for (const { name, status, send, limit, later } of paths) {
    await counts(); // from zero
    const answer = await send();
    if (answer.status !== status) throw new Error(`${name}: status ${answer.status} and not ${status}: ${answer.text}`);
    await wait(SETTLED_MS);
    counted.push(rowOf(name, await counts(), limit));
    if (later === undefined) continue;
    await wait(ALARMS_RUNG_MS);
    counted.push(rowOf(`${name}: its audit, later`, await counts(), withCounts(later)));
  }
  return counted;
}

function rowOf(name: string, used: Operations, limit: Partial<Operations>): Row {
  const words: Record<keyof Operations, string> = {
    guardRequests: "guard requests",
    alarms: "alarms",
    rowsRead: "rows read",
    rowsWritten: "rows written",
    d1Queries: "D1 queries",
    d1RowsRead: "D1 rows read",
    d1RowsWritten: "D1 rows written",
    frontEnd: "Front-End requests",
  };
  const keys = Object.keys(words) as (keyof Operations)[];
  const list = (of: Partial<Operations>, prefix = ""): string => {
    const parts = keys.flatMap((key) => (of[key] ? [`${prefix}${of[key]} ${words[key]}`] : []));
    return parts.length === 0 ? "none" : parts.join(", ");
  };
  const most = { ...NOTHING, alarms: Number.POSITIVE_INFINITY, frontEnd: Number.POSITIVE_INFINITY, ...limit };
  const pass = keys.every((key) => used[key] <= most[key]);
  return judged(name, list({ ...used, frontEnd: 0 }), list(limit, "<= "), pass);
}

/** In this order, because each path finds what those before it left behind. */
async function pathsOf(stand: Stand, port: number): Promise<Path[]> {
  const certificates = await certificatePaths(port, await stand.addUser("wendy"));
  const bob = await stand.addUser("bob");
  const saml = await samlTicket(port, bob);
  const withSaml = () => discoverUser(port, "user", { "x-ms-webticket": `opaque=${saml}` });
  return [
    ...(await ticketPaths(stand, port, bob, withSaml)),
    ...(await signInPaths(stand, port, bob)),
    ...(await codePasswordPaths(stand, port)),
    ...deadTicketPaths(port, withSaml),
    ...(await proofPaths(stand, port)),
    ...certificates,
    ...(await floodPaths(stand, port)),
    ...guestPaths(port),
    ...(await portalPaths(stand, port)),
  ];
}
