// `postern why --request ID` from command line to exit code: on a log of the local gateway, on what Cloudflare's tools
// print, and on the audit.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Asked, no, ok, type Reply, type Run, runAgainst, runIn } from "../test/kit/gateway/command.ts";
import type * as A from "./reach/answers.ts";

const NOW = Date.UTC(2026, 10, 27, 12);
const ID = "9a3c5e7f1b2d4c6e-FRA";
const LINE = {
  event: "request-refused",
  at: "2026-11-27T11:59:00.000Z",
  requestId: ID,
  reason: "ambiguous-path",
  status: 400,
  method: "GET",
  host: "web.contoso.test",
  path: "/abs//*",
  source: "203.0.113.7",
  userAgent: "OCPhone/4.0",
};

let state: string;
let asked: Asked[];
/** What the gateway's audit answers. */
let events: Reply;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), "postern-why-"));
  asked = [];
  events = ok({ items: [], next: null });
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const found = (reason: string): Reply => {
  const event: A.AuditEventAnswer = {
    ...{
      id: "e_1",
      host: "web.contoso.test",
      credentialId: null,
      waitUntil: null,
      deviceKey: null,
      channelBinding: null,
      country: null,
      city: null,
      stages: null,
    },
    change: null,
    ...{ at: "2026-11-27T11:59:00.000Z", user: null, userId: null, outcome: "refused", reason, source: "203.0.113.7" },
    ...{ channel: "ntlm", device: null, workstation: "PC-17", userAgent: "", repeats: null, wouldRefuse: null },
    ...{ by: null, why: null, requestId: ID },
  };
  return ok({ items: [event], next: null });
};
/** Runs the command for a gateway elsewhere. */
const deployed = (...argv: readonly string[]): Promise<Run> =>
  runAgainst(() => events, asked, ["why", ...argv], { state, folder: state, now: () => NOW });
/** Runs the command for the gateway of `npm start`, whose address and key are in `state`. */
const why = (...argv: readonly string[]): Promise<Run> =>
  runAgainst(
    () => events,
    asked,
    ["why", ...argv],
    { state, folder: state, now: () => NOW },
    (env) => {
      kept(JSON.stringify({ gateway: env.POSTERN_URL, adminHost: "admin.contoso.test" }), "demo.json");
      kept(JSON.stringify({ adminKey: "key" }), "admin.json");
      return { HOME: state };
    },
  );
const kept = (text: string, name = "log.jsonl"): void => writeFileSync(join(state, name), text);

describe("why --request, of the local gateway", () => {
  it("says what was refused, why, what to do, and the word to search for", async () => {
    kept(`{"event":"x"}\n${JSON.stringify({ ...LINE, requestId: "another" })}\n${JSON.stringify(LINE)}\n`);
    const { code, out } = await why("--request", ID);
    expect(code).toBe(0);
    expect(out).toContain("GET https://web.contoso.test/abs//*");
    expect(out).toMatch(/answer +400\n +reason +ambiguous-path\n\nIIS, ASP\.NET or Windows could read the path/);
    expect(out).toMatch(/What to do: .+\nThe word to search for is ambiguous-path: docs\/refusals\.md\.\n$/);
    const { refusals, events } = JSON.parse((await why("--request", ID, "--json")).out);
    expect(refusals).toEqual([{ line: LINE, means: expect.any(String), remedy: expect.any(String) }]);
    expect(events).toEqual([]);
  });

  it("finds it in the older part of the log, and with the header's name before it", async () => {
    kept("", "log.jsonl");
    kept(`${JSON.stringify({ ...LINE, leftOut: 12, detail: "x" })}\n`, "log.jsonl.older");
    const { out } = await why("--request", `X-Request-Id: ${ID}`);
    expect(out).toContain("reason   ambiguous-path (x)");
    expect(out).toContain("12 more refusals");
  });

  it.each([
    ["9a3c5e7f1b2d4c6e", ID],
    [ID, "9a3c5e7f1b2d4c6e"],
    ["9A3C5E7F1B2D4C6E-fra", ID],
    ["CF-Ray: 9a3c5e7f1b2d4c6e", ID],
    ["47C69838-4A23-4C2B-A1C0-6E5AEEB33D5B", "47c69838-4a23-4c2b-a1c0-6e5aeeb33d5b"],
  ])("finds %s where the id stands as %s", async (given, requestId) => {
    const another = { ...LINE, requestId: `${requestId}0`, reason: "no-such-host" };
    kept(`${JSON.stringify({ ...LINE, requestId })}\n${JSON.stringify(another)}\n`);
    events = found("wrong-proof");
    const { code, out } = await why("--request", given);
    expect(code).toBe(0);
    expect(out).toMatch(/ambiguous-path[\s\S]*wrong-proof/);
    expect(out).not.toContain("no-such-host");
    expect(asked[0]?.path).toContain(`request=${given.replace(/^.*: /, "")}&`);
  });

  it("of a sign-in has the event of the audit", async () => {
    events = found("wrong-proof");
    const { code, out } = await why("--request", ID);
    expect(code).toBe(0);
    expect(out).toContain("In the audit:");
    expect(out).toContain("The word to search for is wrong-proof: docs/audit.md");
    await why("--request", ID, "--since", "2026-11-27T11:59:30Z");
    expect(asked.map(({ path }) => new URL(path, "http://x").searchParams.get("since"))).toEqual([
      "2026-11-20T12:00:00.000Z",
      "2026-11-27T11:59:30.000Z",
    ]);
  });

  it("a line that is no refusal is shown as it is, and a reason of another version named as such", async () => {
    kept(`${JSON.stringify({ ...LINE, event: "unavailable" })}\n`);
    expect((await why("--request", ID)).out).toContain('"event":"unavailable"');
    kept(`${JSON.stringify({ ...LINE, reason: "of-tomorrow" })}\n`);
    expect((await why("--request", ID)).out).toContain("does not know the reason");
  });
});

describe("why --request, of a deployed gateway", () => {
  const text = JSON.stringify(LINE);
  it.each([
    ["a line alone", text],
    ["wrangler tail", `GET https://web.contoso.test/ - Ok @ 11/27/2026\n  (log) ${text}\n`],
    ["wrangler tail --format json", JSON.stringify({ logs: [{ message: ['{"event":"a"}', text], level: "log" }] })],
    ["the same over several lines", JSON.stringify({ logs: [{ message: [text] }] }, null, 2)],
    ["Workers Logpush", JSON.stringify({ EventType: "fetch", Logs: [{ Level: "log", Message: [text] }] })],
  ])("finds it in %s", async (_, log) => {
    kept(log, "tail.txt");
    const { code, out } = await deployed("--request", ID, "--file", "tail.txt");
    expect(code).toBe(0);
    expect(out).toContain("ambiguous-path");
  });

  it("needs no gateway for what a line says, and says when the gateway refuses it what no line says", async () => {
    kept(text, "tail.txt");
    events = no("unavailable");
    expect((await deployed("--request", ID, "--file", "tail.txt")).code).toBe(0);
    expect((await deployed("--request", ID)).code).toBe(1);
    kept(text);
    expect((await runIn({ state, folder: state }, ["why", "--request", ID])).out).toContain("ambiguous-path");
  });

  it("without its lines says where they are, and does not look in the log of npm start", async () => {
    kept(text);
    const { code, err } = await deployed("--request", ID);
    expect(code).toBe(3);
    expect(err).toMatch(/wrangler tail.*--file/);
  });
});

describe("why --request refuses", () => {
  it.each([
    [["--request", "no id!"], 2, "X-Request-Id"],
    [["--request", ID], 3, "Front-End answered"],
    [["--request", ID, "--file", "nowhere"], 2, "nowhere cannot be read"],
    [["--request", ID, "alice@contoso.test"], 2, "takes no"],
    [["alice@contoso.test", "d_1", "--file", "x"], 2, "takes no --file"],
  ] as const)("%j: exit code %i", async (argv, code, said) => {
    const run = await why(...argv);
    expect([run.code, run.out]).toEqual([code, ""]);
    expect(run.err).toMatch(new RegExp(said, "i"));
  });
});
