// Reads the command line with commander: which command with which words and options, or which help. It loads only the
// file of the command that is named. Everything wrong is a usage fault, which names the help to read.

import { Command as Commander, CommanderError, Option as CommanderOption, InvalidArgumentError } from "commander";
import { BRIEFS, type CommandName, GROUPS, isCommand, loaded } from "./catalogue.ts";
import type { Command, Context, Option } from "./define.ts";
import { type CliFault, usage } from "./fault.ts";
import { ABOUT, ARGUMENTS, ENDING } from "./text/help.ts";

/** What the command line asks for. */
export type Request =
  | { readonly kind: "said"; readonly text: string }
  | ({ readonly kind: "run"; readonly command: Command } & Pick<Context, "words" | "options" | "yes" | "target">);

/**
 * Whether the answer should be JSON. This is read separately, because a fault in the rest of the command line should be
 * JSON too.
 */
export const wantsJson = (argv: readonly string[]): boolean => ownPart(argv).includes("--json");

/** Whether the command is a plugin of a monitoring system, whose exit codes mean something else. */
export const isPlugin = (argv: readonly string[]): boolean => commandIn(argv) === "probe";

/** Reads the command line. Throws a usage fault. */
export async function readCommandLine(argv: readonly string[], version: string, now: number): Promise<Request> {
  const name = commandIn(argv);
  refuseOldOptions(argv, name);
  const said: string[] = [];
  let request: Request | undefined;
  const program = programOf(version, (text) => said.push(text));
  const command = name === undefined ? undefined : await loaded(name);
  if (name !== undefined && command !== undefined) {
    describe(leafOf(program, name), command, now, (words, options) => {
      for (const [key, { needed }] of Object.entries(command.options)) {
        if (needed !== undefined && options[key] === undefined) throw usage(`"${name}" needs --${key}`, needed);
      }
      const { yes = false, target } = program.opts<{ yes?: boolean; target?: string }>();
      request = { kind: "run", command, words, options, yes, target };
    });
  }
  const asksForHelp = argv[0] === "completion" && argv.some((word) => word === "--help" || word === "-h");
  if ((argv[0] === "completion" && !asksForHelp) || argv[0] === "complete")
    return { kind: "said", text: await completion(program, argv) };
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault;
    if (fault.exitCode === 0) return { kind: "said", text: said.join("").trimEnd() };
    throw usageFault(fault, name ?? groupIn(argv));
  }
  if (request !== undefined) return request;
  throw usage("no command given", "See: npx postern --help");
}

/** Builds all commands by their words, with the options that every command takes. */
function programOf(version: string, say: (text: string) => void): Commander {
  const program = new Commander("postern")
    .description(ABOUT)
    .version(version, "--version", "the version of Postern")
    .helpOption("-h, --help", "the help of this level")
    .helpCommand(false)
    .option("--target <name>", "the gateway to ask; see: postern target --help")
    .option("--json", "one JSON document on standard output, a fault as JSON on standard error")
    .option("--yes", "do not ask before a change")
    .addHelpText("after", ENDING)
    .configureHelp({ showGlobalOptions: true, helpWidth: 120 })
    .configureOutput({ writeOut: say, writeErr: () => undefined })
    .exitOverride();
  for (const [name, brief] of Object.entries(GROUPS)) leafOf(program, name).description(brief);
  for (const { name, brief } of BRIEFS) leafOf(program, name).summary(brief).description(`${brief}.`);
  program.command("completion [shell]").description("Complete commands in bash, zsh, fish or powershell");
  return program;
}

/** The commander object for these words. It is made if it does not exist. */
function leafOf(program: Commander, name: string): Commander {
  return name
    .split(" ")
    .reduce((parent, word) => parent.commands.find((one) => one.name() === word) ?? parent.command(word), program);
}

function describe(
  leaf: Commander,
  command: Command,
  now: number,
  done: (words: Context["words"], options: Context["options"]) => void,
): void {
  const brief = leaf.summary();
  leaf.description(`${brief}.${command.help === undefined ? "" : `\n\n${command.help}`}`);
  for (const word of command.words) leaf.argument(argumentOf(word), ARGUMENTS[word.replace(/\[|\]|\.\.\./g, "")]);
  for (const [key, option] of Object.entries(command.options)) leaf.addOption(optionOf(key, option, now));
  leaf.addHelpText("after", `\nExamples:\n${command.examples.map((line) => `  npx postern ${line}`).join("\n")}`);
  leaf.action((...given: readonly unknown[]) => {
    const words = given.slice(0, command.words.length);
    // For each argument, commander gives one text, or several, as the word asks.
    done(words as unknown as Context["words"], leaf.opts());
  });
}

/** `USER` must be given. `[USER]` and `[USER...]` need not be. */
const argumentOf = (word: string): string => (word.startsWith("[") ? word : `<${word}>`);

function optionOf(key: string, { brief, value, choices, many, read }: Option<unknown>, now: number): CommanderOption {
  const flag = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const option = new CommanderOption(value === undefined ? flag : `${flag} <${value}>`, brief);
  option.negate = false; // --no-groups is an option of its own; it does not undo --groups
  if (choices !== undefined) option.choices(choices);
  if (many === true) option.argParser((text: string, before: readonly string[] = []) => [...before, text]);
  if (read !== undefined) {
    option.argParser((text: string) => {
      try {
        return read(text, now);
      } catch (fault) {
        throw new InvalidArgumentError(fault instanceof Error ? fault.message : String(fault));
      }
    });
  }
  return option;
}

/** Makes the scripts for shells, and answers what these scripts ask at each Tab. */
async function completion(program: Commander, argv: readonly string[]): Promise<string> {
  const [, shell = ""] = argv;
  if (argv[0] === "completion" && !["bash", "zsh", "fish", "powershell"].includes(shell)) {
    const fix = "Give bash, zsh, fish or powershell. In bash: source <(npx postern completion bash)";
    throw usage(shell === "" ? '"completion" needs a shell' : `no completion for ${shell}`, fix);
  }
  const { default: tab } = await import("@bomb.sh/tab/commander");
  const own = program.commands.findIndex((one) => one.name() === "completion");
  const commands = program.commands as Commander[];
  commands.splice(own, 1); // the library has its own
  tab(program, { completionCommandName: "completion" });
  await program.parseAsync([...argv], { from: "user" });
  return "";
}

/** The command that the words name. Undefined: they name none. */
function commandIn(argv: readonly string[]): CommandName | undefined {
  const words = wordsIn(argv);
  return [3, 2, 1].map((count) => words.slice(0, count).join(" ")).find(isCommand);
}

const groupIn = (argv: readonly string[]): string => {
  const [first = ""] = wordsIn(argv);
  return first in GROUPS ? first : "";
};

/** The words before the first option. `--target NAME` may stand before them. */
function wordsIn(argv: readonly string[]): readonly string[] {
  const own = ["completion", "complete"].includes(argv[0] ?? "") ? argv.slice(argv.indexOf("--") + 1) : ownPart(argv);
  return own.filter((word, at) => !word.startsWith("-") && own[at - 1] !== "--target");
}

const ownPart = (argv: readonly string[]): readonly string[] =>
  argv.slice(0, argv.includes("--") ? argv.indexOf("--") : undefined);

/**
 * Until release 0.1 these options named a database or a gateway. Postern refuses them, so that no old script means
 * something else now.
 */
function refuseOldOptions(argv: readonly string[], name: CommandName | undefined): void {
  const old = ownPart(argv).find((word) => /^--(local|remote|env)(=|$)/.test(word));
  if (old === undefined || ((name === "config check" || name === "init") && old.startsWith("--env"))) return;
  const instead = old.startsWith("--local")
    ? 'Leave it out, or give "--target local": the gateway that "npm start" runs.'
    : "Add your gateway once, then name it:\n  npx postern target add production https://ADMIN_HOST\n  … --target production";
  throw usage(`${old} is gone: every command asks a target, and no database`, instead);
}

function usageFault({ code, message }: CommanderError, level: string): CliFault {
  const said = code === "commander.help" ? `"${level}" needs a command` : message.replace(/^error: /, "");
  const [first = "", ...more] = said.trim().split("\n");
  const meant = more.length === 0 ? "" : `${more.join(" ").replace(/^\(|\)$/g, "")}\n`;
  const none = code === "commander.help" && level === "";
  return usage(
    none ? "no command given" : first.replace(/\.$/, ""),
    `${meant}See: npx postern ${level === "" ? "" : `${level} `}--help`,
  );
}
