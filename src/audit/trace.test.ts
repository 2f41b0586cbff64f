import { describe, expect, it } from "vitest";
import { passiveCredential } from "../core/credentials/passive-credential.ts";
import { REASONS_BY_OUTCOME } from "./reasons.ts";
import type { KeptTrace, StageTaken } from "./stages.ts";
import { type TracedEvent, traceSteps } from "./trace.ts";
import { passwordsThen } from "./trace-passwords.ts";

const BEGAN = Date.parse("2026-11-27T08:00:00.000Z");
const EVENT: TracedEvent = {
  ...{ outcome: "refused", reason: "wrong-proof", channel: "ntlm", source: "203.0.113.7" },
  ...{ user: "sip:alice@contoso.test", by: null, why: null, change: null, repeats: null, wouldRefuse: null },
  ...{ at: "2026-11-27T08:00:00.050Z", waitUntil: null, host: "web.contoso.test", userAgent: "OCPhone/4.0" },
  ...{ workstation: "", credentialId: null, device: null, deviceKey: null, country: "DE", city: "Berlin" },
};
const took = (...stages: (readonly [StageTaken["stage"], string])[]): KeptTrace => ({
  began: BEGAN,
  stages: stages.map(([stage, said], index) => ({ stage, said, at: index * 10, ms: 10 })),
});
const FOUND = [
  ["network-guard", "admitted"],
  ["directory", "sip"],
] as const;
const PROVED = [...FOUND, ["user-guard", "signed-in"]] as const;
const traced = (event: Partial<TracedEvent>, kept?: KeptTrace, language: "en" | "de" = "en") =>
  traceSteps({ ...EVENT, ...event }, { kept, later: [] }, language);
const decider = (event: Partial<TracedEvent>, kept?: KeptTrace) =>
  traced(event, kept).find(({ result }) => result === "decided")?.part;

describe("S-74: the part that ended a sign-in", () => {
  it.each<[part: string, event: Partial<TracedEvent>, kept: KeptTrace]>([
    ["network-guard", { reason: "network-waiting" }, took()],
    ["network-guard", { reason: "waiting" }, took()],
    ["network-guard", { reason: "repeated" }, took()],
    ["directory", { reason: "unknown-user", user: null }, took(["network-guard", "admitted"], ["directory", "nobody"])],
    ["user-guard", { reason: "wrong-proof" }, took(...FOUND)],
    ["user-guard", { reason: "strangers-waiting" }, took(...FOUND)],
    ["user-guard", { reason: "wrong-proof" }, took(["network-guard", "familiar"])],
    ["order", { reason: "address-of-another" }, took(...PROVED)],
    ["sign-on-line", { outcome: "failed", reason: "sign-on-overloaded" }, took(...PROVED, ["sign-on-line", "no-turn"])],
    [
      "connector",
      { outcome: "failed", reason: "sign-on-unreachable" },
      took(...PROVED, ["sign-on-line", "turn"], ["connector", "dc1: 503 busy, unreachable"]),
    ],
    [
      "front-end",
      { outcome: "failed", reason: "front-end-500" },
      took(...PROVED, ["sign-on-line", "turn"], ["connector", "dc1"], ["front-end", "500"]),
    ],
    [
      "ticket",
      { outcome: "failed", reason: "ended-meanwhile" },
      took(...PROVED, ["sign-on-line", "turn"], ["connector", "dc1"], ["front-end", "200"]),
    ],
    ["request", { reason: "proof-malformed", channel: "certificate", user: null }, took()],
    ["connector", { outcome: "failed", reason: "sts-no-sid" }, took(...PROVED, ["connector", "sts: sts-no-sid"])],
    [
      "front-end",
      { outcome: "failed", reason: "sts-grant-refused" },
      took(...PROVED, ["connector", "sts"], ["front-end", "400"]),
    ],
    [
      "front-end",
      { outcome: "failed", reason: "sts-user-unknown-to-pool" },
      took(...PROVED, ["connector", "sts"], ["front-end", "403"]),
    ],
    ["connector", { outcome: "failed", reason: "sts-user-unknown-to-pool" }, took(...PROVED, ["connector", "sts: x"])],
    ["user-guard", { reason: "passive-repeated", channel: "passive" }, took()],
    ["request", { reason: "passive-other-cookies", channel: "passive" }, took()],
    [
      "front-end",
      { outcome: "failed", reason: "passive-not-accepted", channel: "passive" },
      took(["user-guard", "agreed"], ["front-end", "500"]),
    ],
    [
      "front-end",
      { reason: "wrong-conference-key", channel: "guest" },
      took(...FOUND.slice(0, 1), ["front-end", "403"]),
    ],
  ])("%s: %j", (part, event, kept) => {
    expect(decider(event, kept)).toBe(part);
    const steps = traced(event, kept);
    const at = steps.findIndex(({ result }) => result === "decided");
    const after = steps.slice(at + 1).filter((step) => step.part !== "answer");
    expect(after.every(({ result }) => result === "not-reached")).toBe(true);
  });

  it("is none where the sign-in succeeded, and the device follows", () => {
    const kept = {
      ...took(...PROVED, ["sign-on-line", "turn"], ["connector", "dc1"], ["front-end", "200"]),
      ticketUntil: BEGAN + 8 * 3_600_000,
    };
    const named: TracedEvent = { ...EVENT, channel: "device", outcome: "allowed", reason: "enrolled", device: "d_1" };
    const event: TracedEvent = { ...EVENT, outcome: "signed-in", reason: "cwt", credentialId: "p_1" };
    const steps = traceSteps(
      event,
      { kept, label: "Phone", later: [{ ...named, at: "2026-11-27T08:00:02.000Z" }] },
      "en",
    );
    expect(steps.map(({ part, result, at }) => [part, result, at])).toEqual([
      ["request", "passed", 0],
      ["network-guard", "passed", 0],
      ["directory", "passed", 10],
      ["user-guard", "passed", 20],
      ["sign-on-line", "passed", 30],
      ["connector", "passed", 40],
      ["front-end", "passed", 50],
      ["ticket", "passed", 60],
      ["answer", "passed", null],
      ["device", "decided", 2_000],
    ]);
    const said = steps.map(({ detail }) => detail).join("\n");
    expect(said).toContain("The app password “Phone” fits.");
    expect(said).toContain("It ends at 2026-11-27 16:00 UTC.");
    expect(said).toContain("203.0.113.7 (Berlin, DE)");
  });
});

it.each(["en", "de"] as const)(
  "every reason of a sign-in has a trace in whole sentences, with stages and without: %s",
  (language) => {
    for (const outcome of ["signed-in", "refused", "failed"] as const) {
      for (const reason of [...REASONS_BY_OUTCOME[outcome], "front-end-500"]) {
        for (const channel of ["ntlm", "certificate", "guest"]) {
          for (const kept of [undefined, took(), took(...PROVED)]) {
            for (const { detail } of traced({ outcome, reason, channel }, kept, language)) {
              expect(detail, `${outcome} ${reason} ${channel}`).toMatch(/^[\p{L}“„].*[.]$/su);
              expect(detail).not.toMatch(/[{}]|undefined|null/);
            }
          }
        }
      }
    }
  },
);

describe("the app passwords that there were", () => {
  const DAY = 86_400_000;
  const password = (id: string, given: object = {}) => ({
    ...{ id, label: id, createdAt: BEGAN - 200 * DAY, revokedAt: null, expiresAt: null, asksCode: false },
    ...given,
  });
  const all = [
    password("live"),
    password("later", { createdAt: BEGAN + 1 }),
    password("revoked-since", { revokedAt: BEGAN + 1 }),
    password("revoked", { revokedAt: BEGAN - DAY }),
    password("forgotten", { revokedAt: BEGAN - 100 * DAY }),
    password("expired", { expiresAt: BEGAN - DAY }),
  ];
  const then = (event: Partial<TracedEvent>) =>
    Object.fromEntries(
      passwordsThen({ ...EVENT, ...event }, BEGAN, all, { most: 5, forMs: 90 * DAY }, "en").map(({ id, ...rest }) => [
        id,
        rest,
      ]),
    );

  it("fit none where the proof was wrong, and what is made later is not among them", () => {
    const found = then({});
    expect(Object.keys(found)).toEqual(["live", "revoked-since", "revoked", "forgotten", "expired"]);
    expect(found.live).toMatchObject({ state: "live", used: false, detail: "Does not fit what was typed." });
    expect(found["revoked-since"]).toMatchObject({ state: "live" });
    expect(found.revoked?.detail).toContain("would not open anything");
    expect(found.forgotten?.detail).toContain("too long ago");
  });

  it("are told which one it was, and what was wrong with it", () => {
    const found = then({ reason: "revoked-password", credentialId: "revoked" });
    expect(found.revoked).toMatchObject({ state: "revoked", used: true });
    expect(found.revoked?.detail).toMatch(/^This one was used\. ./);
    expect(found.live?.detail).toBe("Another one fitted.");
  });

  it("were not asked for where somebody signed in by the page", () => {
    const found = then({ outcome: "signed-in", reason: "cwt", credentialId: passiveCredential("u_alice") });
    expect(found.live).toMatchObject({ used: false, detail: expect.stringContaining("signed in by the page") });
    expect(found.forgotten?.detail).toBe(found.live?.detail);
  });

  it("were not compared where a guard decided before", () => {
    expect(then({ reason: "network-waiting" }).live?.detail).toMatch(/^Was not compared/);
  });
});

describe("S-74: a sign-in by the page", () => {
  const parts = (event: Partial<TracedEvent>, kept?: KeptTrace) =>
    traced({ channel: "passive", ...event }, kept).map(({ part, result }) => `${part} ${result}`);

  it("has the steps of its own request, and none of the connector", () => {
    const brought = took(["user-guard", "agreed"], ["front-end", "500"]);
    expect(parts({ outcome: "failed", reason: "passive-not-accepted" }, brought)).toEqual([
      ...["request passed", "user-guard passed", "front-end decided", "ticket not-reached", "answer passed"],
    ]);
    expect(parts({ reason: "passive-repeated" }, took())).toEqual([
      ...["request passed", "user-guard decided", "front-end not-reached", "ticket not-reached", "answer passed"],
    ]);
    const granted = took(["directory", "sip"], ["front-end", "200"]);
    expect(parts({ outcome: "signed-in", reason: "cwt" }, granted)).toEqual([
      ...["request passed", "directory passed", "front-end passed", "ticket passed", "answer passed"],
      "device not-reached",
    ]);
  });

  it.each(["en", "de"] as const)("says whose it is, and what the browser got, in %s", (language) => {
    const kept = took(["user-guard", "agreed"], ["front-end", "500"]);
    const steps = traced({ channel: "passive", outcome: "failed", reason: "passive-not-accepted" }, kept, language);
    const said = Object.fromEntries(steps.map(({ part, detail }) => [part, detail]));
    expect(said["user-guard"]).toMatch(/token through, once|durchgelassen, einmal/);
    expect(said.answer).toMatch(/gives no reason|ohne Grund/);
    expect(said["front-end"]).toMatch(/500\. .*(page's token|Token der Seite)/);
  });
});

it("S-74: a sign-on by the token service is said as one", () => {
  const kept = took(...PROVED, ["connector", "sts: sts-no-sid"]);
  const steps = traced({ outcome: "failed", reason: "sts-no-sid" }, kept);
  expect(steps.find(({ part }) => part === "connector")?.detail).toMatch(
    /^Postern's token service did not sign on\. .*SID/,
  );
});
