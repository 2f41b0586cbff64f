// The operator's tool as a function: arguments in, an exit code out, everything of the outside in its `Surroundings`. One place
// turns answers into output and faults into sentences.

import type { AskAdmin } from "./admin-api.ts";
import type { Request } from "./arguments.ts";
import { readArguments, wantsJson } from "./arguments.ts";
import { audit } from "./audit.ts";
import { purge } from "./audit-purge.ts";
import type { Answer, Command } from "./command.ts";
import * as config from "./config.ts";
import { databaseThrough, type Execute } from "./d1.ts";
import * as device from "./device.ts";
import { CliFault, EXIT, faultIn } from "./fault.ts";
import type { CommandName } from "./help.ts";
import * as keys from "./keys.ts";
import * as lock from "./lock.ts";
import * as password from "./password.ts";
import * as person from "./person.ts";
import * as policy from "./policy.ts";
import { keyringOf } from "./sealing-keys.ts";
import * as user from "./user.ts";
import * as userSettings from "./user-settings.ts";
import type { Target } from "./wrangler.ts";

/** The outside of the tool. */
export type Surroundings = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The `.postern` directory. */
  readonly state: string;
  /** Where the user stands: a relative FILE is read from there. */
  readonly folder: string;
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly executeOn: (target: Target) => Execute;
  /** The admin API of the target's running gateway. */
  readonly adminOf: (target: Target) => AskAdmin;
  /** Asks at the terminal; undefined where nobody is there to answer. */
  readonly question?: ((text: string) => Promise<string>) | undefined;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  /** Writes to standard error. */
  readonly complain: (text: string) => void;
};

const COMMANDS: Readonly<Record<CommandName, Command>> = {
  "user add": user.add,
  "user list": user.list,
  "user show": user.show,
  "user set": userSettings.set,
  "user disable": user.disable,
  "user enable": user.enable,
  "user export": person.exportAll,
  "user erase": person.erase,
  "password create": password.create,
  "password list": password.list,
  "password revoke": password.revoke,
  "lock list": lock.list,
  "lock show": lock.show,
  "lock clear": lock.clear,
  "device list": device.list,
  "device show": device.show,
  "device approve": device.approve,
  "device approve-key": device.approveKey,
  "device reset-key": device.resetKey,
  "device block": device.block,
  "device forget": device.forget,
  "device expect": device.expect,
  "device window": device.window,
  why: device.why,
  "policy check": policy.check,
  "policy show": policy.show,
  "policy diff": policy.diff,
  "policy preview": policy.preview,
  "policy apply": policy.apply,
  "config check": config.check,
  "keys new": keys.create,
  audit,
  "audit purge": purge,
};

/** Runs one command line and returns its exit code. */
export async function postern(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const json = wantsJson(argv);
  try {
    const answer = await answerTo(readArguments(argv), surroundings);
    surroundings.print(`${json ? JSON.stringify(answer.json, null, 2) : answer.text}\n`);
    return EXIT.ok;
  } catch (thrown) {
    const fault = faultIn(thrown) ?? defect(thrown);
    const { kind, message, fix, details } = fault;
    surroundings.complain(
      json
        ? `${JSON.stringify({ error: { kind, message, fix, ...details } }, null, 2)}\n`
        : `postern: ${message}.\n${fix}\n`,
    );
    return EXIT[kind];
  }
}

async function answerTo(request: Request, surroundings: Surroundings): Promise<Answer> {
  switch (request.kind) {
    case "help":
      return { text: request.text, json: { help: request.text } };
    case "version":
      return { text: surroundings.version, json: { version: surroundings.version } };
    case "run": {
      const { command, ...rest } = request.invocation;
      const db = databaseThrough(surroundings.executeOn(rest.target));
      return COMMANDS[command]({
        ...rest,
        db,
        admin: surroundings.adminOf(rest.target),
        now: surroundings.now(),
        folder: surroundings.folder,
        state: surroundings.state,
        question: surroundings.question,
        keyring: () => keyringOf(rest.target, surroundings.state, surroundings.env),
      });
    }
  }
}

/** What is said of an error nobody expected: its first cause only, for drizzle's own message quotes the whole query. */
function defect(thrown: unknown): CliFault {
  let cause = thrown;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return new CliFault("failure", `an unexpected fault: ${cause}`, "Please report it with the command you ran.");
}
