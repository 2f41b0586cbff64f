import { expect, it } from "vitest";
import type { Ended, RunCommand } from "../src/command.ts";
import { Turn } from "../src/turn.ts";

const DONE: Ended = { kind: "exit", code: 0, stdout: "", stderr: "" };
const DCS = ["dc1", "dc2", "dc3"];

/** A turn, and programs that end as told after so many ms. */
function watched() {
  let [time, passes] = [0, 0];
  const turn = new Turn(async () => void passes++);
  const run = (ended: Ended, ms: number): ReturnType<RunCommand> => {
    const program: RunCommand = async () => {
      time += ms;
      return ended;
    };
    return turn.watching(program, () => time)("kvno", [], "cache");
  };
  return { turn, run, passes: () => passes };
}

it("who answers at once stays the first, whatever it answers", async () => {
  const { turn, run, passes } = watched();
  expect(await run(DONE, 899)).toBe(DONE);
  await run({ ...DONE, code: 1 }, 5);
  await run({ kind: "missing" }, 5);
  expect([turn.of(DCS), passes()]).toEqual([DCS, 0]);
});

it.each([
  ["was killed", { kind: "killed" }, 5],
  ["had to wait for a connection", DONE, 1_000],
] as const)("a program %s: the next controller is the first", async (_, ended, ms) => {
  const { turn, run, passes } = watched();
  await run(ended, ms);
  expect([turn.of(DCS), passes()]).toEqual([["dc2", "dc3", "dc1"], 1]);
  await run(ended, ms);
  await run(ended, ms);
  expect([turn.of(DCS), passes()]).toEqual([DCS, 3]);
});

it("several that the same controller held up pass on once", async () => {
  const { turn, run, passes } = watched();
  await Promise.all([run({ kind: "killed" }, 0), run({ kind: "killed" }, 0), run({ kind: "killed" }, 0)]);
  expect([turn.of(DCS), passes()]).toEqual([["dc2", "dc3", "dc1"], 1]);
});

it("lists of one and of none stay as they are", async () => {
  const { turn, run } = watched();
  await run({ kind: "killed" }, 0);
  expect([turn.of(["dc1"]), turn.of([])]).toEqual([["dc1"], []]);
});
