// The name of a run: of one backup or one restore. It is sealed, so it cannot be made up: nobody reads or writes a part
// without the beginning that is in the audit. It belongs to its caller, and ends by itself.

import { open, seal } from "../core/crypto/seal.ts";
import type { Call } from "./call.ts";
import { type Problem, problem } from "./problem.ts";

/** How long one run may take, ms. */
const RUN_LASTS_MS = 12 * 3_600_000;

export type Run = {
  readonly kind: "backup" | "restore";
  /** When it began, ms. */
  readonly at: number;
  /** Of a restore: the gateway was empty when the restore of this file began. */
  readonly wasEmpty: boolean;
  /** Of a restore: it changes nothing. */
  readonly dry: boolean;
  /** Of a restore: the SHA-256 of the file. */
  readonly file: string;
};

const placeOf = ({ actor }: Call): string => `run|${actor.id}`;

/** Names a run of this caller. */
export function nameOfRun(call: Call, run: Run): string {
  const text = new TextEncoder().encode(JSON.stringify(run));
  return Buffer.from(seal(call.config.keyring, "backup", placeOf(call), text)).toString("base64url");
}

/** The run of that name, if it is this caller's, of this kind, and not over at `now` (ms). */
export function runNamed(call: Call, name: string, kind: Run["kind"], now: number): { ok: true; value: Run } | Problem {
  const opened = open(call.config.keyring, "backup", placeOf(call), Buffer.from(name, "base64url"));
  if (!opened.ok) return NO_RUN;
  const run = JSON.parse(Buffer.from(opened.value).toString("utf8")) as Run; // nobody else can have sealed it
  return run.kind === kind && now - run.at < RUN_LASTS_MS ? { ok: true, value: run } : NO_RUN;
}

const NO_RUN = problem("no-such-run", "This names no run of yours that is under way.", {
  fix: "Begin again: a run lasts twelve hours, and belongs to the token that began it.",
});
