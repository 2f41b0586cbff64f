// `postern policy …`: the policy as a file under review, checked with or without a gateway, compared with what a gateway has,
// tried on the devices in use, and put in place.

import type { PolicyAnswer } from "../src/api/answers.ts";
import { policyToml } from "../src/core/policy/describe.ts";
import { diffPolicies, type PolicyChange } from "../src/core/policy/diff.ts";
import { lintPolicy } from "../src/core/policy/lint.ts";
import { type Answer, type Context, whyOf } from "./command.ts";
import { partnershipsOf } from "./partnerships.ts";
import { faultLines, policyFile, policyIn } from "./policy-file.ts";
import { applyPolicy, gatewayImpact, gatewayPolicy, impactIfThere, spreadPolicy } from "./policy-gateway.ts";
import { confirmRefusing, impactText } from "./policy-impact.ts";
import { identityText, previewOf, previewText, unnamedText } from "./policy-preview.ts";

export async function check(context: Context): Promise<Answer> {
  const { name, policy } = policyFile(context);
  const warnings = lintPolicy(policy);
  const rules = policy.rules.length === 1 ? "1 rule" : `${policy.rules.length} rules`;
  const impact = await impactIfThere(context, policy);
  const lines = [
    `${name} is a policy with ${rules}.`,
    ...(warnings.length === 0 ? [] : [faultLines(warnings)]),
    impact.ok
      ? impactText(impact.value)
      : `No gateway was asked which devices in use it would refuse: ${impact.silence.message}.`,
  ];
  return {
    text: lines.join("\n\n") + identityText(policy),
    json: { file: name, policy, warnings, impact: impact.ok ? impact.value : null },
  };
}

export async function show(context: Context): Promise<Answer> {
  const json = await gatewayPolicy(context);
  return { text: `# ${originOf(json)}\n\n${textOf(json).trimEnd()}`, json };
}

export async function diff(context: Context): Promise<Answer> {
  const file = policyFile(context);
  const current = await gatewayPolicy(context);
  const changes = diffPolicies(current.policy, file.policy);
  return {
    text: `The gateway has ${originOf(current)}.\n\n${changesText(changes, file.name)}`,
    json: { version: current.version, changes },
  };
}

export async function preview(context: Context): Promise<Answer> {
  const file = policyFile(context);
  const current = await gatewayPolicy(context);
  const { inUse, changes } = previewOf(await partnershipsOf(context), current.policy, file.policy, context.now);
  const unnamed = unnamedText(current.policy, file.policy);
  const text = previewText(inUse, changes) + unnamed + identityText(file.policy);
  return { text, json: { version: current.version, inUse, changes } };
}

export async function apply(context: Context): Promise<Answer> {
  const why = whyOf(context);
  const file = policyFile(context);
  const current = await gatewayPolicy(context);
  const changes = diffPolicies(current.policy, file.policy);
  const same = changes.length === 0 && current.text === file.text;
  const impact = same ? null : await gatewayImpact(context, file.policy);
  if (impact !== null) {
    await confirmRefusing(context, impact);
    await applyPolicy(context, { policy: file.policy, text: file.text, basedOn: current.version, why });
  }
  // Also when nothing is new: an interrupted command is finished by giving it again.
  const { version, guards, openWindows } = await spreadPolicy(context);
  const what = same
    ? `The gateway has this policy already.`
    : `${changesText(changes, file.name)}\n\nThe policy is in place.`;
  const everywhere = `Version ${version} is with every user's guard (${guards}): it decides from now on.`;
  const windows = openWindows === 0 ? "" : `\n\n${windowsText(openWindows)}`;
  return {
    text: `${what} ${everywhere}${windows}`,
    json: { version, guards, openWindows, applied: !same, changes, impact },
  };
}

/** Windows outlive a policy in whose mode they meant nothing. */
const windowsText = (open: number): string =>
  `${open === 1 ? "1 enrolment window is" : `${open} enrolment windows are`} open, perhaps since before: ` +
  '"user show" says until when, "device window USER --close" closes it.';

/** Who put it in place, on one line. */
function originOf({ version, appliedAt, by, why }: PolicyAnswer): string {
  if (version === 0) return "the default policy: none was applied yet";
  const reason = why === null ? "" : `: ${why}`;
  return `policy version ${version}, applied ${appliedAt ?? "at an unknown time"} by ${by?.id ?? "nobody known"}${reason}`;
}

/** The file that was applied, when it says what the gateway decides by; otherwise what it decides by. */
function textOf({ text, policy }: PolicyAnswer): string {
  if (text === null) return policyToml(policy);
  const said = policyIn(text);
  if (said !== undefined && diffPolicies(said, policy).length === 0) return text;
  return `# The file that was applied with it says something else; this is what the gateway decides by.\n${policyToml(policy)}`;
}

const SIGNS = { setting: "~", added: "+", removed: "-", changed: "~", moved: "↕" } as const;

function changesText(changes: readonly PolicyChange[], file: string): string {
  if (changes.length === 0) return `${file} decides the same.`;
  const lines = changes.map(({ kind, what, text }) => `  ${SIGNS[kind]} ${what}  ${text}`);
  return [`${file} changes:`, ...lines].join("\n");
}
