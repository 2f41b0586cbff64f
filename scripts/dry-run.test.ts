// Every environment as `postern init` writes it is built by the real wrangler, as a deployment would, without sending it.
// And how large the Worker is, and how long it takes to start: Cloudflare refuses a Worker over its limits.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { medianStart } from "../bench/startup.ts";
import { FABRIKAM } from "../cli/init/answers.fixture.ts";
import { wrangler } from "../local/bundle.ts";
import { runIn } from "../test/kit/gateway/command.ts";

const PROJECT = join(import.meta.dirname, "..");
/** Cloudflare's limit is 10 MB compressed on a paid plan, 3 MB on a free one. */
const MAX_COMPRESSED_BYTES = 2 * 1024 * 1024;
/** Cloudflare's limit for what runs before the first request is 1 s. Above an empty Worker, with the first answer. */
const MAX_START_CPU_MS = 1_000;
const ID = (end: number): string => `11111111-0000-4000-8000-00000000000${end}`;

const folder = mkdtempSync(join(tmpdir(), "postern-dry-run-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(async () => {
  for (const name of ["src", "agent", "docs", "migrations", "node_modules", "package.json", "tsconfig.json"]) {
    symlinkSync(join(PROJECT, name), join(folder, name));
  }
  writeFileSync(join(folder, "wrangler.toml"), readFileSync(join(PROJECT, "wrangler.toml"), "utf8"));
  const file = join(folder, "answers.json");
  const staging = {
    ...{ webHost: "web.s.fabrikam.com", discoveryHosts: "lyncdiscover.s.fabrikam.com", meetUrls: "none" },
    ...{ dialinUrls: "none", adminHost: "admin.s.fabrikam.com", consoleHost: "none", mail: "email" },
    mailFrom: "Fabrikam IT <postern@fabrikam.com>",
  };
  const environments: readonly (readonly [string, object])[] = [
    ["production", FABRIKAM],
    ["staging", { ...FABRIKAM, ...staging }],
  ];
  for (const [at, [environment, answers]] of environments.entries()) {
    writeFileSync(file, JSON.stringify(answers));
    const services = ["--front-end-service", ID(3 * at + 1), "--connector-service", ID(3 * at + 2)];
    const ids = ["--database-id", ID(3 * at), ...services];
    const argv = [
      "init",
      "--file",
      "wrangler.toml",
      "--env",
      environment,
      "--answers",
      file,
      "--no-cloudflare",
      ...ids,
    ];
    expect(await runIn({ folder }, argv)).toMatchObject({ code: 0, err: "" });
  }
});

it.each(["production", "staging"])(
  "S-68: [env.%s] as init writes it passes the check and builds",
  async (environment) => {
    expect(
      await runIn({ folder }, ["config", "check", "wrangler.toml", "--offline", "--env", environment]),
    ).toMatchObject({ code: 0 });
    const out = join(folder, `out-${environment}`);
    const program = join(PROJECT, "node_modules", "wrangler", "bin", "wrangler.js");
    const env = {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      WRANGLER_WRITE_LOGS: "false",
      CI: "true",
      NO_COLOR: "1",
    };
    const args = [program, "deploy", "--dry-run", "--env", environment, "--outdir", out];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder, env });
    expect(stderr).not.toMatch(/WARNING|ERROR/);
    for (const binding of ["USER_GUARD", "SOURCE_GUARD", "GUEST_GUARD", "DB", "ORIGIN", "CONNECTOR", "API_SECRETS"]) {
      expect(stdout).toContain(`env.${binding} `);
    }
    const compressed = gzipSync(readFileSync(join(out, "worker.js"))).length;
    expect(compressed).toBeLessThan(MAX_COMPRESSED_BYTES);
  },
);

it("starts within Cloudflare's limit", async () => {
  const out = join(folder, "out");
  await wrangler("deploy", "--dry-run", "--env", "", "--outdir", out);
  const { own, empty } = await medianStart(readFileSync(join(out, "worker.js"), "utf8"), 3);
  expect(own.cpu - empty.cpu).toBeLessThan(MAX_START_CPU_MS);
});
