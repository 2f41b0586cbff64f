// S-78: a step of a guard's tables leaves the version before able to go on with the object.

import { expect, it } from "vitest";
import changelog from "../../CHANGELOG.md?raw";
import { contractionsIn } from "../../test/kit/expand-only.ts";
import { SCHEMA_STEPS as guestSteps } from "../guest-guard/guest-guard.ts";
import { SCHEMA_STEPS as sourceSteps } from "../source-guard/source-guard.ts";
import { SCHEMA_STEPS as userSteps } from "../user-guard/schema.ts";

const RELEASES = [...changelog.matchAll(/^## (\d+\.\d+\.\d+)$/gm)].map(([, version = ""]) => version);

it.each([
  ["user", userSteps],
  ["network", sourceSteps],
  ["guests", guestSteps],
] as const)("S-78: each step of a %s's guard after the first only adds", (_, steps) => {
  for (const step of steps.slice(1)) expect(contractionsIn(step.join(";\n"), RELEASES)).toEqual([]);
});
