import { describe, expect, it } from "vitest";
import type { Env } from "./env.ts";
import { readProbe } from "./probe.ts";

const PASSWORD = "never-to-be-seen-7f3k-aaaa";
const GOOD = { PROBE_ACCOUNT: "CONTOSO\\probe", PROBE_PASSWORD: PASSWORD };
const read = (env: object) => {
  const faults: string[] = [];
  return { probe: readProbe(env as Env, faults), faults };
};

describe("PROBE_…", () => {
  it("is off without an account, whatever else is set", () => {
    expect(read({ PROBE_PASSWORD: PASSWORD, PROBE_PING_URL: "x" })).toEqual({ probe: undefined, faults: [] });
  });

  it("signs in every five minutes, and pings nobody, unless something else is said", () => {
    const probe = { account: "CONTOSO\\probe", password: PASSWORD, minutes: 5, ping: undefined, pingFailures: false };
    expect(read(GOOD)).toEqual({ probe, faults: [] });
    expect(read({ ...GOOD, PROBE_MINUTES: "15", PROBE_PING_FAILURES: "on" }).probe).toMatchObject({
      ...{ minutes: 15, pingFailures: true },
    });
  });

  it.each([
    [{ PROBE_ACCOUNT: "probe" }, /^PROBE_ACCOUNT is "probe"/],
    [{ PROBE_PASSWORD: " " }, /^PROBE_ACCOUNT is set, and PROBE_PASSWORD is not/],
    [{ PROBE_MINUTES: "7" }, /^PROBE_MINUTES is "7"/],
    [{ PROBE_MINUTES: "0" }, /^PROBE_MINUTES is "0"/],
    [{ PROBE_PING_URL: "http://hc.contoso.com/secret" }, /^PROBE_PING_URL is not/],
    [{ PROBE_PING_URL: "https://a:secret@hc.contoso.com" }, /^PROBE_PING_URL is not/],
    [{ PROBE_PING_URL: "secret" }, /^PROBE_PING_URL is not/],
    [{ PROBE_PING_FAILURES: "yes" }, /^PROBE_PING_FAILURES is "yes"/],
  ])("S-80: %j is one fault, and no fault says a secret", (change, said) => {
    const { probe, faults } = read({ ...GOOD, ...change });
    expect(probe).toBeUndefined();
    expect(faults).toEqual([expect.stringMatching(said)]);
    expect(faults.join()).not.toMatch(/secret\b(?! put)|never-to-be-seen/);
  });
});
