import { expect, it } from "vitest";
import { tableRows } from "../../../test/kit/tables.ts";
import { CONDITION_NAMES } from "./match.ts";
import { REASONS } from "./reasons.ts";

it("S-30: docs/devices.md explains each reason code, and none that is not there", () => {
  const documented = tableRows("reason", "meaning", "what to do").map(([reason]) => reason);
  expect(documented.toSorted()).toEqual([...REASONS].toSorted());
});

it("docs/devices.md explains each condition a rule may have", () => {
  const documented = tableRows("condition", "matches on", "written as").map(([condition]) => condition);
  expect(documented).toEqual(CONDITION_NAMES);
});
