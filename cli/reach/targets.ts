// The gateways that this user has added, each with its token. They are in one file that only its owner may read.

import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { CliFault, failure } from "../fault.ts";
import { codeOf } from "../files.ts";
import { hasCode } from "../local-keys.ts";
import type { Surroundings } from "../surroundings.ts";

/** The built-in target: the gateway that `npm start` runs from this checkout. */
export const LOCAL = "local";

/** What the file has about a gateway. */
export type KeptTarget = {
  readonly url: string;
  readonly token: string;
  /** A service token of Cloudflare Access. */
  readonly access?: { readonly id: string; readonly secret: string };
};
export type Targets = {
  /** The target of commands that name none. */
  readonly use?: string;
  readonly targets: Readonly<Record<string, KeptTarget>>;
};

/** The path of the file, by the XDG base directory specification. */
export function targetsFile({ env }: Pick<Surroundings, "env">): string {
  const base = env.XDG_CONFIG_HOME?.startsWith("/") ? env.XDG_CONFIG_HOME : join(env.HOME || homedir(), ".config");
  return join(base, "postern", "targets.json");
}

/** Reads the file; empty when there is none. Throws a fault when others may read it, or when it is damaged. */
export function readTargets(surroundings: Pick<Surroundings, "env">): Targets {
  const file = targetsFile(surroundings);
  try {
    const { mode, uid } = statSync(file);
    const owner = process.getuid?.();
    if (owner !== undefined && ((mode & 0o077) !== 0 || (uid !== owner && owner !== 0))) {
      throw failure(
        `${file} has tokens in it, and others may read it`,
        `Make new tokens if somebody may have read them, then: chmod 600 ${file}`,
      );
    }
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (isTargets(value)) return value;
  } catch (fault) {
    if (fault instanceof CliFault) throw fault;
    if (hasCode(fault, "ENOENT")) return { targets: {} };
    if (!(fault instanceof SyntaxError)) {
      throw failure(`${file} cannot be read (${codeOf(fault)})`, "Make it readable for you alone.");
    }
  }
  throw failure(`${file} is damaged`, "Delete it, and add your targets again: npx postern target add");
}

/** Writes the whole file in one step, readable for its owner alone. */
export function writeTargets(surroundings: Pick<Surroundings, "env">, targets: Targets): void {
  const file = targetsFile(surroundings);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${JSON.stringify(targets, null, 2)}\n`, { mode: 0o600 });
  chmodSync(fresh, 0o600); // also when an old file of that name exists
  renameSync(fresh, file);
}

function isTargets(value: unknown): value is Targets {
  if (typeof value !== "object" || value === null || !("targets" in value)) return false;
  const { targets } = value;
  if (typeof targets !== "object" || targets === null) return false;
  return Object.values(targets).every(
    (one: unknown) => typeof one === "object" && one !== null && "url" in one && "token" in one,
  );
}
