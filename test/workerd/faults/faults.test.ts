// S-37 S-84: every call of a binding that a request makes, broken once, for each kind of request. docs/faults.md says
// what the client gets then and what the log says; the page and the Worker are held to each other. A call that is not
// on the page is red, and so is a row that no call has.

import { beforeEach, describe, expect, it, vi } from "vitest";
import page from "../../../docs/faults.md?raw";
import { type Fault, watchedEnv } from "../../kit/faulty-env.ts";
import { OTHER_JOURNEYS } from "./pages.ts";
import { type Journey, PUBLIC_JOURNEYS, SERVED, secrets, world } from "./sign-ins.ts";

const SHORT_WAIT_MS = 20;
const wait = scheduler.wait.bind(scheduler);
const lines: string[] = [];
beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  // The API waits for three seconds until no isolate acts on an old verdict; here nobody does.
  vi.spyOn(scheduler, "wait").mockImplementation((ms, ...options) => wait(Math.min(ms, SHORT_WAIT_MS), ...options));
});

/** The answer that a request gets when nothing is broken. */
const AS_USUAL = "as usual";
const NOTHING = "–";

/** What the page says of a call: how the request may end, and what the log may say. */
type Row = { readonly answers: readonly string[]; readonly logs: readonly string[] };

/** The rows of the page's table, by request and call. */
const documented = new Map<string, Row>();
for (const line of page.split("\n")) {
  const [, requests = "", call = "", answer = "", log = ""] = line.split("|").map((cell) => cell.trim());
  if (!/^`[A-Z_]+(\.\w+)?`$/.test(call)) continue;
  const row = { answers: words(answer), logs: words(log) };
  for (const request of requests.split("<br>")) documented.set(`${request}: ${call.replaceAll("`", "")}`, row);
}
function words(cell: string): string[] {
  return cell.split(", ").map((word) => word.replaceAll("`", ""));
}

/** What one try came to. */
type Outcome = {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly calls: readonly string[];
};

async function tried({ prepare }: Journey, broken?: { readonly at: number; readonly how: Fault }): Promise<Outcome> {
  secrets.clear();
  const act = await prepare();
  lines.length = 0;
  const { env, calls } = watchedEnv(world, broken);
  const answer = await act(env);
  const text = await answer.text();
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(5);
    expect(lines.join("\n").includes(secret), `a secret in the log after ${broken?.how} at ${broken?.at}`).toBe(false);
  }
  return { status: answer.status, text, headers: answer.headers, calls };
}

type Line = { readonly event: string; readonly reason?: string; readonly outcome?: string };

/** What the log says went wrong. `stages` is about the same failure as the line behind it. */
function said(): string[] {
  const all = lines.map((line) => JSON.parse(line) as Line);
  const wrong = all.filter(({ event, reason, outcome }) =>
    event === "unavailable" ? reason !== "stages" : outcome === "failed",
  );
  return wrong.length === 0 ? [NOTHING] : wrong.map(({ reason = "" }) => reason);
}

/** The broken call was noticed: nobody gets what the Front-End says, nor a ticket. */
function expectNothingServed({ status, text, headers }: Outcome, of: string): void {
  expect(text.includes(SERVED) || text.includes("cwt="), of).toBe(false);
  expect(headers.has("set-cookie") && status < 400, of).toBe(false);
}

const found = new Map<string, { answers: Set<string>; logs: Set<string> }>();

describe.each([...PUBLIC_JOURNEYS, ...OTHER_JOURNEYS])("S-37 S-84: $name", (journey) => {
  it("with each call broken once: as docs/faults.md says, nothing is served, and no secret is in the log", async () => {
    const healthy = await tried(journey);
    expect(healthy.status, healthy.text).not.toBe(503);
    const calls = new Set(healthy.calls);
    const rows = [...documented.keys()].filter((key) => key.startsWith(`${journey.name}: `));
    for (const [at, call] of healthy.calls.entries()) {
      const key = `${journey.name}: ${call}`;
      const outcome = await tried(journey, { at, how: "throws" });
      const answer = outcome.status === healthy.status ? AS_USUAL : String(outcome.status);
      if (answer !== AS_USUAL) expectNothingServed(outcome, key);
      if (answer === "503" && PUBLIC_JOURNEYS.includes(journey)) {
        expect([outcome.text, outcome.headers.get("retry-after")], key).toEqual(["", "10"]);
      }
      const seen = found.get(key) ?? { answers: new Set(), logs: new Set() };
      found.set(key, seen);
      seen.answers.add(answer);
      for (const reason of said()) seen.logs.add(reason);

      // A call that says nothing may only be taken for granted where it has nothing to say.
      const mute = await tried(journey, { at, how: "says nothing" });
      if (mute.status !== healthy.status) expectNothingServed(mute, key);
      else if (answer !== AS_USUAL && mayNotBeMute(call)) expect.fail(`${key} says nothing, and is taken for good`);
    }
    expect(rows.sort()).toEqual([...calls].map((call) => `${journey.name}: ${call}`).sort());
    for (const key of rows) {
      const { answers = [], logs = [] } = documented.get(key) ?? {};
      const seen = found.get(key);
      expect([[...(seen?.answers ?? [])].sort(), [...(seen?.logs ?? [])].sort()], key).toEqual([
        [...answers].sort(),
        [...logs].sort(),
      ]);
    }
  });
});

const mayNotBeMute = (call: string): boolean => call !== "DB" && !SAY_NOTHING.includes(call);

/** Calls that return nothing when they succeed. What a statement of D1 returns is often not needed either. */
const SAY_NOTHING = [
  ...["USER_GUARD.refuseStranger", "USER_GUARD.recordEnd"],
  ...["SOURCE_GUARD.recordStranger", "SOURCE_GUARD.refuseProof"],
  ...["GUEST_GUARD.settle", "GUEST_GUARD.record"],
];

it("the page has no row for a request that nobody makes", () => {
  const names = [...PUBLIC_JOURNEYS, ...OTHER_JOURNEYS].map(({ name }) => name);
  for (const key of documented.keys()) expect(names).toContain(key.replace(/: [A-Z_.a-z]+$/i, ""));
});
