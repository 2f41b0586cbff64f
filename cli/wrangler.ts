// Executing SQL through wrangler, which knows how to reach the local database and the deployed one, and holds the login.
// What wrangler reports is turned into one sentence and one fix. No secret is ever in the command line: an app password
// never leaves this process, and what is stored of it is sealed before it becomes SQL.

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Execute, Row } from "./d1.ts";
import { CliFault } from "./fault.ts";

/** Which database a command works on. */
export type Target =
  | { readonly kind: "local" }
  | { readonly kind: "remote"; readonly environment?: string | undefined };

/** Where the project is, and where its local databases are. */
export type Places = { readonly project: string; readonly state: string };

/** wrangler answers in a few seconds; a network that never answers should not hold the terminal for ever. */
const WRANGLER_TIMEOUT_MS = 60_000;
/** The answer of `user list` for a large company fits: some 300 bytes a user. */
const WRANGLER_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Executes statements on the target's database. */
export function wranglerExecute(target: Target, places: Places): Execute {
  if (target.kind === "remote" && target.environment !== undefined) demandEnvironment(target.environment, places);
  return async (statements) => {
    const where =
      target.kind === "local"
        ? ["--local", "--persist-to", join(places.state, "state")]
        : ["--remote", ...(target.environment === undefined ? [] : ["--env", target.environment])];
    const output = await runWrangler(
      ["d1", "execute", "DB", "--json", ...where, `--command=${statements.join("; ")}`],
      places,
    );
    return rowsIn(output, target);
  };
}

/** The command that creates the tables of the target's database. */
export function migrateCommand(target: Target): string {
  if (target.kind === "local") return "npx wrangler d1 migrations apply DB --local --persist-to .postern/state";
  return `npx wrangler d1 migrations apply DB --remote${target.environment === undefined ? "" : ` --env ${target.environment}`}`;
}

/** Runs wrangler quietly and returns what it wrote to its standard output; `--json` puts its errors there as well. */
function runWrangler(args: readonly string[], places: Places): Promise<string> {
  const wrangler = join(places.project, "node_modules", "wrangler", "bin", "wrangler.js");
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_WRITE_LOGS: "false",
    NO_COLOR: "1",
  };
  delete env.SEALING_KEYS; // no business of wrangler's
  const options = { cwd: places.project, env, timeout: WRANGLER_TIMEOUT_MS, maxBuffer: WRANGLER_OUTPUT_BYTES };
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [wrangler, ...args], options, (error, stdout, stderr) => {
      if (error === null || stdout.trim() !== "") return resolve(stdout);
      const silence = error.killed ? "wrangler did not answer in time" : stderr.trim() || error.message;
      reject(new CliFault("failure", firstLine(silence), 'Run "npm ci" if wrangler is not installed; else try again.'));
    });
    child.stdin?.end();
  });
}

function rowsIn(output: string, target: Target): readonly (readonly Row[])[] {
  const answer: unknown = parsed(output);
  if (Array.isArray(answer)) return answer.map((result: { results?: readonly Row[] }) => result.results ?? []);
  const text = errorText(answer) ?? output;
  // The queries tell this one apart themselves.
  if (/UNIQUE constraint failed/i.test(text)) throw new Error(text);
  throw explained(text, target);
}

function parsed(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

function errorText(answer: unknown): string | undefined {
  if (typeof answer !== "object" || answer === null || !("error" in answer)) return undefined;
  const { error } = answer;
  if (typeof error !== "object" || error === null || !("text" in error) || typeof error.text !== "string")
    return undefined;
  const notes = "notes" in error && Array.isArray(error.notes) ? error.notes : [];
  return [error.text, ...notes.map((note: { text?: unknown }) => String(note.text ?? ""))].join(" ");
}

/** One sentence and one fix for what wrangler or D1 reported. */
export function explained(text: string, target: Target): CliFault {
  const fault = (message: string, fix: string): CliFault => new CliFault("failure", message, fix);
  const database = target.kind === "local" ? "the local database" : "the deployed database";
  if (/no such table|no such column/i.test(text)) {
    const start = target.kind === "local" ? 'Run "npm start" once, or' : "Run";
    return fault(`${database} is not migrated`, `${start} ${migrateCommand(target)}`);
  }
  if (/CLOUDFLARE_API_TOKEN|not logged in|Authentication error|\[code: (10000|9109)\]/i.test(text)) {
    return fault(
      "wrangler may not reach the Cloudflare account",
      'Run "npx wrangler login", or set CLOUDFLARE_API_TOKEN to a token that may edit D1.',
    );
  }
  if (/Couldn't find (a )?D1 DB|could not be found|\[code: 7404\]/i.test(text)) {
    return fault(
      `${database} does not exist`,
      'Create it with "npx wrangler d1 create postern" and put its database_id into wrangler.toml.',
    );
  }
  if (/fetch failed|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|network/i.test(text)) {
    return fault("the Cloudflare API does not answer", "Check the network and any HTTPS proxy, then try again.");
  }
  if (/SQLITE_BUSY|database is locked/i.test(text)) {
    return fault(`${database} is busy with another process`, "Try again.");
  }
  return fault(firstLine(text), "Run the command again; if it fails again, this is what wrangler reported.");
}

/** wrangler only warns about an environment it does not know, and then works on another database. */
function demandEnvironment(environment: string, places: Places): void {
  const configured = readFileSync(join(places.project, "wrangler.toml"), "utf8").split("\n");
  const known = configured.some((line) => /^\s*\[+\s*env\.([A-Za-z0-9_-]+)/.exec(line)?.[1] === environment);
  if (known) return;
  throw new CliFault(
    "usage",
    `wrangler.toml has no environment "${environment}"`,
    `Name one that it has, or add [env.${environment}] with its DB binding.`,
  );
}

function firstLine(text: string): string {
  return (text.trim().split("\n")[0] ?? "").slice(0, 300);
}
