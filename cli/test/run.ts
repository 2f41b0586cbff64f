// One command line against an outside of the test's own: what it asks of a database or a gateway that the test did not give it
// is a fault.

import { postern, type Surroundings } from "../postern.ts";

/** What came of a command. */
export type Run = { readonly code: number; readonly out: string; readonly err: string };

/** Runs one command in a surroundings of which the test says what matters. */
export async function runIn(
  surroundings: Partial<Omit<Surroundings, "print" | "complain">>,
  argv: readonly string[],
): Promise<Run> {
  let [out, err] = ["", ""];
  const code = await postern(argv, {
    env: {},
    state: "/nonexistent",
    folder: process.cwd(),
    version: "1.2.3",
    now: () => 0,
    executeOn: () => () => Promise.reject(new Error("asked the database")),
    adminOf: () => () => Promise.reject(new Error("asked the gateway")),
    ...surroundings,
    print: (text) => {
      out += text;
    },
    complain: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}
