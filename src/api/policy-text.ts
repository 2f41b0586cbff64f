// Reads a policy as an administrator sends it: as a TOML file, or as JSON.

import { policyInToml } from "../core/policy/file.ts";
import { readPolicy } from "../core/policy/read.ts";
import type { Policy, PolicyFault } from "../core/policy/types.ts";
import { type Done, done } from "./operation.ts";
import { type Problem, problem } from "./problem.ts";

/** A policy, with its file when it came as one. */
export type GivenPolicy = { readonly policy: Policy; readonly text: string | null };

/**
 * Reads a policy. When a file and a JSON policy come together and differ, both are refused: people would read the file,
 * and the gateway would follow the JSON.
 */
export function givenPolicy(given: {
  readonly policy?: unknown;
  readonly text: string | null;
}): Done<GivenPolicy> | Problem {
  const { text } = given;
  if (text === null && given.policy === undefined)
    return invalid("policy", "Give the policy, as `text` or as `policy`.");
  const asJson = given.policy === undefined ? undefined : readPolicy(given.policy);
  if (asJson?.ok === false) return badPolicy(asJson.faults);
  if (text === null)
    return asJson === undefined ? invalid("policy", "Give the policy.") : done({ policy: asJson.policy, text });
  const asText = policyInToml(text);
  if (!asText.ok) return badPolicy(asText.faults);
  if (asJson !== undefined && JSON.stringify(asJson.policy) !== JSON.stringify(asText.policy)) {
    return invalid("policy", "It says something else than `text`. Give one of them.");
  }
  return done({ policy: asText.policy, text });
}

/** Everything that is wrong with a policy; each fault says where. */
const badPolicy = (faults: readonly PolicyFault[]): Problem =>
  problem("bad-policy", faults.map(({ path, message }) => `${path}: ${message}`).join("\n"), {
    errors: faults.map(({ path, ...fault }) => ({ path: `policy${path === "" ? "" : `.${path}`}`, ...fault })),
  });

const invalid = (path: string, message: string): Problem =>
  problem("invalid", `${path}: ${message}`, { errors: [{ path, message }] });
