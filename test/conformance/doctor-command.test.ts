// `postern doctor` on the command line, with the started gateway as its target: exit codes, the report, and what it may
// not do.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Surroundings } from "../../cli/surroundings.ts";
import { runIn } from "../kit/gateway/command.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const run = (argv: readonly string[], more: Partial<Surroundings> = {}) =>
  runIn({ env: { HOME: gateway.home }, state: gateway.home, version: "0.1.0", now: Date.now, ...more }, [
    "doctor",
    ...argv,
  ]);
type Report = { readonly exit: number; readonly checks: readonly { readonly id: string; readonly kind: string }[] };

/** What the audit has of attempts so far. */
const attempts = async () => {
  const { out } = await runIn({ env: { HOME: gateway.home }, state: gateway.home, now: Date.now }, [
    "audit",
    "--outcome",
    "refused",
    "--all",
    "--json",
  ]);
  return (JSON.parse(out) as { items: { channel: string; reason: string }[] }).items;
};

describe("the report", () => {
  it("is text with each finding, its why and its fix, and ends with 1 where something is wrong", async () => {
    const { code, out } = await run(["--only", "health", "--only", "links"]);
    expect(code).toBe(1);
    expect(out).toContain("WARNING  health  plain-http");
    expect(out).toMatch(/Why it matters: .+\n {2}What to do: .+/);
    expect(out).toMatch(/Fine:\n {2}links/);
  });

  it("is JSON for scripts, and ends with 0 where nothing is", async () => {
    const { code, out } = await run(["--only", "translation", "--json"]);
    const { exit, checks } = JSON.parse(out) as Report;
    expect([code, exit]).toEqual([0, 0]);
    expect(checks.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      "links ok",
      "other-host ok",
      "closed ok",
      "leaks ok",
    ]);
  });

  it("ends with 2 where nobody could look", async () => {
    expect((await run(["--only", "certificate"])).code).toBe(2);
    expect((await run([], { state: "/nonexistent" })).code).toBe(2);
    expect((await run(["--outside"])).code).toBe(2);
    expect((await run(["--only", "nonsense"])).err).toContain("doctor --list");
  });

  it("lists the checks, and which may be counted by lockout", async () => {
    const { code, out } = await run(["--list"]);
    expect(code).toBe(0);
    expect(
      out
        .split("\n")
        .filter((line) => line.includes("may be counted"))
        .map((line) => line.split(/\s+/)[1]),
    ).toEqual([...["wrong-password", "sign-in", "poll"]]);
  });
});

describe("S-71: the doctor is careful", () => {
  it("makes one wrong guess at most, for a name that nobody has", async () => {
    const before = await attempts();
    await run(["--skip", "exposed"]);
    await expect.poll(async () => (await attempts()).length, { timeout: 60_000 }).toBe(before.length + 1);
    expect((await attempts())[0]).toMatchObject({ channel: "ntlm", reason: "unknown-user" });
    await run(["--skip", "wrong-password", "--skip", "exposed"]);
    expect(await attempts()).toHaveLength(before.length + 1);
  });

  it("takes no password as an argument, and shows none", async () => {
    const { password } = gateway.alice;
    const refused = await run(["--account", "CONTOSO\\alice", "--password", password]);
    expect(refused.code).toBe(2);
    const input = async () => `${password}\n`;
    const { code, out, err } = await run(["--account", "CONTOSO\\alice", "--password-file", "-", "--only", "sign-in"], {
      input,
    });
    expect(code).toBe(0);
    expect(out).toContain("signed in within");
    expect(out + err).not.toContain(password);
    expect(gateway.log.join("\n")).not.toContain(password);
  });

  it("sends no password that goes over plain http to another machine", async () => {
    const given = [
      "--account",
      "CONTOSO\\alice",
      "--password-file",
      "-",
      "--gateway",
      "http://192.0.2.1",
      "--host",
      "web.contoso.test",
    ];
    const { out } = await run([...given, "--outside", "--only", "sign-in", "--json"], {
      input: async () => "secret\n",
    });
    expect(JSON.parse(out)).toMatchObject({
      requests: 0,
      checks: [{ kind: "unseen", because: expect.stringContaining("not encrypted") }],
    });
  });
});
