// `postern directory unlink` from command line to exit code, with an API of the tests' own.

import { beforeEach, describe, expect, it } from "vitest";
import { type Asked, ok, type Run, runAgainst } from "../test/kit/gateway/command.ts";

const PATH = "/v1/directory/ad/unlink";
let asked: Asked[] = [];
let questions: string[] = [];
beforeEach(() => {
  [asked, questions] = [[], []];
});

/** Runs a command at a gateway where 7 users come from `ad`. `typed`: what somebody types at the terminal. */
function run(argv: readonly string[], typed?: string): Promise<Run> {
  const answer = ({ body }: Asked) => {
    const { dryRun = false } = body as { dryRun?: boolean };
    return ok({ source: "ad", people: 7, mayNotSignIn: 2, dryRun, changed: !dryRun });
  };
  const question = async (text: string): Promise<string> => {
    questions.push(text);
    return typed ?? "";
  };
  return runAgainst(answer, asked, argv, typed === undefined ? {} : { question });
}

describe("S-55: directory unlink", () => {
  it("says how many users it concerns, and does nothing", async () => {
    const { code, out } = await run(["directory", "unlink", "ad", "--dry-run"]);
    expect([code, out.split("\n")[0]]).toEqual([
      0,
      'This would end the source "ad" of 7 users. 2 of them may not sign in, and stay disabled.',
    ]);
    expect(asked.map(({ path, body }) => [path, body])).toEqual([[PATH, { dryRun: true }]]);
  });

  it("asks, and ends the source of as many users as it has said", async () => {
    const { code, out } = await run(["directory", "unlink", "ad", "--why", "no agent"], "ad");
    expect(questions).toEqual(['This would end the source "ad" of 7 users. Type ad to go on: ']);
    expect([code, out]).toEqual([0, expect.stringContaining('Ended the source "ad" of 7 users.')]);
    expect(asked.at(-1)).toMatchObject({ path: PATH, body: { people: 7, why: "no agent" } });
  });

  it("does nothing without a yes", async () => {
    expect((await run(["directory", "unlink", "ad"], "no")).code).not.toBe(0);
    expect((await run(["directory", "unlink", "ad"])).code).not.toBe(0);
    expect(asked.map(({ body }) => body)).toEqual([{ dryRun: true }, { dryRun: true }]);
    expect((await run(["directory", "unlink", "ad", "--yes"])).code).toBe(0);
  });
});
