// UCWA batches over HTTP (S-34). A good batch passes byte for byte, and its parts arrive as the user's. A batch that
// hides a request from Postern, or has a request that may not pass, does not reach the Front-End with any of its parts.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { TestRequest, TestResponse } from "../../simulator/test-client.ts";
import { BATCHING, BOUNDARY, batchOf, envelope, HOST_LINE, PART_TYPE, request } from "../kit/batches.ts";
import { PATIENCE } from "../kit/patience.ts";
import { phoneOf, startApplication } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { APPLICATIONS } from "./support/presenting.ts";
import { rawExchange } from "./support/raw-http.ts";
import { anonymousTickets, compactTicket } from "./support/tickets.ts";

let gateway: TestGateway;
/** For alice and bob: a ticket without `cwt=`, and the path of an application. */
let alice: { readonly cwt: string; readonly application: string };
let bob: typeof alice;

beforeAll(async () => {
  gateway = await startTestGateway();
  alice = await withApplication(gateway.alice);
  bob = await withApplication(gateway.bob);
});
afterAll(() => gateway?.stop());

async function withApplication(who: Person): Promise<typeof alice> {
  const cwt = await compactTicket(gateway, who);
  return { cwt, application: await startApplication(gateway, cwt, phoneOf(who)) };
}

const get = (target: string, ...lines: readonly string[]): string =>
  request([`GET ${target} HTTP/1.1`, HOST_LINE, "Accept: application/json", ...lines]);
const me = (): string => get(`${alice.application}/me`);

/** A batch of alice's. It goes to her application unless `more` says otherwise. */
const batch = (body: string, more: Partial<TestRequest> = {}): TestRequest => ({
  path: `${alice.application}/batch`,
  method: "POST",
  body,
  ...more,
  headers: { authorization: `Bearer cwt=${alice.cwt}`, "content-type": BATCHING, ...more.headers },
});

/** Sends it. Returns the answer, and what arrived: the batch itself and its parts. */
async function sent(toSend: TestRequest): Promise<{ answer: TestResponse; arrived: readonly string[] }> {
  let answer: TestResponse | undefined;
  const { requests, unknownTickets } = await gateway.arrivals(async () => {
    answer = await gateway.send(toSend);
  });
  if (answer === undefined) throw new Error("no answer");
  expect(unknownTickets).toEqual([]);
  const arrived = requests.map((each) => {
    const place = each.batch === true ? "part" : "outer";
    return `${place} ${each.method} ${each.path} ${each.status} ${each.identity}`;
  });
  return { answer, arrived };
}

describe("S-34: a batch passes", () => {
  it("with its parts, as the user whose ticket it carries", async () => {
    const { application } = alice;
    const note = JSON.stringify({ message: "Zürich" });
    const posted = [`POST ${application}/me/note HTTP/1.1`, HOST_LINE, "Content-Type: application/json"];
    const length = `Content-Length: ${Buffer.byteLength(note)}`;
    const body = batchOf(get(`${application}/people/contacts`), request([...posted, length], note), me());
    const { answer, arrived } = await sent(batch(body));
    expect(answer.status).toBe(200);
    expect(answer.headers["content-type"]).toMatch(/^multipart\/batching; boundary=/);
    expect(answer.text.match(/HTTP\/1\.1 20\d/g)).toHaveLength(3);
    expect(answer.text).toContain('"sip:alice@contoso.test"');
    const identity = "sip:alice@contoso.test";
    expect(arrived).toEqual([
      `outer POST ${application}/batch 200 ${identity}`,
      `part GET ${application}/people/contacts 200 ${identity}`,
      `part POST ${application}/me/note 204 ${identity}`,
      `part GET ${application}/me 200 ${identity}`,
    ]);
  });

  it("with the client's own content type and length, and no header of its own making", async () => {
    const body = batchOf(me());
    const type = `multipart/batching; boundary="${BOUNDARY}"`;
    const { requests } = await gateway.arrivals(() =>
      gateway.send(
        batch(body, { headers: { "content-type": type, "x-forwarded-for": "10.0.0.1", cookie: "cwt_ucwa=x" } }),
      ),
    );
    const [outer, part] = requests;
    expect(outer?.headers).toMatchObject({ "content-type": type, "content-length": String(body.length) });
    expect(Object.keys(outer?.headers ?? {})).not.toContain("x-forwarded-for");
    expect(part?.headers).toEqual({ host: "web.contoso.test", accept: "application/json" });
  });

  it("as Microsoft's Batch.js writes it, and in chunks", async () => {
    const part = `\r\n--${BOUNDARY}\r\n${PART_TYPE}\r\n\r\n${me().slice(0, -2)}`;
    const body = `${[part, part].join("\r\n")}\r\n\r\n--${BOUNDARY}--\r\n`;
    const { arrived } = await sent(batch(body));
    expect(arrived).toHaveLength(3);
    const chunked = await sent(batch(body, { headers: { "transfer-encoding": "chunked" } }));
    expect([chunked.answer.status, chunked.arrived]).toEqual([200, arrived]);
  });

  it("as it was captured in the field: encodings that change nothing, a line break behind a body, a charset outside", async () => {
    const { application } = alice;
    const posted = (target: string): string =>
      request([`POST ${target} HTTP/1.1`, HOST_LINE, "Content-Type: application/json", "Content-Length: 2"], "{}\r\n");
    const body = envelope([
      `${PART_TYPE}\r\nContent-Transfer-Encoding: binary\r\n\r\n${posted(`${application}/me/note`)}`,
      `Content-Transfer-Encoding: 8bit\r\n${PART_TYPE}\r\n\r\n${get(`${application}/people/sip:bob%40contoso.test`)}`,
      `${PART_TYPE}\r\n\r\n${get(`${application}/people/o%27neil/%c3%a9`)}`,
    ]);
    const type = `multipart/batching; charset=UTF-8; boundary="${BOUNDARY}"`;
    const { answer, arrived } = await sent(batch(body, { headers: { "content-type": type } }));
    expect(answer.text.match(/HTTP\/1\.1 20\d/g)).toHaveLength(3);
    const identity = "sip:alice@contoso.test";
    expect(arrived).toEqual([
      `outer POST ${application}/batch 200 ${identity}`,
      `part POST ${application}/me/note 204 ${identity}`,
      `part GET ${application}/people/sip:bob%40contoso.test 200 ${identity}`,
      `part GET ${application}/people/o%27neil/%c3%a9 200 ${identity}`,
    ]);
  });

  it("with a hundred parts", async () => {
    const { arrived } = await sent(batch(batchOf(...Array.from({ length: 100 }, me))));
    expect(arrived).toHaveLength(101);
  });

  it("with a web ticket to the other family", async () => {
    const application = await startApplication(gateway, alice.cwt, phoneOf(gateway.alice), "/ucwa/v1/applications");
    const headers = { authorization: "", "x-ms-webticket": `cwt=${alice.cwt}` };
    const { authorization: _, ...rest } = batch("", { headers }).headers ?? {};
    const { arrived } = await sent({
      path: `${application}/batch`,
      method: "POST",
      headers: rest,
      body: batchOf(get(`${application}/me`)),
    });
    expect(arrived.map((each) => each.split(" ").slice(0, 4).join(" "))).toEqual([
      `outer POST ${application}/batch 200`,
      `part GET ${application}/me 200`,
    ]);
  });

  it.each([undefined, "/ucwa/v1/applications"])(
    "of a meeting guest, in the family of its application",
    async (family) => {
      const { cwt } = await anonymousTickets(gateway);
      const application = await startApplication(gateway, cwt, `endpoint of a guest at ${family}`, family);
      const toSend = batch(batchOf(get(`${application}/me`)), {
        path: `${application}/batch`,
        headers: { authorization: `Bearer cwt=${cwt}` },
      });
      const { answer, arrived } = await sent(toSend);
      expect([answer.status, arrived.length]).toEqual([200, 2]);
    },
  );
});

describe("S-34: a batch does not reach the Front-End", () => {
  const refusals = (): readonly string[] => gateway.log.filter((line) => line.includes("request-refused"));
  let expected = 0;
  const refusedWith = async (reason: string, toSend: TestRequest): Promise<void> => {
    const { answer, arrived } = await sent(toSend);
    expect([answer.status, answer.text, arrived]).toEqual([400, "", []]);
    await logged(reason);
  };
  const logged = async (reason: string): Promise<void> => {
    await vi.waitFor(
      () => expect(refusals().slice(expected)).toEqual([expect.stringContaining(`"${reason}"`)]),
      PATIENCE,
    );
    expected++;
  };

  it.each<[string, string, () => string]>([
    ["another user's application", "outside-application", () => get(`${bob.application}/me`)],
    ["an application's creation", "outside-application", () => get(APPLICATIONS).replace("GET", "POST")],
    ["the control panel", "outside-application", () => get("/cscp")],
    ["a token service", "outside-application", () => get("/WebTicket/WebTicketService.svc")],
    ["a way out by dots", "not-canonical", () => get(`${alice.application}/../../../../../cscp`)],
    ["a way out by encoded dots", "not-canonical", () => get(`${alice.application}/%2e%2e/%2e%2e/me`)],
    ["another host", "another-host", () => me().replace(HOST_LINE, "Host: fe01.contoso.local")],
    ["a whole URL", "not-origin-form", () => get(`https://fe01.contoso.local${alice.application}/me`)],
    ["a batch", "nested-batch", () => get(`${alice.application}/batch`).replace("GET", "POST")],
    ["the event channel", "event-channel", () => get(`${alice.application}/events?ack=1`)],
    ["TRACE", "method-not-allowed", () => me().replace("GET", "TRACE")],
    [
      "another's ticket",
      "header-not-allowed",
      () => get(`${alice.application}/me`, `Authorization: Bearer cwt=${bob.cwt}`),
    ],
    [
      "another's web ticket",
      "header-not-allowed",
      () => get(`${alice.application}/me`, `X-MS-WebTicket: cwt=${bob.cwt}`),
    ],
    ["a ticket cookie", "header-not-allowed", () => get(`${alice.application}/me`, `Cookie: cwt_ucwa=${bob.cwt}`)],
    ["a forwarding header", "header-not-allowed", () => get(`${alice.application}/me`, "X-Forwarded-For: 10.0.0.1")],
    [
      "another method in a header",
      "header-not-allowed",
      () => get(`${alice.application}/me`, "X-HTTP-Method-Override: DELETE"),
    ],
    ["a header behind a bare LF", "header-line", () => get(`${alice.application}/me`, "Accept-Language: x\nCookie: y")],
    ["a folded header", "header-line", () => get(`${alice.application}/me`, "Accept-Language: x\r\n Cookie: y")],
    ["a length and chunks", "transfer-encoding", () => get(`${alice.application}/me`, "Transfer-Encoding: chunked")],
    ["a second request behind it", "body-without-length", () => me() + get("/cscp")],
  ])("that shows %s in a part", async (_, reason, part) => {
    await refusedWith(reason, batch(batchOf(me(), part())));
    await refusedWith(reason, batch(batchOf(part(), me())));
  });

  it.each<[string, string, (hidden: string) => string]>([
    ["before the first delimiter", "preamble", (hidden) => `${PART_TYPE}\r\n\r\n${hidden}\r\n${batchOf(me())}`],
    ["behind the last one", "epilogue", (hidden) => batchOf(me()) + batchOf(hidden)],
    [
      "behind bare LFs",
      "stray-boundary",
      (hidden) => batchOf(me()).replace(`\r\n--${BOUNDARY}--`, `\n--${BOUNDARY}\n${PART_TYPE}\n\n${hidden}$&`),
    ],
    [
      "behind a delimiter with a space",
      "stray-boundary",
      (hidden) => batchOf(me(), hidden).replaceAll(`\r\n--${BOUNDARY}\r\n`, `\r\n--${BOUNDARY} \r\n`),
    ],
    [
      "behind a longer delimiter",
      "stray-boundary",
      (hidden) => batchOf(me(), hidden).replaceAll(`\r\n--${BOUNDARY}\r\n`, `\r\n--${BOUNDARY}x\r\n`),
    ],
    ["behind a blank line of LFs", "part-type", (hidden) => envelope([`${PART_TYPE}\n\n${hidden}`])],
    [
      "in an encoding",
      "part-type",
      (hidden) => envelope([`${PART_TYPE}\r\nContent-Transfer-Encoding: base64\r\n\r\n${btoa(hidden)}`]),
    ],
    ["behind a byte order mark", "byte-order-mark", (hidden) => `\ufeff${batchOf(hidden)}`],
    ["behind NUL", "not-text", (hidden) => batchOf(`${me()}\0`, hidden)],
  ])("that hides a request %s", async (_, reason, hide) => {
    await refusedWith(reason, batch(hide(get("/cscp"))));
  });

  it.each([
    `multipart/batching;boundary=${BOUNDARY};boundary=x`,
    `multipart/mixed;boundary=${BOUNDARY}`,
    `multipart/batching;boundary="${BOUNDARY}";type=x`,
    "application/json",
  ])("of the type %s", async (type) => {
    await refusedWith("not-batching", batch(batchOf(me()), { headers: { "content-type": type } }));
  });

  it("whose type names another charset", async () => {
    const headers = { "content-type": `${BATCHING};charset=utf-16` };
    await refusedWith("not-utf-8", batch(batchOf(me()), { headers }));
  });

  it("with two types", async () => {
    const body = batchOf(me());
    const head = [
      `POST ${alice.application}/batch HTTP/1.1`,
      HOST_LINE,
      "Connection: close",
      `Authorization: Bearer cwt=${alice.cwt}`,
      "Content-Type: multipart/batching;boundary=x",
      `Content-Type: ${BATCHING}`,
      `Content-Length: ${body.length}`,
    ];
    const { requests } = await gateway.arrivals(async () => {
      expect((await rawExchange(gateway, Buffer.from(request(head, body)))).status).toBe(400);
    });
    expect(requests).toEqual([]);
    await logged("not-batching");
  });

  it("with more than a hundred parts, or none", async () => {
    await refusedWith("too-many-parts", batch(batchOf(...Array.from({ length: 101 }, me))));
    await refusedWith("no-parts", batch(batchOf()));
  });

  it("of more than a megabyte, whether it says so or not", async () => {
    const { application } = alice;
    const filled = "x".repeat(1024 * 1024);
    const posted = [`POST ${application}/me/note HTTP/1.1`, HOST_LINE, `Content-Length: ${filled.length}`];
    const body = batchOf(request(posted, filled));
    for (const headers of [{}, { "transfer-encoding": "chunked" }]) {
      const { answer, arrived } = await sent(batch(body, { headers }));
      expect([answer.status, arrived]).toEqual([413, []]);
    }
  });

  it("without a ticket, and is not read", async () => {
    for (const body of [batchOf(me()), "nonsense"]) {
      const { answer, arrived } = await sent(batch(body, { headers: { authorization: "" } }));
      expect([answer.status, arrived]).toEqual([401, []]);
      expect(answer.lines("www-authenticate")).toEqual([expect.stringMatching(/^MsRtcOAuth /)]);
    }
  });

  it("by another method than POST, in another place, or in another spelling", async () => {
    const { application } = alice;
    for (const [method, path, status] of [
      ["GET", `${application}/batch`, 405],
      ["PUT", `${application}/batch`, 405],
      ["POST", `${application}/batch/`, 404],
      ["POST", `${application}/x/batch`, 404],
      ["POST", `${APPLICATIONS}/batch`, 404],
    ] as const) {
      const toSend = batch(batchOf(me()), { method, path });
      const { answer, arrived } = await sent(method === "GET" ? { ...toSend, body: "" } : toSend);
      expect([answer.status, arrived], `${method} ${path}`).toEqual([status, []]);
    }
  });

  it("S-16: and the log says why without a ticket, a header or a body", () => {
    const lines = refusals();
    expect(lines.length).toBeGreaterThan(30);
    for (const line of lines) {
      const { requestId: _random, ...said } = JSON.parse(line);
      expect(JSON.stringify(said)).not.toMatch(/cwt=|Bearer|fe01|cscp|HTTP\/1/);
    }
  });
});
