// The configuration that is deployed, run by `wrangler dev` on this machine. So the Worker's own reading of an
// environment of wrangler.toml, with its secrets, is seen at work before anything is deployed. Only the Workers VPC
// service is missing: it exists at Cloudflare alone, so what goes to the Front-End ends in 503.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePort } from "../kit/free-port.ts";
import { curl } from "./curl.ts";
import { describeClient } from "./requirements.ts";
import { OAUTH_TOKEN_PATH, WINDOWS_GRANT } from "./token-requests.ts";

const PROJECT = join(import.meta.dirname, "..", "..");
const WRANGLER = join(PROJECT, "node_modules", ".bin", "wrangler");
const ENVIRONMENT = ["--env", "production", "--config", "wrangler.toml"];
const WEB = "web.fabrikam.com";
/** wrangler bundles the Worker and starts workerd: seconds, on a busy machine more. */
const READY_WITHIN_MS = 300_000;

const CURL = { file: "curl", debianPackage: "curl" };

describeClient("wrangler dev with the configuration of production", [CURL], () => {
  const folder = mkdtempSync(join(tmpdir(), "postern-wrangler-dev-"));
  const env = { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", XDG_CONFIG_HOME: folder };
  let wrangler: ChildProcess | undefined;
  let said = "";
  let url = "";

  beforeAll(async () => {
    const filled = readFileSync(join(PROJECT, "wrangler.toml"), "utf8")
      .replaceAll("contoso.com", "fabrikam.com")
      .replaceAll("CONTOSO", "FABRIKAM")
      .replaceAll("contoso.local", "fabrikam.local")
      .replaceAll("00000000-0000-0000-0000-000000000000", "0123abcd-0000-4000-8000-000000000000")
      .replaceAll('"migrations"', JSON.stringify(join(PROJECT, "migrations")))
      .replace('"src/worker.ts"', JSON.stringify(join(PROJECT, "src", "worker.ts")));
    writeFileSync(join(folder, "wrangler.toml"), filled);
    writeFileSync(join(folder, ".dev.vars"), `SEALING_KEYS=${randomBytes(32).toString("base64")}\n`);
    const applied = ["d1", "migrations", "apply", "DB", "--local", ...ENVIRONMENT];
    execFileSync(WRANGLER, applied, { cwd: folder, env, stdio: "pipe", timeout: READY_WITHIN_MS });
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const started = [
      ...["dev", "--local", ...ENVIRONMENT, "--ip", "127.0.0.1", "--port", String(port)],
      ...["--host", WEB, "--upstream-protocol", "https"],
    ];
    const child = spawn(WRANGLER, started, { cwd: folder, env, detached: true });
    wrangler = child;
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`wrangler dev was not ready:\n${said}`)), READY_WITHIN_MS);
      const read = (bytes: Buffer): void => {
        said += bytes.toString();
        if (!said.includes("Ready on")) return;
        clearTimeout(late);
        resolve();
      };
      child.stdout.on("data", read);
      child.stderr.on("data", read);
    });
  }, 2 * READY_WITHIN_MS);

  afterAll(() => {
    // wrangler has children of its own, workerd among them.
    if (wrangler?.pid !== undefined) process.kill(-wrangler.pid, "SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("finds no fault in its configuration, and refuses a wrong password as it does in production", async () => {
    const header = ["Content-Type: application/x-www-form-urlencoded"];
    const answer = await curl(`${url}${OAUTH_TOKEN_PATH}`, {
      ...{ ntlm: true, user: "FABRIKAM\\alice:not-the-password", header, data: WINDOWS_GRANT },
    });
    expect([answer.status, answer.headers.match(/^WWW-Authenticate: .*$/gim)]).toEqual([
      401,
      ["WWW-Authenticate: NTLM"],
    ]);
    await expect.poll(() => said).toContain('"reason":"unknown-user"');
    expect(said).not.toContain('"event":"configuration"');
  });

  it("answers 503 to what only the Front-End can answer, because the VPC service is at Cloudflare", async () => {
    const answer = await curl(`${url}/Autodiscover/AutodiscoverService.svc/root`, {});
    expect(answer.status).toBe(503);
  });

  it("serves nothing that is not published", async () => {
    expect((await curl(`${url}/cscp/`, {})).status).toBe(404);
  });
});
