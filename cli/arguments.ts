// The command line: which command, with which options, on which database. Everything wrong with it is a usage fault that
// names the help to read.

import { parseArgs } from "node:util";
import { CliFault } from "./fault.ts";
import { type CommandName, HELP, isCommand, isGroup } from "./help.ts";
import type { Target } from "./wrangler.ts";

const OPTIONS = {
  local: { type: "boolean" },
  remote: { type: "boolean" },
  env: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
  account: { type: "string" },
  upn: { type: "string" },
  name: { type: "string", multiple: true },
  label: { type: "string" },
  user: { type: "string" },
  source: { type: "string" },
  outcome: { type: "string" },
  reason: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  limit: { type: "string" },
  why: { type: "string" },
  group: { type: "string", multiple: true },
  "no-groups": { type: "boolean" },
  enrolment: { type: "string" },
  "max-devices": { type: "string" },
  for: { type: "string" },
  close: { type: "boolean" },
  connector: { type: "boolean" },
  before: { type: "string" },
  audit: { type: "string" },
  file: { type: "string" },
  request: { type: "string" },
  yes: { type: "boolean" },
} as const;

/** Options that only some commands take; every other one is global. */
const OWN_OPTIONS: Readonly<Record<string, readonly CommandName[]>> = {
  account: ["user add"],
  upn: ["user add", "user set"],
  name: ["user add"],
  label: ["password create"],
  user: ["audit"],
  source: ["audit"],
  outcome: ["audit"],
  reason: ["audit"],
  since: ["audit", "why"],
  until: ["audit"],
  limit: ["audit"],
  why: [
    "policy apply",
    "device approve",
    "device approve-key",
    "device reset-key",
    "device block",
    "device forget",
    "device expect",
  ],
  group: ["user set"],
  "no-groups": ["user set"],
  enrolment: ["user set"],
  "max-devices": ["user set"],
  for: ["device window"],
  close: ["device window"],
  connector: ["keys new"],
  before: ["audit purge"],
  audit: ["user erase"],
  file: ["user export", "why"],
  request: ["why"],
  yes: ["user erase", "policy apply"],
};

/** Commands that ask the gateway and no database. */
const asksGatewayOnly = (command: CommandName): boolean =>
  /^(lock|policy|device) /.test(command) ||
  ["why", "user set", "user export", "user erase", "audit purge"].includes(command);

/** The words each command takes, in order; those in brackets may be left out. */
const WORDS: Readonly<Record<CommandName, readonly string[]>> = {
  "user add": ["SIP_URI"],
  "user list": [],
  "user show": ["USER"],
  "user set": ["USER"],
  "user disable": ["USER"],
  "user enable": ["USER"],
  "user export": ["USER"],
  "user erase": ["USER"],
  "password create": ["USER"],
  "password list": ["USER"],
  "password revoke": ["USER", "ID"],
  "lock list": [],
  "lock show": ["USER or NETWORK"],
  "lock clear": ["USER or NETWORK"],
  "device list": ["[USER]"],
  "device show": ["USER", "DEVICE"],
  "device approve": ["USER", "DEVICE"],
  "device approve-key": ["USER", "DEVICE", "[KEY]"],
  "device reset-key": ["USER", "DEVICE", "[KEY]"],
  "device block": ["USER", "DEVICE"],
  "device forget": ["[USER] DEVICE", "[DEVICE]"],
  "device expect": ["USER", "PASSWORD_ID", "[DEVICE_ID]"],
  "device window": ["USER"],
  why: ["USER", "DEVICE"],
  "policy check": ["[FILE]"],
  "policy show": [],
  "policy diff": ["[FILE]"],
  "policy preview": ["[FILE]"],
  "policy apply": ["[FILE]"],
  "config check": ["[FILE]"],
  "keys new": [],
  audit: [],
  "audit purge": [],
};

/** A command to run. */
export type Invocation = {
  readonly command: CommandName;
  readonly words: readonly string[];
  readonly target: Target;
  readonly options: {
    readonly env?: string | undefined;
    readonly account?: string | undefined;
    readonly upn?: string | undefined;
    readonly name?: string[] | undefined;
    readonly label?: string | undefined;
    readonly user?: string | undefined;
    readonly source?: string | undefined;
    readonly outcome?: string | undefined;
    readonly reason?: string | undefined;
    readonly since?: string | undefined;
    readonly until?: string | undefined;
    readonly limit?: string | undefined;
    readonly why?: string | undefined;
    readonly group?: string[] | undefined;
    readonly "no-groups"?: boolean | undefined;
    readonly enrolment?: string | undefined;
    readonly "max-devices"?: string | undefined;
    readonly for?: string | undefined;
    readonly close?: boolean | undefined;
    readonly connector?: boolean | undefined;
    readonly before?: string | undefined;
    readonly audit?: string | undefined;
    readonly file?: string | undefined;
    readonly request?: string | undefined;
    readonly yes?: boolean | undefined;
  };
};

/** What the command line asks for, and whether its answer is to be JSON. */
export type Request =
  | { readonly kind: "help"; readonly text: string }
  | { readonly kind: "version" }
  | { readonly kind: "run"; readonly invocation: Invocation };

/** Reads the command line. Throws a usage fault. */
export function readArguments(argv: readonly string[]): Request {
  const { values, positionals } = parsedArguments(argv);
  if (values.version === true) return { kind: "version" };
  const [group = "", verb = ""] = positionals;
  // A group and one of its commands, or a command of one word.
  const ofGroup = `${group} ${verb}`;
  const command = !isCommand(ofGroup) && isCommand(group) ? group : ofGroup;
  const words = positionals.slice(command === group ? 1 : 2);
  if (values.help === true || group === "") {
    if (group === "" && values.help !== true) throw usage("no command given", "");
    return { kind: "help", text: HELP[isCommand(command) ? command : isGroup(group) ? group : ""] };
  }
  if (!isCommand(command)) {
    if (!isGroup(group)) throw usage(`there is no command "${group}"`, "");
    throw usage(verb === "" ? `"${group}" needs a command` : `there is no command "${command}"`, group);
  }
  for (const [option, commands] of Object.entries(OWN_OPTIONS)) {
    if (option in values && !commands.includes(command)) throw usage(`"${command}" takes no --${option}`, command);
  }
  const ofRequest = command === "why" && values.request !== undefined;
  for (const option of ["since", "file"] as const) {
    if (command === "why" && !ofRequest && option in values)
      throw usage(`"why USER DEVICE" takes no --${option}`, command);
  }
  const expected = ofRequest ? [] : WORDS[command];
  const missing = expected[words.length];
  if (missing !== undefined && !missing.startsWith("[")) throw usage(`"${command}" needs ${missing}`, command);
  if (words.length > expected.length) {
    throw usage(`"${command}" takes no "${words[expected.length]}"; quote what has spaces`, command);
  }
  return { kind: "run", invocation: { command, words, target: targetOf(values, command), options: values } };
}

/** Whether the answer is to be JSON; asked on its own, because a fault in the rest of the command line is to be JSON too. */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.slice(0, argv.includes("--") ? argv.indexOf("--") : undefined).includes("--json");
}

function parsedArguments(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (fault) {
    if (!(fault instanceof TypeError)) throw fault;
    throw usage(fault.message.split(". ")[0] ?? fault.message, "");
  }
}

function targetOf(
  values: { readonly local?: boolean; readonly remote?: boolean; readonly env?: string; readonly request?: string },
  command: CommandName,
): Target {
  if (values.local === true && values.remote === true) throw usage("--local and --remote exclude each other", command);
  if (values.env !== undefined && values.request === undefined && asksGatewayOnly(command)) {
    const fix = "POSTERN_ADMIN_HOST in the environment says which gateway to ask.";
    throw new CliFault("usage", `"${command}" takes no --env`, fix);
  }
  if (values.remote === true) return { kind: "remote", environment: values.env };
  if (values.env !== undefined && command !== "config check")
    throw usage("--env is for the deployed database: add --remote", command);
  return { kind: "local" };
}

function usage(message: string, level: string): CliFault {
  return new CliFault("usage", message, `See: npm run postern -- ${level === "" ? "" : `${level} `}--help`);
}
