// The command as a function: it takes arguments and returns an exit code. Everything outside is in its `Surroundings`.
// One place turns answers into output and faults into sentences.

import { CliFault, EXIT } from "./fault.ts";
import { isPlugin, readCommandLine, wantsJson } from "./parse.ts";
import { type Api, apiOf } from "./reach/api.ts";
import { chosenTarget } from "./reach/choose.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Answer, written } from "./text/answer.ts";

/** The exit code of a monitoring plugin that could not run. */
const PLUGIN_UNKNOWN = 3;

/** Runs one command line and returns its exit code. */
export async function postern(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const json = wantsJson(argv);
  try {
    const { answer, csv } = await answerTo(argv, surroundings, json);
    if (csv && !json && (answer.remark ?? "") !== "") surroundings.complain(`${answer.remark}\n`);
    await surroundings.print(await written(answer, json ? "json" : csv ? "csv" : "text"));
    return answer.exit ?? EXIT.ok;
  } catch (thrown) {
    const { kind, message, fix, details } = thrown instanceof CliFault ? thrown : defect(thrown);
    if (isPlugin(argv)) {
      await surroundings.print(`UNKNOWN - ${message}\n`); // a monitoring system shows this line, and not standard error
      surroundings.complain(`${fix}\n`);
      return PLUGIN_UNKNOWN;
    }
    surroundings.complain(
      json
        ? `${JSON.stringify({ error: { kind, message, fix, ...details } }, null, 2)}\n`
        : `postern: ${message}.\n${fix}\n`,
    );
    return EXIT[kind];
  }
}

async function answerTo(
  argv: readonly string[],
  surroundings: Surroundings,
  json: boolean,
): Promise<{ readonly answer: Answer; readonly csv: boolean }> {
  const request = await readCommandLine(argv, surroundings.version, surroundings.now());
  if (request.kind === "said") return { answer: { text: request.text, json: { text: request.text } }, csv: false };
  const { command, words, options, yes, target } = request;
  let reached: Api | undefined;
  const api = (): Api => {
    reached ??= apiOf(chosenTarget(surroundings, target));
    return reached;
  };
  const answer = await command.run({ ...surroundings, words, options, yes, target, json, api });
  const csv = options.csv === true;
  return { answer: command.changes && reached !== undefined ? atTarget(answer, reached.target.name) : answer, csv };
}

/** The answer, with the name of the target at which something was changed. */
const atTarget = (answer: Answer, target: string): Answer => ({
  ...answer,
  json: typeof answer.json === "object" && answer.json !== null ? { ...answer.json, target } : { done: true, target },
  text: answer.text === "" ? "" : `${answer.text}\n\nTarget: ${target}`,
});

/** What is said about an unexpected error: its first cause only. */
function defect(thrown: unknown): CliFault {
  let cause = thrown;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return new CliFault("failure", `an unexpected fault: ${cause}`, "Please report it with the command you ran.");
}
