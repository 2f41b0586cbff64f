// S-32 and S-38 from outside: every directory in every odd spelling, on a raw socket, without a ticket and with a good
// one. The Front-End's ledger says what got through and how IIS read it.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LedgerEntry } from "../../simulator/ledger.ts";
import { canonicalTarget } from "../../src/core/http/canonical.ts";
import { publishRow } from "../../src/core/http/publish.ts";
import { LONG_RUNS } from "../kit/runs.ts";
import { phoneTicket } from "./support/devices.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { inParallel, type RawRequest, type RawResponse, rawSend } from "./support/raw-http.ts";
import { DIRECTORIES, SPELLINGS, type Spelling } from "./support/spellings.ts";

let gateway: TestGateway;
let ticket: string;

beforeAll(async () => {
  gateway = await startTestGateway();
  ticket = await phoneTicket(gateway, gateway.alice);
});
afterAll(() => gateway?.stop());

/** One request of a walk: its answer, and what arrived at the Front-End because of it. */
type Step = {
  readonly directory: string;
  readonly spelling: Spelling;
  readonly response: RawResponse;
  readonly arrival: LedgerEntry | undefined;
};

/**
 * Asks for every directory in every spelling; a short run asks in a third of the odd ones, of each directory in others.
 * Requests are told apart in the ledger by a header that passes.
 */
async function walk(lines: readonly string[]): Promise<readonly Step[]> {
  const requests = DIRECTORIES.flatMap((directory, at) =>
    SPELLINGS.filter(({ plain }, n) => LONG_RUNS || plain || (at + n) % 3 === 0).map((spelling) => ({
      directory,
      spelling,
    })),
  );
  gateway.simulator.clearLedger();
  const responses = await inParallel(requests, 24, ({ directory, spelling }, index) =>
    rawSend(gateway, { target: spelling.spell(directory), lines: [`client-request-id: ${index}`, ...lines] }),
  );
  const arrivals = new Map(
    gateway.simulator.ledger().requests.map((entry) => [entry.headers["client-request-id"], entry]),
  );
  expect(arrivals.size).toBe(gateway.simulator.ledger().requests.length);
  return requests.map((request, index) => ({
    ...request,
    response: responses[index] ?? { status: 0, headers: [], body: "", text: "" },
    arrival: arrivals.get(String(index)),
  }));
}

const about = ({ directory, spelling, response, arrival }: Step): string =>
  `${directory}, ${spelling.name} (${spelling.spell(directory)}): ${response.status}, ${arrival?.path ?? "not forwarded"}`;

/** The path that arrived means the same to Postern and to IIS, and its row forwards such a request. */
function expectJudged(step: Step, admitted: readonly string[]): void {
  if (step.arrival === undefined) return;
  const { path, served, host, headers } = step.arrival;
  const read = canonicalTarget(`https://${host}${path}`);
  if (!read.ok) throw new Error(`${about(step)}: arrived, but Postern itself calls it ${read.reason}`);
  expect(read.value.key, about(step)).toBe(served);
  expect(admitted, about(step)).toContain(publishRow(served)?.access.kind);
  expect(Object.keys(headers), about(step)).not.toContain("x-injected");
}

/** Everything that did not arrive was refused by Postern or by the runtime, without a body that says more. */
function expectRefused(step: Step): void {
  if (step.arrival !== undefined) return;
  // 0 means that the runtime did not accept the request line at all.
  expect([0, 400, 401, 404, 405], about(step)).toContain(step.response.status);
  expect(step.response.text, about(step)).not.toMatch(/contoso\.local|Closed directory served/i);
}

describe("a walk over all directories in odd spellings", () => {
  it("has something to walk", () => {
    expect(DIRECTORIES.length).toBeGreaterThan(90);
    expect(SPELLINGS.length).toBeGreaterThan(70);
  });

  it("S-32 S-38: without a ticket, nothing but open rows reaches the Front-End, as it was judged", async () => {
    for (const step of await walk([])) {
      expectJudged(step, ["open"]);
      expectRefused(step);
      const access = publishRow(step.directory.toLowerCase())?.access.kind ?? "closed";
      if (step.spelling.plain && access === "open") expect(step.response.status, about(step)).toBeLessThan(400);
      if (step.spelling.plain && access !== "open") expect(step.arrival, about(step)).toBeUndefined();
    }
  });

  it("S-32 S-38: with a good ticket, nothing but open and ticket rows reaches the Front-End, as it was judged", async () => {
    for (const step of await walk([`Authorization: Bearer cwt=${ticket}`])) {
      expectJudged(step, ["open", "ticket"]);
      expectRefused(step);
      const access = publishRow(step.directory.toLowerCase())?.access.kind ?? "closed";
      if (step.spelling.plain && access === "ticket")
        expect(step.arrival?.served, about(step)).toBe(step.directory.toLowerCase());
      if (step.spelling.plain && access === "closed") expect(step.response.status, about(step)).toBe(404);
    }
  });

  it("S-38: the directories that must never be published are closed to every method", async () => {
    const closed = ["/cscp", "/OcsPowerShell", "/PowerShell", "/locationinformation/liservice.svc", "/HybridConfig/x"];
    const methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"];
    const { requests } = await gateway.arrivals(async () => {
      for (const target of closed) {
        for (const method of methods) {
          const answer = await rawSend(gateway, { target, method, lines: [`X-MS-WebTicket: cwt=${ticket}`] });
          expect(answer.status, `${method} ${target}`).toBe(404);
        }
      }
    });
    expect(requests).toEqual([]);
  });
});

describe("the host", () => {
  const ask = async (request: Partial<RawRequest>): Promise<[number, readonly string[]]> => {
    let status = 0;
    const { requests } = await gateway.arrivals(async () => {
      status = (await rawSend(gateway, { target: "/meet/x", ...request })).status;
    });
    return [status, requests.map(({ host, path }) => `${host}${path}`)];
  };

  it.each([
    "web.contoso.test",
    "WEB.Contoso.TEST",
    "web.contoso.test.",
    "web.contoso.test:443",
    "web.contoso.test:8787",
    "web.contoso.test:",
  ])("S-32: %s is the web host, and arrives as the configured name", async (host) => {
    expect(await ask({ host })).toEqual([200, ["web.contoso.test/meet/x"]]);
  });

  it("S-32: every public host keeps its name on the way to the Front-End", async () => {
    for (const host of gateway.hosts) {
      const target = host.startsWith("lyncdiscover") ? "/" : "/meet/x";
      const arrived = (await ask({ host, target }))[1];
      expect(arrived).toEqual([`${host}${target}`]);
    }
  });

  it.each([
    ["another name", { host: "fe01.contoso.local" }],
    ["an address", { host: "127.0.0.1" }],
    ["localhost", { host: "localhost" }],
    ["the SIP edge, which is no web site", { host: "sip.contoso.test" }],
    ["a subdomain", { host: "x.web.contoso.test" }],
    ["a longer domain", { host: "web.contoso.test.evil.test" }],
    ["two trailing dots", { host: "web.contoso.test.." }],
    ["a path in the name", { host: "fe01.contoso.local/web.contoso.test" }],
    ["the name as userinfo", { host: "web.contoso.test@fe01.contoso.local" }],
    ["the name as userinfo with a port", { host: "web.contoso.test:80@fe01.contoso.local" }],
    ["a backslash", { host: "fe01.contoso.local\\web.contoso.test" }],
    ["a comma list", { host: "web.contoso.test, fe01.contoso.local" }],
    ["two Host lines", { hostLines: ["Host: web.contoso.test", "Host: fe01.contoso.local"] }],
    ["two Host lines, the good one last", { hostLines: ["Host: fe01.contoso.local", "Host: web.contoso.test"] }],
    ["no Host line", { hostLines: [] }],
    ["an empty Host", { host: "" }],
    ["two ports", { host: "web.contoso.test:80:80" }],
  ] as const)("S-32: %s is answered at the edge", async (_, request) => {
    const [status, arrived] = await ask(request);
    expect(arrived).toEqual([]);
    expect([400, 404]).toContain(status);
  });

  it.each([
    "X-Forwarded-Host: fe01.contoso.local",
    "X-Host: fe01.contoso.local",
    "X-Original-URL: /cscp",
    "X-Rewrite-URL: /cscp",
  ])("S-31 S-32: `%s` chooses nothing", async (line) => {
    expect(await ask({ lines: [line] })).toEqual([200, ["web.contoso.test/meet/x"]]);
  });
});
