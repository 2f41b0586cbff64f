import { expect, it } from "vitest";
import { readCommandLine } from "../src/command-line.ts";

const DEFAULT = "/etc/postern-agent/config.json";

it.each<[string, object]>([
  ["", { order: { command: "run" }, file: DEFAULT }],
  ["check --config x.json", { order: { command: "check" }, file: "x.json" }],
  ["sync --dry-run", { order: { command: "sync", how: "dry-run" }, file: DEFAULT }],
  ["sync --full", { order: { command: "sync", how: "full" }, file: DEFAULT }],
  ["sync --confirm", { order: { command: "sync", how: "confirm" }, file: DEFAULT }],
  ["mail --test a@b.test", { order: { command: "mail", to: "a@b.test" }, file: DEFAULT }],
])("agent %s", (line, asked) => {
  expect(readCommandLine(line.split(" ").filter((word) => word !== ""))).toEqual(asked);
});

it.each([
  ["sync", "Say how"],
  ["sync --full --confirm", "either --full or --confirm"],
  ["synk --full", "belongs to postern-agent sync"],
  ["synk", 'no command "synk"'],
  ["check --dry-run", "belongs to postern-agent sync"],
  ["mail", "to whom"],
  ["check now", '"now"'],
  ["sync --fulll", "--fulll"],
])("agent %s is a sentence", (line, sentence) => {
  expect(readCommandLine(line.split(" "))).toContain(sentence);
});
