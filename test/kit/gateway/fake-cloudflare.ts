// An account at Cloudflare for tests of what asks `wrangler`: a folder with a program of that name, and a file of what
// exists there.

import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const KIT = join(import.meta.dirname, "..");
const MIGRATIONS = join(KIT, "..", "..", "migrations");

/** What exists in the account, and what was asked of it. */
export type Cloudflare = {
  readonly signedIn: boolean;
  readonly accounts: readonly { readonly id: string; readonly name: string }[];
  readonly secrets: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly databases: readonly { readonly name: string; readonly uuid: string; readonly place?: readonly string[] }[];
  readonly services: readonly { readonly name: string; readonly uuid: string; readonly args?: readonly string[] }[];
  /** The migrations of this checkout, and those that are applied in each environment. */
  readonly migrations: readonly string[];
  readonly applied: Readonly<Record<string, readonly string[]>>;
  readonly deployed: readonly string[];
  /** The beginnings of commands that fail. */
  readonly failing: readonly string[];
  readonly calls: readonly { readonly args: readonly string[]; readonly input: number }[];
};

const EMPTY: Cloudflare = {
  signedIn: true,
  accounts: [{ id: "0123456789abcdef0123456789abcdef", name: "Fabrikam" }],
  secrets: {},
  databases: [],
  services: [],
  migrations: readdirSync(MIGRATIONS).filter((name) => name.endsWith(".sql")),
  applied: {},
  deployed: [],
  failing: [],
  calls: [],
};

/** An account in this folder. `env`: what a command needs to find its `wrangler`. */
export function fakeCloudflare(folder: string, change: Partial<Cloudflare> = {}) {
  const file = join(folder, "cloudflare.json");
  const programs = join(folder, "bin");
  mkdirSync(programs, { recursive: true });
  symlinkSync(join(KIT, "fake-wrangler", "wrangler.mjs"), join(programs, "wrangler"));
  const now = (): Cloudflare => JSON.parse(readFileSync(file, "utf8")) as Cloudflare;
  writeFileSync(file, JSON.stringify({ ...EMPTY, ...change }));
  return {
    env: { ...process.env, PATH: `${programs}:${process.env.PATH ?? ""}`, FAKE_CLOUDFLARE: file },
    now,
    change: (more: Partial<Cloudflare>) => writeFileSync(file, JSON.stringify({ ...now(), ...more })),
  };
}
