// How the judge runs: one worker, the room's sources with every mutant in them, each behind a switch. Stryker's
// instrumenter writes the switches (`stryMutAct("7") ? mutant : original`), so no mutant needs a build or a worker of
// its own.

import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Instrumenter } from "@stryker-mutator/instrumenter";
import { defineConfig } from "vitest/config";
import { PLAN, planned } from "./report.ts";
import { ROOMS } from "./rooms.ts";

const silent = () => undefined;
const LOGGER = {
  ...{ isTraceEnabled: () => false, isDebugEnabled: () => false, isInfoEnabled: () => false },
  ...{ isWarnEnabled: () => false, isErrorEnabled: () => false, isFatalEnabled: () => false },
  ...{ trace: silent, debug: silent, info: silent, warn: silent, error: silent, fatal: silent },
};

const TEST_FILE = /(?:^|\/)(?:test-[^/]*|[^/]*\.test)\.ts$/;

export default defineConfig(async () => {
  const room = ROOMS[process.env.MUTANTS_ROOM ?? ""];
  const out = process.env.MUTANTS_OUT;
  if (room === undefined || out === undefined) throw new Error("start me with: npm run mutants -- <room>");
  const files = globSync([...room.sources])
    .filter((file) => !TEST_FILE.test(file))
    .sort()
    .map((name) => ({ name, mutate: true, content: readFileSync(name, "utf8") }));
  const { files: changed, mutants } = await new Instrumenter(LOGGER).instrument(files, {
    ...{ ignorers: [], excludedMutations: [], plugins: null },
  });
  const contents = new Map(files.map(({ name, content }) => [name, content]));
  const plan = mutants.map((mutant) => planned(mutant, mutant.fileName, contents.get(mutant.fileName) ?? ""));
  writeFileSync(join(out, PLAN), JSON.stringify(plan));
  // Counting which lines run takes most of a run's time, and the judge needs it only before the first mutant.
  const counter = "function cover() {";
  const instrumented = new Map(
    changed.map(({ name, content }) => {
      if (content.includes("stryMutAct") && !content.includes(counter)) throw new Error("the instrumenter has changed");
      return [resolve(name), content.replace(counter, `${counter} if (ns.judging) return;`)];
    }),
  );
  return {
    plugins: [
      {
        name: "mutants",
        enforce: "pre" as const,
        transform: (_code: string, id: string) => instrumented.get(id.split("?")[0] ?? id),
      },
    ],
    test: {
      include: ["scripts/mutants/judge.ts"],
      pool: "forks" as const,
      execArgv: ["--openssl-legacy-provider"], // MD4 and RC4, which ntlm needs
      maxWorkers: 1,
      isolate: false,
      fsModuleCache: false, // it would take code without mutants from another run
      testTimeout: 120_000, // longer than the watcher of the judge waits
      reporters: ["dot"],
    },
  };
});
