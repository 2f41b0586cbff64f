// Meeting guests have no credential that Postern could check. What Postern can do for the pool is to count: wrong
// conference keys by conference and network, and all requests of strangers by network. Guests with a right link do not
// notice it.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { PATIENCE } from "../kit/patience.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { asOpaque, soap } from "./support/presenting.ts";
import { inParallel } from "./support/raw-http.ts";
import { shapeOf } from "./support/shape.ts";
import { ANONYMOUS_GRANT, accessTokenIn, assertionIn, grantRequest, tokenRequest } from "./support/tickets.ts";

vi.setConfig({ testTimeout: 120_000 }); // hundreds of requests on a machine that may be busy

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const KEY = "5D3KQ7XT";
const conferenceOf = (id: string, organiser = "alice") =>
  `sip:${organiser}@contoso.test;gruu;opaque=app:conf:focus:id:${id}`;
const guest = (key: string, conference = conferenceOf(KEY)) =>
  grantRequest(
    new URLSearchParams({
      grant_type: "urn:microsoft.rtc:anonmeeting",
      password: key,
      ms_rtc_conferenceuri: conference,
    }).toString(),
  );
const from = (address: string, request: TestRequest): Promise<TestResponse> =>
  gateway.send({ ...request, headers: { ...request.headers, "cf-connecting-ip": address } });

/** How many requests of `act` arrived at the Front-End. */
const arrived = async (act: () => Promise<unknown>): Promise<number> => (await gateway.arrivals(act)).requests.length;
const times = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Lines of the audit about guests since `before`. */
const guestLines = (before: number) => gateway.log.slice(before).filter((line) => line.includes('"channel":"guest"'));
async function auditedSince(before: number, count: number): Promise<readonly string[]> {
  return vi.waitFor(() => {
    const lines = guestLines(before);
    expect(lines).toHaveLength(count);
    return lines;
  }, PATIENCE);
}

describe("S-44: wrong conference keys", () => {
  it("300 of them at once from one network: a few reach the Front-End, the rest are the same answer", async () => {
    const shapes = new Set<string>();
    const reached = await arrived(() =>
      inParallel(times(300), 50, async (n) => {
        shapes.add(JSON.stringify(shapeOf(await from("203.0.113.1", guest(`WRONG${n}`)))));
      }),
    );
    expect(reached).toBe(5);
    expect([...shapes]).toHaveLength(1);
    expect([...shapes][0]).toContain("invalid_grant");
  });

  it("over many conferences from one network, or one /48: twenty", async () => {
    const reached = await arrived(() =>
      inParallel(times(300), 50, (n) => from("203.0.113.2", guest("WRONG", conferenceOf(`ID${n}`)))),
    );
    expect(reached).toBe(20);
    const ofOneCustomer = await arrived(() =>
      inParallel(times(100), 20, (n) =>
        from(`2001:db8:7:${n.toString(16)}::1`, guest("WRONG", conferenceOf(`IP${n}`))),
      ),
    );
    expect(ofOneCustomer).toBe(20);
  });

  it("by another spelling of the conference: it is the same conference", async () => {
    const spelt = (n: number) => conferenceOf(n % 2 === 0 ? "SPELT" : "spelt", n % 3 === 0 ? "ALICE" : "alice");
    expect(await arrived(() => inParallel(times(60), 20, (n) => from("203.0.113.3", guest(`W${n}`, spelt(n)))))).toBe(
      5,
    );
  });

  it("from many networks: those that failed wait together, and a guest with the right key gets in", async () => {
    const conference = conferenceOf("CROWD");
    const reached = await arrived(() =>
      inParallel(times(60), 20, async (n) => {
        for (const key of ["A", "B", "C", "D", "E", "F"]) await from(`198.51.100.${n}`, guest(key, conference));
      }),
    );
    expect(reached).toBeGreaterThan(60); // the first of each kind
    expect(reached).toBeLessThan(200); // and not five of each kind
    expect((await from("192.0.2.77", guest("CROWD", conference))).status).toBe(200);
  });

  it("do not keep those out who share the network and have been in this conference", async () => {
    const conference = conferenceOf("WEEKLY");
    expect((await from("203.0.113.4", guest("WEEKLY", conference))).status).toBe(200);
    await inParallel(times(100), 20, (n) => from("203.0.113.4", guest("WRONG", conferenceOf(`OTHER${n}`))));
    expect((await from("203.0.113.4", guest("WEEKLY", conference))).status).toBe(200);
  });
});

describe("S-44: a crowd of guests", () => {
  it("behind one address gets in, all at once", async () => {
    const statuses = new Map<number, number>();
    await inParallel(times(150), 150, async (n) => {
      const id = `CROWD${n % 30}`;
      const { status } = await from("203.0.113.5", guest(id, conferenceOf(id)));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    });
    expect([...statuses]).toEqual([[200, 150]]);
  });

  it("has SAML tickets in several guards, and each opens what a guest's does", async () => {
    const statuses: number[] = [];
    await inParallel(times(24), 8, async () => {
      const path = "/WebTicket/WebTicketService.svc/Anon";
      const issued = await from("203.0.113.6", tokenRequest("saml", "sip:anyone@contoso.test", { path }));
      const assertion = assertionIn(issued.text);
      expect(assertion).toContain("sip:anonymous@anonymous.invalid");
      statuses.push((await gateway.send(asOpaque(assertion, "/Reach/sip.svc"))).status);
      expect((await gateway.send(asOpaque(assertion))).status).toBe(401);
      expect((await gateway.send(soap(assertion))).status).toBe(401);
    });
    expect(statuses).toEqual(Array(24).fill(200));
  });
});

describe("S-44: what a stranger has forwarded", () => {
  const budgets = { services: 40, pages: 80 };
  let small: TestGateway;
  beforeAll(async () => {
    small = await startTestGateway({ budgets });
  });
  afterAll(() => small?.stop());

  const anon = () => tokenRequest("saml", "sip:x@contoso.test", { path: "/WebTicket/WebTicketService.svc/Anon" });
  it.each<[string, keyof typeof budgets, () => TestRequest]>([
    ["discovery", "services", () => ({ path: "/", host: "lyncdiscover.contoso.test" })],
    ["metadata", "services", () => ({ path: "/WebTicket/WebTicketService.svc/mex" })],
    ["a guest's grant", "services", () => ANONYMOUS_GRANT],
    ["a guest's web ticket", "services", anon],
    ["a meeting page", "pages", () => ({ path: "/meet/alice/5D3KQ7XT", host: "meet.contoso.test" })],
    ["a page that is posted", "pages", () => ({ path: "/lwa/x", method: "POST", body: "x" })],
  ])("%s: as much as the network's budget, and then 429; another network is served", async (name, budget, request) => {
    // Budgets are counted by the minute. A test that runs over the end of a minute may use two.
    const most = 2 * budgets[budget];
    const statuses: number[] = [];
    const address = `2001:db8:8:${name.length.toString(16)}::`;
    const sendFrom = (source: string) =>
      small.send({ ...request(), headers: { ...request().headers, "cf-connecting-ip": source } });
    const ledger = await small.arrivals(() =>
      inParallel(times(most + 40), 16, async (n) => {
        const answer = await sendFrom(address + n.toString(16));
        statuses.push(answer.status);
        if (answer.status === 429) expect(answer.headers["retry-after"]).toBe("60");
      }),
    );
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect(ledger.requests.length).toBe(statuses.filter((status) => status === 200).length);
    expect(ledger.requests.length).toBeLessThanOrEqual(most);
    expect((await sendFrom("203.0.113.9")).status).toBe(200);
  });
});

describe("S-39: each guest is one event", () => {
  it("a ticket given, a key refused by the Front-End, and one refused unseen", async () => {
    const before = gateway.log.length;
    const conference = conferenceOf("EVENTS");
    const given = await from("203.0.113.20", guest("EVENTS", conference));
    const [first = ""] = await auditedSince(before, 1);
    for (const field of [
      '"outcome":"signed-in"',
      '"reason":"cwt"',
      '"source":"203.0.113.20"',
      'of sip:alice@contoso.test"',
    ]) {
      expect(first).toContain(field);
    }
    const form = `grant_type=urn:microsoft.rtc:anonmeeting&ms_rtc_renew=cwt%3D${accessTokenIn(given.text)}`;
    expect((await from("203.0.113.20", grantRequest(form))).status).toBe(200);
    const path = "/WebTicket/WebTicketService.svc/Anon";
    await from("203.0.113.20", tokenRequest("saml", "sip:anyone@contoso.test", { path }));
    const [, , third = ""] = await auditedSince(before, 3);
    expect(third).toContain('"reason":"saml"');
    for (let n = 0; n < 6; n++) await from("203.0.113.21", guest(`W${n}`, conference));
    const lines = await auditedSince(before, 9);
    expect(lines.filter((line) => line.includes('"reason":"wrong-conference-key"'))).toHaveLength(5);
    expect(lines.filter((line) => line.includes('"reason":"waiting"'))).toHaveLength(1);
  });

  it("S-16: no key and no conference's address is in the log", () => {
    const log = gateway.log.join("\n");
    for (const secret of [KEY, "WEEKLY", "EVENTS", "CROWD"]) expect(log).not.toContain(secret);
    expect(ANONYMOUS_GRANT.body).toContain(KEY);
  });
});
