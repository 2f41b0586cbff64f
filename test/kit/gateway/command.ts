// Runs one command line. The test says what is outside the command. Everything else fails when the command asks for it.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { postern } from "../../../cli/postern.ts";
import type { Surroundings } from "../../../cli/surroundings.ts";
import { PROBLEMS, type ProblemCode } from "../../../src/api/problem.ts";

/** The outcome of a command. */
export type Run = { readonly code: number; readonly out: string; readonly err: string };
/** What a command asked of the API. */
export type Asked = { readonly method: string; readonly path: string; readonly body?: unknown };
/** An answer of the API: a value, or a problem. */
export type Reply =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code: ProblemCode; readonly detail: string; readonly fix?: string };

export const ok = (value: unknown): Reply => ({ ok: true, value });
export const no = (code: ProblemCode): Reply => ({ ok: false, code, detail: "The gateway says why." });

/** Runs one command. The test gives the parts of the surroundings that matter to it. */
export async function runIn(
  surroundings: Partial<Omit<Surroundings, "print" | "complain">>,
  argv: readonly string[],
): Promise<Run> {
  let [out, err] = ["", ""];
  const code = await postern(argv, {
    env: { HOME: "/nonexistent" },
    state: "/nonexistent",
    folder: process.cwd(),
    version: "1.2.3",
    now: () => 0,
    input: () => Promise.reject(new Error("read standard input")),
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

/**
 * The same with an API of the test's own, which notes requests in `asked`. Without an answer, the API has no such path.
 * `environment` changes the environment that names the API.
 */
export async function runAgainst(
  answer: (asked: Asked) => Reply | undefined,
  asked: Asked[],
  argv: readonly string[],
  surroundings: Partial<Surroundings> = {},
  environment = (env: Readonly<Record<string, string>>) => env,
): Promise<Run> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const one = {
      ...{ method: request.method ?? "", path: request.url ?? "" },
      ...(body === "" ? {} : { body: JSON.parse(body) as unknown }),
    };
    asked.push(one);
    const reply = answer(one) ?? no("no-such-resource");
    if (reply.ok) return response.end(JSON.stringify(reply.value));
    const [status, title] = PROBLEMS[reply.code];
    const problem = { ...reply, title, status, requestId: "r-1" };
    return response.writeHead(status, { "content-type": "application/problem+json" }).end(JSON.stringify(problem));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const env = { HOME: "/nonexistent", POSTERN_URL: `http://127.0.0.1:${port}`, POSTERN_TOKEN: "pt_0123456789abcdef" };
  try {
    return await runIn({ env: environment(env), ...surroundings }, argv);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
