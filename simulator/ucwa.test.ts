import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { demoUsers, type Simulator, startSimulator } from "./simulator.ts";
import { compactTicketFor, send, type TestRequest, type TestResponse } from "./test-client.ts";

const APPLICATIONS = "/ucwa/oauth/v1/applications";

let simulator: Simulator;
let alice: string;
let bob: string;

beforeAll(async () => {
  const [a, b] = demoUsers;
  if (!a || !b) throw new Error("demo users are missing");
  simulator = await startSimulator({ users: [a, { ...b, mobility: false }], eventHoldMs: 40 });
  alice = await compactTicketFor(simulator, "alice@contoso.test");
  bob = await compactTicketFor(simulator, "bob@contoso.test");
});
beforeEach(async () => {
  await send(simulator, { path: "/_sim/reset", method: "POST" });
  simulator.clearLedger();
});
afterAll(() => simulator.stop());

const as = (ticket: string, request: TestRequest): Promise<TestResponse> =>
  send(simulator, { ...request, headers: { authorization: `Bearer ${ticket}`, ...request.headers } });

const input = (properties: Readonly<Record<string, string>> = {}): string =>
  JSON.stringify({ UserAgent: "Test/1.0", EndpointId: "e-1", Culture: "en-US", ...properties });

const create = (
  ticket: string,
  body = input(),
  headers: Record<string, string> = { "content-type": "application/json" },
): Promise<TestResponse> => as(ticket, { path: APPLICATIONS, method: "POST", headers, body });

const selfOf = ({ text }: TestResponse): string => JSON.parse(text)._links.self.href;

describe("creating an application", () => {
  it("answers 201 with its address and the photo cookie, and 200 to the same instance", async () => {
    const created = await create(alice, input({ InstanceId: "i-1" }));
    expect(created.status).toBe(201);
    expect(selfOf(created)).toMatch(/^\/ucwa\/oauth\/v1\/applications\/\d{12}$/);
    expect(created.headers["set-cookie"]).toMatch(
      new RegExp(`^cwt_ucwa=[\\w-]+; path=${selfOf(created)}/photos; secure; HttpOnly$`),
    );
    const again = await create(alice, input({ InstanceId: "i-1" }));
    expect([again.status, selfOf(again)]).toEqual([200, selfOf(created)]);
  });

  it.each([
    ["lower-case keys", '{"userAgent":"T","endpointId":"e-2","culture":"en-US"}', "application/json"],
    ["a comma at the end", '{"UserAgent":"T","EndpointId":"e-3","Culture":"en-US",}', "application/json"],
    [
      "XML",
      '<input xmlns="http://schemas.microsoft.com/rtc/2012/03/ucwa"><property name="culture">en-US</property>' +
        '<property name="endpointId">e-4</property><property name="userAgent">T</property></input>',
      "application/vnd.microsoft.com.ucwa+xml",
    ],
  ])("takes %s", async (_name, body, type) => {
    const created = await create(alice, body, { "content-type": type });
    expect(created.status).toBe(201);
    if (type.includes("xml")) expect(created.text).toMatch(/<resource rel="application" href="\/ucwa\/oauth/);
  });

  it.each(["application/vnd.microsoft.com.ucwa+xml", "application/vnd.microsoft.ucwa+xml"])(
    "speaks %s to who accepts it",
    async (type) => {
      const created = await create(alice, input(), { "content-type": "application/json", accept: type });
      expect([created.status, created.headers["content-type"]]).toEqual([201, `${type}; charset=utf-8`]);
    },
  );

  it("understands a request by the revision it asks for, and refuses one that it has not", async () => {
    const self = selfOf(await create(alice));
    const ask = (method: string, path: string, version?: string): Promise<TestResponse> =>
      as(alice, { path, method, headers: version === undefined ? {} : { "x-ms-requiresminresourceversion": version } });
    const version = ({ status, headers }: TestResponse) => [status, headers["x-ms-ucwaversion"]];
    expect(version(await ask("GET", self))).toEqual([200, "1"]);
    expect(version(await ask("GET", self, "2"))).toEqual([200, "2"]);
    expect(JSON.parse((await ask("GET", self, "3")).text)).toMatchObject({ subcode: "APIVersionNotSupported" });
    expect((await ask("POST", `${self}/people/myGroupMemberships`)).status).toBe(405);
    expect((await ask("POST", `${self}/people/myGroupMemberships`, "2")).status).toBe(204);
  });

  it("refuses with 400, 403, 409 and 429", async () => {
    expect((await create(alice, input({ EndpointId: "x".repeat(101) }))).status).toBe(400);
    expect((await create(alice, '{"UserAgent":"T"}')).status).toBe(400);
    expect((await create(bob, input({ type: "Phone" }))).status).toBe(403);
    await create(alice, input({ InstanceId: "i-1" }));
    expect((await create(alice, input({ InstanceId: "i-2" }))).status).toBe(409);
    for (let i = 2; i <= 8; i++) await create(alice, input({ EndpointId: `e-${i}` }));
    const ninth = await create(alice, input({ EndpointId: "e-9" }));
    expect([ninth.status, JSON.parse(ninth.text).subcode]).toEqual([429, "TooManyApplications"]);
  });

  it("takes X-MS-WebTicket on /ucwa/v1", async () => {
    const created = await send(simulator, {
      path: "/ucwa/v1/applications",
      method: "POST",
      headers: { "x-ms-webticket": alice, "content-type": "application/json" },
      body: input(),
    });
    expect(selfOf(created)).toMatch(/^\/ucwa\/v1\/applications\/\d+$/);
  });
});

describe("using an application", () => {
  it("asks for the ticket on every request, and for the owner's", async () => {
    const self = selfOf(await create(alice));
    for (const path of [APPLICATIONS, self, `${self}/me`, `${self}/events?ack=1`]) {
      const { status, lines } = await send(simulator, { path });
      expect(status).toBe(401);
      expect(lines("www-authenticate")[1]).toMatch(/^MsRtcOAuth href=/);
    }
    expect((await as(bob, { path: self })).status).toBe(403);
    expect((await as(alice, { path: self })).status).toBe(200);
    for (const method of ["OPTIONS", "TRACE"]) expect((await as(alice, { path: self, method })).status).toBe(405);
  });

  it("shows photos to the cookie, and nothing else", async () => {
    const created = await create(alice);
    const cookie = created.headers["set-cookie"]?.split(";")[0] ?? "";
    const self = selfOf(created);
    const photo = await send(simulator, { path: `${self}/photos/alice@contoso.test`, headers: { cookie } });
    expect([photo.status, photo.headers["content-type"]]).toEqual([200, "image/gif"]);
    expect((await send(simulator, { path: self, headers: { cookie } })).status).toBe(401);
  });

  it("holds an event request until its time, an event, or the next request", async () => {
    const self = selfOf(await create(alice));
    const nothing = JSON.parse((await as(alice, { path: `${self}/events?ack=1` })).text);
    expect([nothing.sender, nothing._links.next.href]).toEqual([[], `${self}/events?ack=2`]);
    const replaced = as(alice, { path: `${self}/events?ack=2&timeout=20` });
    await until(() => simulator.ledger().requests.some(({ path }) => path.endsWith("timeout=20")));
    const held = as(alice, { path: `${self}/events?ack=2&timeout=30` });
    expect((await replaced).status).toBe(409);
    const event = { application: self.split("/").at(-1), event: { hello: 1 } };
    const delivered = await send(simulator, { path: "/_sim/event", method: "POST", body: JSON.stringify(event) });
    expect(JSON.parse(delivered.text).waiting).toBe(1);
    expect(JSON.parse((await held).text).sender[0].events).toEqual([{ hello: 1 }]);
  });

  const fire = (self: string, n: number) =>
    send(simulator, {
      ...{ path: "/_sim/event", method: "POST" },
      body: JSON.stringify({ application: self.split("/").at(-1), event: { n } }),
    });
  const heard = async (path: string): Promise<unknown> => {
    const { sender, _links } = JSON.parse((await as(alice, { path })).text);
    return sender === undefined ? _links.resync.href : sender.flatMap(({ events }: { events: unknown }) => events);
  };

  it("tells an event again until its next ack, and says where to go on to a client that is lost", async () => {
    const self = selfOf(await create(alice));
    const at = (ack: number) => heard(`${self}/events?ack=${ack}`);
    await fire(self, 1);
    expect(await at(1)).toEqual([{ n: 1 }]);
    await fire(self, 2);
    expect(await at(1)).toEqual([{ n: 1 }, { n: 2 }]);
    await fire(self, 3);
    expect(await at(2)).toEqual([{ n: 3 }]);
    expect(await at(1)).toBe(`${self}/events?ack=2`);
    expect(await at(4)).toBe(`${self}/events?ack=2`);
    expect(await at(2)).toEqual([{ n: 3 }]);
    expect(await at(3)).toEqual([]);
  });

  it("replaces an event request by one of the same or a higher priority only", async () => {
    const self = selfOf(await create(alice));
    const path = `${self}/events?ack=1&timeout=30`;
    const first = as(alice, { path: `${path}&priority=5` });
    await until(() => simulator.ledger().requests.some(({ path: asked }) => asked.endsWith("priority=5")));
    const lower = await as(alice, { path: `${path}&priority=4` });
    expect([lower.status, JSON.parse(lower.text).subcode]).toEqual([409, "PGetReplaced"]);
    const higher = as(alice, { path: `${path}&priority=6` });
    expect((await first).status).toBe(409);
    await fire(self, 1);
    expect(JSON.parse((await higher).text).sender[0].events).toEqual([{ n: 1 }]);
  });

  it.each(["524", "closed"])("is ended in its silence when a test ordered it: %s", async (how) => {
    const self = selfOf(await create(alice));
    const order = { path: "/_sim/silence", method: "POST", body: JSON.stringify({ afterMs: 20, how }) };
    expect((await send(simulator, order)).status).toBe(204);
    const ended = as(alice, { path: `${self}/events?ack=1&timeout=30` });
    if (how === "524") expect((await ended).status).toBe(524);
    else await expect(ended).rejects.toThrow("socket hang up");
    expect(await heard(`${self}/events?ack=1`)).toEqual([]);
    expect((await send(simulator, { ...order, body: '{"how":"sometimes","afterMs":1}' })).status).toBe(400);
  });

  it("answers each part of a batch, and records it", async () => {
    const self = selfOf(await create(alice));
    const part = (method: string, path: string): string =>
      `--b\r\nContent-Type: application/http; msgtype=request\r\n\r\n${method} ${path} HTTP/1.1\r\nHost: web\r\n\r\n\r\n`;
    const { status, headers, text } = await as(alice, {
      path: `${self}/batch`,
      method: "POST",
      headers: { "content-type": "multipart/batching;boundary=b" },
      body: `${part("GET", `${self}/me`)}${part("GET", "/cscp/")}--b--\r\n`,
    });
    expect([status, headers["content-type"]]).toEqual([200, expect.stringContaining("multipart/batching; boundary=")]);
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 404"]);
    const batched = simulator.ledger().requests.filter(({ batch }) => batch);
    expect(batched.map(({ path, status: s }) => [path, s])).toEqual([
      [`${self}/me`, 200],
      ["/cscp/", 404],
    ]);
  });

  it("expires with the ticket", async () => {
    const self = selfOf(await create(alice));
    await send(simulator, { path: "/_sim/expire", method: "POST", body: '{"user":"sip:alice@contoso.test"}' });
    const refused = await as(alice, { path: self });
    const stranger = await send(simulator, { path: self });
    expect([refused.status, refused.text]).toEqual([stranger.status, stranger.text]);
    expect(simulator.ledger().unknownTickets).toMatchObject([{ form: "Bearer", reason: "expired" }]);
    alice = await compactTicketFor(simulator, "alice@contoso.test");
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}
