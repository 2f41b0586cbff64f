// What each path costs in billable operations, counted on the product's own code with meters on its bindings
// (workers/counting-gateway.ts), with the simulated Front-End behind it.

import { setTimeout as wait } from "node:timers/promises";
import { FLUSH_AFTER_MS } from "../src/audit/cadence.ts";
import { DEAD_TICKETS } from "../src/core/lockout/dead-tickets.ts";
import { DEFAULT_LIMITS } from "../src/core/lockout/limits.ts";
import { VERDICT_REUSE_MS } from "../src/ticket/verdicts.ts";
import {
  assertionOf,
  RST_ACTION,
  requestSecurityToken,
  TOKEN_TYPES,
  WEB_TICKET_PATH,
} from "../test/real/token-requests.ts";
import { certificatePaths } from "./certificates.ts";
import {
  type Answer,
  call,
  compactTicket,
  negotiate,
  phoneTicket,
  signIn,
  sipUriOf,
  startApplication,
  type TokenRequest,
  WINDOWS_GRANT,
} from "./client.ts";
import { floodPaths } from "./floods.ts";
import type { Operations, Path } from "./path.ts";
import { proofPaths } from "./proofs.ts";
import { judged, type Row } from "./report.ts";
import type { Stand } from "./stand.ts";

const NOTHING = { guardRequests: 0, rowsRead: 0, rowsWritten: 0, d1Queries: 0 };
/**
 * The first time, D1 is asked whether the device is another user's, and stores it before the answer leaves (S-28). The
 * guard hears once more, when the Front-End has accepted the request, and tells D1.
 */
const NAMED_FIRST = {
  guardRequests: 2,
  rowsRead: 25,
  rowsWritten: 14,
  d1Queries: 4,
  d1RowsRead: 30,
  d1RowsWritten: 24,
};
const NAMED_AGAIN = { guardRequests: 1, rowsRead: 10, rowsWritten: 3, d1Queries: 0 };
/** An object that was asleep reads its user's snapshot and devices: once, until it sleeps again. */
const LOADED = 20;
const TICKETED = { guardRequests: 1, rowsRead: 1, rowsWritten: 0, d1Queries: 0 };
const SIGN_IN = { guardRequests: 4, rowsRead: 25, rowsWritten: 10, d1Queries: 1 };
const REFUSED = { guardRequests: 2, rowsRead: 25, rowsWritten: 8, d1Queries: 1 };
/** The alarms of the user's and the network's guard, and the event in D1 with its indexes. */
const AUDITED = { alarms: 2, rowsRead: 50, rowsWritten: 6, d1Queries: 1, d1RowsWritten: 7 };

const GUEST = { guardRequests: 2, rowsRead: 20, rowsWritten: 8, d1Queries: 0 };
/** The tables of one object, or two, are made. */
const GUEST_FIRST = { ...GUEST, rowsRead: 60, rowsWritten: 30 };

/** A network's guard hears of a success after the answer has left. */
const SETTLED_MS = 200;
const ALARMS_RUNG_MS = FLUSH_AFTER_MS + 1_000;

/** Sends one request along each path and reads the meters after it. */
export async function countOperations(stand: Stand): Promise<Row[]> {
  const port = await stand.portOf("postern");
  const counts = async (): Promise<Operations> => JSON.parse((await call({ port, path: "/_counts" })).text);
  const certificates = await certificatePaths(port, await stand.addUser("wendy"));
  const paths = [
    ...(await pathsOf(stand, port)),
    ...(await proofPaths(stand, port)),
    ...certificates,
    ...(await floodPaths(stand, port)),
    ...guestPaths(port),
  ];
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
    counted.push(rowOf(`${name}: its audit, later`, await counts(), later));
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
  const pass = keys.every((key) => used[key] <= (limit[key] ?? Number.POSITIVE_INFINITY));
  return judged(name, list({ ...used, frontEnd: 0 }), list(limit, "<= "), pass);
}

async function pathsOf(stand: Stand, port: number): Promise<Path[]> {
  const alice = await stand.addUser("alice");
  const bob = await stand.addUser("bob");
  const carol = await stand.addUser("carol");
  const { ticket, application } = await phoneTicket(port, bob);
  const dave = await stand.addUser("dave");
  const daves = await compactTicket(port, dave);
  const davesToo = await compactTicket(port, dave);
  const mallorys = await compactTicket(port, await stand.addUser("mallory"));
  const saml = await samlTicket(port, bob);
  const { authorization: used } = await signIn(port, bob);
  const last = async (legs: Promise<{ answer: Answer }>): Promise<Answer> => (await legs).answer;
  const wrong = "aaaa-aaaa-aaaa-aaaa-aaaa";
  const withCwt = (cwt: string) => discoverUser(port, "oauth/user", { authorization: `Bearer cwt=${cwt}` });
  const bobSignsIn = () => last(signIn(port, bob));
  const carolFails = () => last(signIn(port, { ...carol, password: wrong }));
  const asPhone = (path: string) => call({ port, path, headers: { authorization: `Bearer cwt=${ticket}` } });
  const withForged = (n: number) =>
    discoverUser(port, "user", {
      "x-ms-webticket": `opaque=${forgedTicket(`sip:victim${n}@contoso.test`, forgedUntil)}`,
    });
  const forgedUntil = Date.now() + 3_600_000;
  const withSaml = () => discoverUser(port, "user", { "x-ms-webticket": `opaque=${saml}` });
  return [
    {
      name: "discovery",
      status: 200,
      limit: NOTHING,
      send: () => call({ port, path: "/", host: "lyncdiscover.contoso.test" }),
    },
    { name: "not published", status: 404, limit: NOTHING, send: () => call({ port, path: "/ocspowershell/" }) },
    { name: "Type 1", status: 401, limit: NOTHING, send: () => last(negotiate(port)) },
    { name: "no ticket", status: 401, limit: NOTHING, send: () => discoverUser(port, "oauth/user", {}) },
    { name: "forged ticket", status: 401, limit: NOTHING, send: () => withCwt("A".repeat(400)) },
    { name: "compact ticket, guard asked", status: 200, limit: TICKETED, send: () => withCwt(ticket) },
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
      limit: { ...TICKETED, guardRequests: 2, rowsRead: 2 },
      send: async () => {
        await wait(VERDICT_REUSE_MS + 100);
        return asPhone(`${application}/events?ack=1&timeout=5`);
      },
    },
    {
      name: "a device names itself, its first time",
      status: 201,
      limit: NAMED_FIRST,
      later: { ...AUDITED, d1Queries: 2, d1RowsWritten: 6 }, // the partnership, if anything was seen of it since
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
      limit: { guardRequests: 1, rowsRead: 10, rowsWritten: 4, d1Queries: 2, d1RowsRead: 4 },
      later: AUDITED,
      send: () => startApplication(port, davesToo, "laptop of mallory"),
    },
    {
      name: "a device of another user's",
      status: 403,
      limit: { guardRequests: 1, rowsRead: 20, rowsWritten: 8, d1Queries: 5, d1RowsRead: 12, d1RowsWritten: 2 },
      later: { ...AUDITED, rowsWritten: 8, d1Queries: 2, d1RowsWritten: 8 }, // both sides hear of it
      send: () => startApplication(port, mallorys, "phone of dave"),
    },
    {
      name: "the same again, within 3 s",
      status: 403,
      limit: { guardRequests: 1, rowsRead: 1, rowsWritten: 0, d1Queries: 0 },
      send: async () => {
        await startApplication(port, mallorys, "phone of dave");
        await call({ port, path: "/_counts" });
        return startApplication(port, mallorys, "phone of dave");
      },
    },
    { name: "SAML ticket, guard asked", status: 200, limit: { ...TICKETED, rowsRead: LOADED }, send: withSaml },
    { name: "SAML ticket, verdict reused", status: 200, limit: NOTHING, send: withSaml },
    {
      name: "sign-in, a user's first",
      status: 200,
      // Its guard's tables are made, and the policy is read.
      limit: { ...SIGN_IN, rowsRead: 120, rowsWritten: 52, d1Queries: 2 },
      later: AUDITED,
      send: () => last(signIn(port, alice)),
    },
    { name: "sign-in for a compact ticket", status: 200, limit: SIGN_IN, later: AUDITED, send: bobSignsIn },
    {
      name: "sign-in for a SAML ticket",
      status: 200,
      limit: SIGN_IN,
      later: AUDITED,
      send: () => last(signIn(port, bob, samlRequest(bob.account))),
    },
    {
      name: "sign-in, wrong password",
      status: 401,
      limit: REFUSED,
      later: AUDITED,
      send: () => last(signIn(port, { ...bob, password: wrong })),
    },
    { name: "sign-in after a wrong password", status: 200, limit: SIGN_IN, later: AUDITED, send: bobSignsIn },
    {
      name: "sign-in, Type 3 sent again",
      status: 401,
      limit: REFUSED,
      later: AUDITED,
      send: () => call({ port, ...WINDOWS_GRANT, headers: { ...WINDOWS_GRANT.headers, authorization: used } }),
    },
    {
      name: "the same once more",
      status: 401,
      limit: { ...REFUSED, guardRequests: 3 },
      later: AUDITED,
      send: () => call({ port, ...WINDOWS_GRANT, headers: { ...WINDOWS_GRANT.headers, authorization: used } }),
    },
    {
      name: "sign-in, unknown user",
      status: 401,
      limit: { ...REFUSED, guardRequests: 3 },
      later: AUDITED,
      send: () => last(signIn(port, { account: "nobody", password: wrong })),
    },
    {
      name: "the failure after which it has to wait",
      status: 401,
      limit: { ...REFUSED, guardRequests: 3 },
      later: AUDITED,
      send: async () => {
        for (let failures = 0; failures < DEFAULT_LIMITS.stranger.free - 1; failures++) await carolFails();
        await wait(ALARMS_RUNG_MS);
        await call({ port, path: "/_counts" });
        return carolFails();
      },
    },
    {
      name: "the next: its network's guard knows",
      status: 401,
      limit: { guardRequests: 1, rowsRead: 5, rowsWritten: 2, d1Queries: 0 },
      later: AUDITED,
      send: carolFails,
    },
    {
      name: "every other",
      status: 401,
      limit: { guardRequests: 1, rowsRead: 5, rowsWritten: 1, d1Queries: 0 }, // an alarm now and then
      send: carolFails,
    },
    {
      name: "dead ticket, a network's first",
      status: 401,
      // The table is made, and an alarm set.
      limit: { guardRequests: 2, rowsRead: LOADED, rowsWritten: 4, d1Queries: 0 },
      send: () => withForged(1),
    },
    { name: "the same dead ticket again", status: 401, limit: NOTHING, send: () => withForged(1) },
    {
      name: "dead ticket, while the network has some left",
      status: 401,
      limit: { guardRequests: 2, rowsRead: LOADED, rowsWritten: 1, d1Queries: 0 },
      send: () => withForged(2),
    },
    {
      name: "dead ticket, its network is over its handful",
      status: 401,
      limit: { guardRequests: 1, rowsRead: 2, rowsWritten: 0, d1Queries: 0 },
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

/** Guests of one meeting, and an attacker who tries its keys from another network. */
function guestPaths(port: number): Path[] {
  const audited = { ...AUDITED, alarms: 1 };
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const asks = (key: string, source: string) =>
    call({
      port,
      path: "/WebTicket/oauthtoken",
      method: "POST",
      headers: { ...headers, "cf-connecting-ip": source },
      body: `grant_type=urn:microsoft.rtc:anonmeeting&password=${key}&ms_rtc_conferenceuri=${CONFERENCE}`,
    });
  const anonymousSaml = () => {
    const { path, ...request } = samlRequest("anyone");
    return call({ port, ...request, path: `${path}/Anon` });
  };
  return [
    {
      name: "guest, a network's first",
      status: 200,
      limit: GUEST_FIRST,
      later: audited,
      send: () => asks(KEY, "192.0.2.1"),
    },
    {
      name: "guest, another of that network",
      status: 200,
      limit: GUEST,
      later: audited,
      send: () => asks(KEY, "192.0.2.1"),
    },
    {
      name: "guest, a SAML ticket",
      status: 200,
      limit: { ...GUEST_FIRST, rowsRead: 95, rowsWritten: 50 },
      later: AUDITED,
      send: anonymousSaml,
    },
    {
      name: "guest, wrong key",
      status: 400,
      limit: { ...GUEST_FIRST, guardRequests: 3 },
      later: AUDITED,
      send: () => asks("WRONG", "192.0.2.2"),
    },
    {
      name: "300 wrong keys from one network, the last",
      status: 400,
      limit: { guardRequests: 1, rowsRead: 5, rowsWritten: 0, d1Queries: 0, frontEnd: 0 },
      send: async () => {
        for (let n = 0; n < 299; n++) await asks(`WRONG${n}`, "192.0.2.2");
        await call({ port, path: "/_counts" });
        return asks("WRONG", "192.0.2.2");
      },
    },
  ];
}

const KEY = "5D3KQ7XT";
const CONFERENCE = `sip:alice@contoso.test;gruu;opaque=app:conf:focus:id:${KEY}`;

const discoverUser = (port: number, resource: string, headers: Record<string, string>): Promise<Answer> =>
  call({ port, path: `/Autodiscover/AutodiscoverService.svc/root/${resource}`, headers });

const samlRequest = (account: string): TokenRequest => ({
  path: WEB_TICKET_PATH,
  method: "POST",
  headers: { "content-type": "text/xml; charset=utf-8", soapaction: RST_ACTION },
  body: requestSecurityToken(sipUriOf(account), TOKEN_TYPES.saml),
});

/** A forged assertion in the same form, as anybody can write it. */
function forgedTicket(subject: string, until: number): string {
  const xml =
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:1.0:assertion"><saml:Conditions NotOnOrAfter="${new Date(until).toISOString()}"/>` +
    `<saml:Subject><saml:NameIdentifier>${subject}</saml:NameIdentifier></saml:Subject></saml:Assertion>`;
  return Buffer.from(xml, "utf8").toString("base64");
}

/** A SAML ticket in the form in which `X-MS-WebTicket` carries it. */
async function samlTicket(port: number, who: { account: string; password: string }): Promise<string> {
  const { answer } = await signIn(port, who, samlRequest(who.account));
  const assertion = assertionOf(answer.text);
  if (assertion === undefined) throw new Error(`no SAML ticket: ${answer.status} ${answer.text}`);
  return Buffer.from(assertion, "utf8").toString("base64");
}
