// What requests with a ticket cost, and requests that carry none: of a phone that runs a UCWA application, and of
// devices that name themselves.

import { setTimeout as wait } from "node:timers/promises";
import { VERDICT_REUSE_MS } from "../src/ticket/verdicts.ts";
import { call, compactTicket, discoverUser, negotiate, phoneTicket, startApplication } from "./client.ts";
import { DEVICE_AUDITED, LOADED, NOTHING, TICKETED, TOLD_OF_DEVICE } from "./limits.ts";
import type { Path } from "./path.ts";
import type { Stand, StandUser } from "./stand.ts";

/**
 * The first time D1 is asked whether the device is another user's, and has it before the answer leaves (S-28). The
 * guard hears once more, when the Front-End has accepted the request, and tells D1.
 */
const NAMED_FIRST = {
  guardRequests: 2,
  rowsRead: 15,
  rowsWritten: 9,
  d1Queries: 5,
  d1RowsRead: 20,
  d1RowsWritten: 20,
};
const NAMED_AGAIN = { guardRequests: 1, rowsRead: LOADED, rowsWritten: 2 };

/** The rows of requests with a ticket. `bob` has a phone; `withSaml` asks with a SAML ticket of his. */
export async function ticketPaths(stand: Stand, port: number, bob: StandUser, withSaml: Path["send"]): Promise<Path[]> {
  const { ticket, application } = await phoneTicket(port, bob);
  const dave = await stand.addUser("dave");
  const daves = await compactTicket(port, dave);
  const davesToo = await compactTicket(port, dave);
  const mallorys = await compactTicket(port, await stand.addUser("mallory"));
  const withCwt = (cwt: string) => discoverUser(port, "oauth/user", { authorization: `Bearer cwt=${cwt}` });
  const asPhone = (path: string) => call({ port, path, headers: { authorization: `Bearer cwt=${ticket}` } });
  return [
    {
      name: "discovery",
      status: 200,
      limit: NOTHING,
      send: () => call({ port, path: "/", host: "lyncdiscover.contoso.test" }),
    },
    { name: "not published", status: 404, limit: NOTHING, send: () => call({ port, path: "/ocspowershell/" }) },
    { name: "Type 1", status: 401, limit: NOTHING, send: async () => (await negotiate(port)).answer },
    { name: "no ticket", status: 401, limit: NOTHING, send: () => discoverUser(port, "oauth/user", {}) },
    { name: "forged ticket", status: 401, limit: NOTHING, send: () => withCwt("A".repeat(400)) },
    {
      name: "compact ticket, guard asked",
      status: 200,
      // On a busy machine more than ten seconds may have gone since bob's sign-in, so that his object sleeps. What an
      // object reads that is awake, the row "3 s later" tells.
      limit: { ...TICKETED, rowsRead: LOADED },
      send: () => withCwt(ticket),
    },
    { name: "compact ticket, verdict reused", status: 200, limit: NOTHING, send: () => withCwt(ticket) },
    {
      name: "compact ticket, 3 s later",
      status: 200,
      limit: TICKETED,
      send: async () => {
        await wait(VERDICT_REUSE_MS + 100);
        return withCwt(ticket);
      },
    },
    {
      name: "UCWA, an application's first request",
      status: 200,
      limit: { ...TICKETED, rowsRead: LOADED, rowsWritten: 1 }, // whose it is
      send: async () => {
        await wait(VERDICT_REUSE_MS + 100);
        return asPhone(`${application}/me`);
      },
    },
    {
      name: "UCWA, guard asked",
      status: 200,
      limit: TICKETED,
      send: async () => {
        await wait(VERDICT_REUSE_MS + 100);
        return asPhone(`${application}/me`);
      },
    },
    { name: "UCWA, verdict reused", status: 200, limit: NOTHING, send: () => asPhone(`${application}/people`) },
    {
      name: "a poll that outlives its verdict",
      status: 200,
      limit: { ...TICKETED, guardRequests: 2 },
      send: async () => {
        await wait(VERDICT_REUSE_MS + 100);
        return asPhone(`${application}/events?ack=1&timeout=5`);
      },
    },
    {
      name: "a device names itself, its first time",
      status: 201,
      limit: NAMED_FIRST,
      later: TOLD_OF_DEVICE,
      send: () => startApplication(port, daves, "phone of dave"),
    },
    {
      name: "a device names itself with another ticket",
      status: 201,
      limit: NAMED_AGAIN,
      send: () => startApplication(port, davesToo, "phone of dave"),
    },
    {
      name: "another device with the same app password",
      status: 403,
      limit: { guardRequests: 1, rowsRead: LOADED, rowsWritten: 3, d1Queries: 2, d1RowsRead: 1 },
      later: DEVICE_AUDITED,
      send: () => startApplication(port, davesToo, "laptop of mallory"),
    },
    {
      name: "a device of another user's",
      status: 403,
      limit: { guardRequests: 1, rowsRead: 10, rowsWritten: 5, d1Queries: 5, d1RowsRead: 5, d1RowsWritten: 4 },
      later: { ...DEVICE_AUDITED, rowsWritten: 7, d1Queries: 2, d1RowsWritten: 15 }, // both sides hear of it
      send: () => startApplication(port, mallorys, "phone of dave"),
    },
    {
      name: "the same again, within 3 s",
      status: 403,
      limit: TICKETED,
      send: async () => {
        await startApplication(port, mallorys, "phone of dave");
        await call({ port, path: "/_counts" });
        return startApplication(port, mallorys, "phone of dave");
      },
    },
    { name: "SAML ticket, guard asked", status: 200, limit: { ...TICKETED, rowsRead: LOADED }, send: withSaml },
    { name: "SAML ticket, verdict reused", status: 200, limit: NOTHING, send: withSaml },
  ];
}
