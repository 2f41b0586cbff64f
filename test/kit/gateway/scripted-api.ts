// What the tests of one file of commands share: an API whose answers the test gives, and a folder of its own.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { type Asked, type Reply, type Run, runAgainst } from "./command.ts";

/** Answers by method and path, like `GET /v1/policy`. */
export type Routes = Readonly<Record<string, Reply>>;
/** One answer, answers in turn, or answers by path. */
type Answers = Reply | readonly Reply[] | Routes;

/** For a test file. `asked` is what the API was asked, and is empty when a test begins; `run` runs one command. */
export function scriptedApi(): {
  readonly asked: Asked[];
  /** A request that the answers do not foresee fails the test. A function among the words sits at the terminal. */
  readonly run: (answers: Answers, ...words: (string | Terminal)[]) => Promise<Run>;
} {
  const asked: Asked[] = [];
  beforeEach(() => {
    asked.length = 0;
  });
  const run = (answers: Answers, ...words: (string | Terminal)[]) => {
    const argv = words.filter((word) => typeof word === "string");
    const question = words.find((word) => typeof word === "function");
    return runAgainst(answering(answers), asked, argv, question === undefined ? {} : { question });
  };
  return { asked, run };
}
type Terminal = (text: string, secret?: boolean) => Promise<string>;

function answering(answers: Answers): (asked: Asked) => Reply {
  const left = inTurn(answers);
  return ({ method, path }) => {
    const reply = left === null ? (answers as Routes)[`${method} ${path}`] : left.shift();
    return reply ?? expect.fail(`nobody foresaw ${method} ${path}`);
  };
}

function inTurn(answers: Answers): Reply[] | null {
  if (isList(answers)) return [...answers];
  return isReply(answers) ? [answers] : null;
}
const isList = (answers: Answers): answers is readonly Reply[] => Array.isArray(answers);
const isReply = (answers: Reply | Routes): answers is Reply => typeof answers.ok === "boolean";

/** For a test file: a new folder for each test, removed after it. */
export function folderPerTest(): () => string {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "postern-command-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return () => folder;
}

/** A page of a list. */
export const page = (items: readonly unknown[], next: string | null = null): Reply => ({
  ok: true,
  value: { items, next },
});
