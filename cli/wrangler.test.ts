// Through the real wrangler on a local database of its own; and what its faults become.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { addUser, listUsers, showUser } from "../src/store/directory.ts";
import { databaseThrough } from "./d1.ts";
import { faultIn } from "./fault.ts";
import { explained, migrateCommand, wranglerExecute } from "./wrangler.ts";

const project = join(import.meta.dirname, "..");
const LOCAL = { kind: "local" } as const;
const REMOTE = { kind: "remote", environment: "production" } as const;

describe("the real wrangler", () => {
  const state = mkdtempSync(join(tmpdir(), "postern-wrangler-"));
  const execute = wranglerExecute(LOCAL, { project, state });
  const db = databaseThrough(execute);
  afterAll(() => rmSync(state, { recursive: true }));

  it("says how to migrate a database without tables", async () => {
    const thrown: unknown = await listUsers(db).then(
      () => undefined,
      (fault: unknown) => fault,
    );
    expect(faultIn(thrown)).toMatchObject({ kind: "failure", message: "the local database is not migrated" });
    expect(faultIn(thrown)?.fix).toContain("d1 migrations apply DB --local");
  });

  it("keeps what it was given, in one transaction, whatever the text", async () => {
    const wrangler = join(project, "node_modules", "wrangler", "bin", "wrangler.js");
    const migrate = ["d1", "migrations", "apply", "DB", "--local", "--persist-to", join(state, "state")];
    execFileSync(process.execPath, [wrangler, ...migrate], {
      cwd: project,
      env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
      stdio: "ignore",
    });
    const evil = "o'hara; BEGIN TRANSACTION; drop table users; --é@contoso.test";
    const user = { sipUri: "sip:eve@contoso.test", account: "CONTOSO\\eve", aliases: [evil] };
    expect(await addUser(db, user, 1)).toMatchObject({ ok: true });
    expect(await addUser(db, { ...user, sipUri: "sip:second@contoso.test" }, 2)).toEqual({
      ok: false,
      reason: "name-taken",
    });
    expect(await showUser(db, evil.toLowerCase())).toMatchObject({ sipUri: "sip:eve@contoso.test", createdAt: 1 });
    expect(await listUsers(db)).toHaveLength(1);
  });
});

describe("faults of wrangler", () => {
  it.each([
    [
      "no such table: users: SQLITE_ERROR",
      REMOTE,
      "the deployed database is not migrated",
      "--remote --env production",
    ],
    ["no such column: users.upn: SQLITE_ERROR", LOCAL, "the local database is not migrated", "npm start"],
    [
      "In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN",
      REMOTE,
      "account",
      "wrangler login",
    ],
    ["A request to the Cloudflare API failed. Authentication error [code: 10000]", REMOTE, "account", "wrangler login"],
    ["Couldn't find a D1 DB with the name or binding 'DB'", REMOTE, "does not exist", "d1 create"],
    ["fetch failed", REMOTE, "does not answer", "network"],
    ["database is locked: SQLITE_BUSY", LOCAL, "busy", "Try again"],
    ["Something new\nwith details", REMOTE, "Something new", "wrangler reported"],
  ])("%j becomes one sentence and one fix", (text, target, message, fix) => {
    const fault = explained(text, target);
    expect(fault.message).toContain(message);
    expect(fault.message).not.toContain("\n");
    expect(fault.fix).toContain(fix);
  });

  it("an environment that wrangler.toml does not have is refused, because wrangler would take another database", () => {
    const places = { project, state: "unused" };
    expect(() => wranglerExecute({ kind: "remote", environment: "no-such-environment" }, places)).toThrow(
      'wrangler.toml has no environment "no-such-environment"',
    );
  });

  it("the deployed database without an environment is migrated without one", () => {
    expect(migrateCommand({ kind: "remote" })).toBe("npx wrangler d1 migrations apply DB --remote");
  });
});
