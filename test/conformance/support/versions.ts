// Earlier versions of Postern, built from the history of this checkout, and the databases that they had. The list is
// test/fixtures/versions.json.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { newSealingKey } from "../../../cli/sealing-keys.ts";
import { buildWorker, PROJECT } from "../../../local/bundle.ts";
import type { Execute } from "../../../local/database.ts";
import { generateAppPassword, ntHashesOf } from "../../../src/core/credentials/app-password.ts";
import { charactersOfCodePassword, generateCodePassword } from "../../../src/core/credentials/code-password.ts";
import { sealCodePassword, sealHashes } from "../../../src/core/credentials/sealed-hash.ts";
import { parseKeyring } from "../../../src/core/crypto/keyring.ts";
import versions from "../../fixtures/versions.json" with { type: "json" };
import { prepared } from "../../kit/gateway/prepared.ts";
import type { Person } from "./gateway.ts";

const run = promisify(execFile);

/**
 * An earlier version. `migrations`: how many it came with. `unknown`: variables of the local gateway that it refuses.
 * `knowsCodes`: whether it knows app passwords that ask for a code, and such that run out.
 */
export type EarlierVersion = (typeof versions)[number];

export const EARLIER: readonly EarlierVersion[] = versions;

/** Whether this checkout has the history. A shallow clone does not: `git fetch --unshallow` gets it. */
export async function hasHistory({ commit }: EarlierVersion): Promise<boolean> {
  return run("git", ["cat-file", "-e", `${commit}^{commit}`], { cwd: PROJECT }).then(
    () => true,
    () => false,
  );
}

/**
 * Builds the Worker of an earlier version, with the packages of this checkout: the versions in the list had the same
 * ones, or fewer.
 */
export async function earlierWorker({ commit }: EarlierVersion): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postern-earlier-"));
  try {
    const archive = join(folder, "source.tar");
    await run("git", ["archive", "--output", archive, commit], { cwd: PROJECT });
    const source = join(folder, "source");
    await mkdir(source);
    await run("tar", ["-xf", archive, "-C", source]);
    await symlink(join(PROJECT, "node_modules"), join(source, "node_modules"));
    return await buildWorker(source);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The migrations from one number on, as wrangler applies them: each file, and the row that says so. */
export async function migrate(execute: Execute, from: number, to = Number.POSITIVE_INFINITY): Promise<void> {
  const folder = join(PROJECT, "migrations");
  const files = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  for (const file of files.slice(from, to)) {
    const text = await readFile(join(folder, file), "utf8");
    const statements = text.split("--> statement-breakpoint").filter((each) => each.trim() !== "");
    await execute([
      `CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`,
      ...statements,
      `INSERT INTO d1_migrations (name) VALUES ('${file}')`,
    ]);
  }
}

/** Somebody with an app password for each device, in the columns that every version has. */
export async function addPerson(
  execute: Execute,
  sealingKeys: string,
  account: string,
  devices: number,
): Promise<readonly Person[]> {
  const keyring = parseKeyring(sealingKeys);
  if (!keyring.ok) throw new Error(keyring.reason);
  const [userId, address] = [`u_${account}`, `${account}@contoso.test`];
  const who = { sipUri: `sip:${address}`, upn: address, domain: "CONTOSO", account };
  const passwords = Array.from({ length: devices }, (_, n) => ({
    id: `p_${account}${n}`,
    text: generateAppPassword(),
  }));
  await execute([
    `INSERT INTO users (id, sip_uri, upn, domain, account, created_at) VALUES ('${userId}', 'sip:${address}', '${address}', 'CONTOSO', '${account}', 1)`,
    `INSERT INTO names (name, kind, user_id) VALUES ('${address}', 'sip', '${userId}'), ('contoso\\${account}', 'account', '${userId}')`,
    ...passwords.map(({ id, text }) => {
      const sealed = sealHashes(keyring.value, { userId, credentialId: id }, ntHashesOf(text));
      return `INSERT INTO app_passwords (id, user_id, label, nt_hashes, created_at) VALUES ('${id}', '${userId}', 'phone', '${sealed}', 1)`;
    }),
  ]);
  return passwords.map(({ text }) => ({ ...who, password: text }));
}

/** Gives somebody an app password that asks for a code. Versions before 0.2.0 do not know such a row. */
export async function addCodePassword(execute: Execute, sealingKeys: string, { account }: Person): Promise<void> {
  const keyring = parseKeyring(sealingKeys);
  if (!keyring.ok) throw new Error(keyring.reason);
  const [userId, credentialId] = [`u_${account}`, `p_${account}code`];
  const characters = charactersOfCodePassword(generateCodePassword());
  const sealed = sealCodePassword(keyring.value, { userId, credentialId }, characters);
  await execute([
    `INSERT INTO app_passwords (id, user_id, label, nt_hashes, created_at, asks_code) VALUES ('${credentialId}', '${userId}', 'with a code', '${sealed}', 1, 1)`,
  ]);
}

/** A folder like `.postern`, with an empty folder `state` in it. */
export async function newHome(): Promise<{ readonly home: string; readonly state: string }> {
  const home = await mkdtemp(join(tmpdir(), "postern-upgrade-"));
  const state = join(home, "state");
  await mkdir(state);
  return { home, state };
}

/** Writes down where the operator's command finds the gateway. */
export const noteGateway = (home: string, gateway: string, adminHost: string): Promise<void> =>
  writeFile(join(home, "demo.json"), JSON.stringify({ gateway, adminHost }), { mode: 0o600 });

/** The Worker of this version. */
export async function currentWorker(): Promise<string> {
  const { home, state } = await newHome();
  try {
    return await prepared(state);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

export { newSealingKey };
