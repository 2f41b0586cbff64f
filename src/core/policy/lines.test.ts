// In which line of the file a fault is said to be.

import { expect, it } from "vitest";
import { policyInToml } from "./file.ts";
import { lineFinder } from "./lines.ts";

const FILE = `# ours
expireAfterDays = 90

[enrolment]
mode = "ajar"

[[rules]]
code = "one"
action = "block"
reason = "One"
when = { product = "OC", version = "<x" }

[[rules]]
"code" = "two"
action = "block"
reason = "Two"
[rules.when]
type = "phone"
os = [
  "Android 8*",
]
[rules.when.not]
group = "lab"
`;

it.each([
  ["expireAfterDays", 2],
  ["enrolment", 4],
  ["enrolment.mode", 5],
  ["enrolment.maxDevices", 4],
  ["rules[0]", 7],
  ["rules[0].when.version", 11],
  ["rules[0].when.version[0]", 11],
  ["rules[1].code", 14],
  ["rules[1].when.os[0]", 19],
  ["rules[1].when.not.group", 23],
  ["rules[7]", undefined],
  ["devices.unnamed", undefined],
  ["", undefined],
])("%s is in line %s", (path, line) => {
  expect(lineFinder(FILE)(path)).toBe(line);
});

it("faults of a file come with their lines, those of TOML itself too", () => {
  expect(policyInToml(FILE)).toMatchObject({
    faults: [
      { path: "enrolment.mode", line: 5 },
      { path: "rules[0].when.version", line: 11 },
    ],
  });
  expect(policyInToml("a = 1\nb = ")).toMatchObject({ faults: [{ line: 2 }] });
});

it("a path that never ends is looked for in short time", () => {
  expect(lineFinder(FILE)("[".repeat(10_000))).toBeUndefined();
});
