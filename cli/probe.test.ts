// `postern probe`: what a monitoring system reads, and what each exit code means.

import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestGateway, type TestGateway } from "../test/conformance/support/gateway.ts";
import { runIn } from "../test/kit/gateway/command.ts";
import { folderPerTest } from "../test/kit/gateway/scripted-api.ts";
import type { Surroundings } from "./surroundings.ts";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());
const folder = folderPerTest();

const WHERE = () => ["probe", "--url", gateway.gateway, "--host", "web.contoso.test"];
const HOW = () => [...WHERE(), "--account", "CONTOSO\\alice"];
const knows = (password = gateway.alice.password) => ({
  env: { HOME: "/nonexistent", POSTERN_PROBE_PASSWORD: password },
});
const run = (more: readonly string[] = [], surroundings: Partial<Surroundings> = knows()) =>
  runIn(surroundings, [...HOW(), ...more]);

const TIMES = ["discovery", "offer", "challenge", "sign-in", "own-discovery"].map((stage) => `${stage}=\\d+ms;;;0`);

describe("a synthetic sign-in that works", () => {
  it("is one line with the time of each stage", async () => {
    const { code, out, err } = await run();
    expect(out).toMatch(new RegExp(`^OK - signed in in \\d+ ms \\| total=\\d+ms;;;0 ${TIMES.join(" ")}\\n$`));
    expect([code, err]).toEqual([0, ""]);
  });

  it("warns when it is slow, and names the slowest stage", async () => {
    const slow = await run(["--warning", "1"]);
    expect(slow.code).toBe(1);
    expect(slow.out).toMatch(
      /^WARNING - signed in in \d+ ms, 1 ms or more \| total=\d+ms;1;;0 .*\nThe slowest stage is/,
    );
    const slower = await run(["--warning", "1", "--critical", "2"]);
    expect([slower.code, slower.out.slice(0, 8)]).toEqual([2, "CRITICAL"]);
  });

  it("names a device, and ends the application that this started", async () => {
    const { code, out } = await run(["--device", "probe-1"]);
    expect(code).toBe(0);
    expect(out).toMatch(/ device=\d+ms;;;0\n$/);
  });

  it("is JSON for scripts, and text for Prometheus", async () => {
    const { out } = await run(["--json"]);
    expect(JSON.parse(out)).toMatchObject({ state: "OK", ok: true, ticket: { kind: "compact" } });
    const metrics = await run(["--prometheus"]);
    expect(metrics.out).toMatch(/^postern_probe_success 1$/m);
    expect(metrics.out).toMatch(/^postern_probe_stage_seconds\{stage="sign-in"\} \d+\.\d{3}$/m);
    expect(metrics.code).toBe(0);
  });
});

describe("a synthetic sign-in that fails", () => {
  it("is critical, and says at which stage, why, and what to ask", async () => {
    const { code, out } = await run([], knows("wrong"));
    expect(code).toBe(2);
    expect(out).toMatch(
      /^CRITICAL - sign-in: the name or the app password was refused \(HTTP 401, request [0-9a-f-]+\) \|/,
    );
    expect(out).toMatch(/npx postern why --request [0-9a-f-]{36}/);
  });

  it("is a failure with its stage and reason for Prometheus", async () => {
    const { code, out } = await run(["--prometheus"], knows("wrong"));
    expect(code).toBe(2);
    expect(out).toMatch(/^postern_probe_success 0$/m);
    expect(out).toMatch(/^postern_probe_failure\{stage="sign-in",reason="refused"\} 1$/m);
  });

  it("says that no pool is at this host", async () => {
    const argv = ["probe", "--url", gateway.gateway, "--host", "elsewhere.test", "--account", "a"];
    const { code, out } = await runIn(knows(), argv);
    expect([code, out.split(" (")[0]]).toEqual([2, "CRITICAL - discovery: the host does not answer as a pool"]);
  });
});

describe("S-80: the probe's app password", () => {
  it("comes from the environment, a file, standard input or the terminal, and stands in no argument", async () => {
    const { password } = gateway.alice;
    const file = join(folder(), "probe");
    writeFileSync(file, `${password}\n`, { mode: 0o600 });
    const nothing = { env: { HOME: "/nonexistent" } };
    for (const [more, surroundings] of [
      [["--password-file", file], nothing],
      [["--password-file", "-"], { ...nothing, input: () => Promise.resolve(`${password}\n`) }],
      [[], { ...nothing, question: () => Promise.resolve(password) }],
    ] as const) {
      expect((await run(more, surroundings)).code).toBe(0);
    }
    expect((await run(["--password", password])).code).toBe(3);
  });

  it("is not read from a file that others may read", async () => {
    const file = join(folder(), "probe");
    writeFileSync(file, gateway.alice.password);
    chmodSync(file, 0o640);
    const { code, out, err } = await run(["--password-file", file], { env: { HOME: "/nonexistent" } });
    expect([code, err]).toEqual([3, `chmod 600 ${file}\n`]);
    expect(out).toBe(`UNKNOWN - others may read ${file}, and a password is in it\n`);
  });

  it("stands in no output, whatever happens", async () => {
    const secret = "never-to-be-seen-7f3k";
    const runs = await Promise.all([
      run([], knows(secret)),
      run(["--json"], knows(secret)),
      run(["--prometheus"], knows(secret)),
      runIn(knows(secret), ["probe", "--url", "https://127.0.0.1:9", "--account", "a"]),
    ]);
    expect(JSON.stringify(runs)).not.toContain(secret);
    expect(gateway.log.join("\n")).not.toContain(secret);
  });
});

describe("a probe that cannot run", () => {
  it.each([
    [["--url", "http://web.contoso.test", "--account", "a"], /is not the address of a pool$/],
    [["--url", "https://web.contoso.test/x", "--account", "a"], /is not the address of a pool$/],
    [["--account", "a"], /"probe" needs --url$/],
    [["--url", "https://web.contoso.test", "--account", "a", "--warning", "soon"], /Give a number from 1/],
    [["--url", "https://web.contoso.test", "--account", "a"], /no app password was given$/],
  ])("is UNKNOWN: %j", async (argv, said) => {
    const { code, out } = await runIn({ env: { HOME: "/nonexistent" } }, ["probe", ...argv]);
    expect(code).toBe(3);
    expect(out).toMatch(/^UNKNOWN - /);
    expect(out.trim()).toMatch(said);
  });
});
