// The operator's command on the test's own gateway, as an administrator uses it.

import { postern } from "../../../cli/postern.ts";
import { PROJECT } from "../../../local/bundle.ts";
import type { TestGateway } from "./gateway.ts";

/** Runs one command. Returns its JSON answer; of a list, the rows. Throws what the command complains about. */
export async function operator({ home }: Pick<TestGateway, "home">, ...argv: readonly string[]): Promise<unknown> {
  let output = "";
  let complaint = "";
  const exit = await postern([...argv, "--target", "local", "--json"], {
    env: { HOME: home },
    state: home,
    folder: PROJECT,
    version: "test",
    now: Date.now,
    input: async () => "",
    print: (text) => {
      output += text;
    },
    complain: (text) => {
      complaint += text;
    },
  });
  if (exit !== 0) throw new Error(`postern ${argv.join(" ")}: ${exit} ${complaint}`);
  const answer: unknown = JSON.parse(output);
  return isList(answer) ? answer.items : answer;
}

const isList = (answer: unknown): answer is { readonly items: unknown } =>
  typeof answer === "object" && answer !== null && "items" in answer && "next" in answer;
