// `postern policy …`: the policy as a file under review, checked with or without a gateway, compared with what a
// gateway has, tried on the devices in use, and put in place; and the policies that were applied.

import { basename, join, resolve } from "node:path";
import { policyInToml } from "../../src/core/policy/file.ts";
import { lintPolicy, MODE_PATH, PASSIVE_PATH } from "../../src/core/policy/lint.ts";
import type { Policy, PolicyFault } from "../../src/core/policy/types.ts";
import { path } from "../../src/core/text/api-address.ts";
import { command, count, flag, LIST, WHY } from "../define.ts";
import { CliFault, usage } from "../fault.ts";
import { textOfFile } from "../files.ts";
import type { Many } from "../many.ts";
import type * as A from "../reach/answers.ts";
import { listing } from "../shapes.ts";
import { type Columns, listed } from "../text/answer.ts";
import {
  changesText,
  confirmRefusing,
  identityText,
  impactText,
  originOf,
  PREVIEW_COLUMNS,
  previewText,
  sourceOf,
  unnamedText,
} from "../text/policy.ts";

/** How many devices a page of the preview looks at. */
const MAX_PAGE = 500;
const HISTORY_COLUMNS: Columns<A.PolicyVersion> = {
  ...{ VERSION: "version", APPLIED: "appliedAt", BY: ({ by }) => by?.name ?? by?.id, WHY: "why" },
};
/** The policy at the top of the checkout. */
const DEFAULT_FILE = join(import.meta.dirname, "..", "..", "policy.toml");
/** More than anybody writes by hand. */
const MAX_FILE_BYTES = 256 * 1024;

/** A file that is a policy. */
type PolicyFile = { readonly name: string; readonly text: string; readonly policy: Policy };
const FILE = { words: ["[FILE]"] } as const;

export const check = command({
  ...FILE,
  help: `Lists every fault of a policy with its place and its fix, and ends with exit code 2. If the policy has no fault, it
lists the rules that can never decide. That needs no gateway. Then it asks the target, if it answers, how many devices in
use the policy would refuse. A device is in use if it is let in now and was seen in the last 30 days.`,
  options: { offline: flag("ask no gateway") },
  examples: ["policy check", "policy check new-policy.toml --offline"],
  async run({ words: [given], options, folder, api }) {
    const { name, policy, text: source } = policyFile(given, folder);
    const warnings: A.PolicyChecked["warnings"][number][] = [...lintPolicy(policy)];
    const rules = policy.rules.length === 1 ? "1 rule" : `${policy.rules.length} rules`;
    let impact: A.PolicyChecked["impact"] | null = null;
    let silence = "";
    try {
      if (options.offline !== true) {
        const checked = await api().post<A.PolicyChecked>("/v1/policy/check", { text: source });
        impact = checked.impact;
        // Only the gateway knows whether it has the portal and the page.
        warnings.unshift(...checked.warnings.filter(({ path }) => path === MODE_PATH || path === PASSIVE_PATH));
      }
    } catch (fault) {
      if (!(fault instanceof CliFault) || fault.kind !== "failure") throw fault;
      silence = `: ${fault.message}`;
    }
    const lines = [
      `${name} is a policy with ${rules}.`,
      ...(warnings.length === 0 ? [] : [faultLines(warnings)]),
      impact === null ? `No gateway was asked which devices in use it would refuse${silence}.` : impactText(impact),
    ];
    return { text: lines.join("\n\n") + identityText(policy), json: { file: name, policy, warnings, impact } };
  },
});

export const diff = command({
  ...FILE,
  help: `Changed settings, and rules that are new, changed, moved or removed: from the gateway's policy to the file, or from one
version of "policy history" to another. Version 0 is the default.`,
  options: {
    from: count("compare two versions: from this one", 0, 999_999_999),
    to: count("to this one (default: the one in force)", 0, 999_999_999),
  },
  examples: ["policy diff", "policy diff new-policy.toml --target production", "policy diff --from 3 --to 5"],
  async run({ words: [given], options: { from, to }, folder, api }) {
    if (to !== undefined && from === undefined) throw usage("--to needs --from", "See: npx postern policy history");
    if (from !== undefined && given !== undefined) throw usage("--from compares versions, not FILE", "Leave one out.");
    if (from !== undefined) {
      const until = to ?? (await api().get<A.PolicyAnswer>("/v1/policy")).version;
      const json = await api().get<A.PolicyDiffAnswer>("/v1/policy/diff", { from, to: until });
      return { text: changesText(json.changes, `version ${until}`), json };
    }
    const { name, text: source } = policyFile(given, folder);
    const current = await api().get<A.PolicyAnswer>("/v1/policy");
    const { version, changes } = await api().post<A.PolicyChecked>("/v1/policy/check", { text: source });
    const text = `The gateway has ${originOf(current)}.\n\n${changesText(changes, name)}`;
    return { text, json: { version, changes } };
  },
});

export const preview = command({
  ...FILE,
  help: `Judges each device in use by the gateway's policy and by the file, and lists those whose verdict changes. It assumes
that each device comes from where it was seen last. Changes nothing.`,
  options: LIST,
  examples: "policy preview new-policy.toml --all --csv",
  async run({ words: [given], options, folder, api, progress }) {
    const { policy, text } = policyFile(given, folder);
    const current = await api().get<A.PolicyAnswer>("/v1/policy");
    const items: A.PreviewedDevice[] = [];
    let [inUse, after]: [number, string | null] = [0, null];
    do {
      const body = { text, limit: MAX_PAGE, ...(after === null ? {} : { after }) };
      const page: A.PolicyPreviewedAnswer = await api().post<A.PolicyPreviewedAnswer>("/v1/policy/preview", body);
      items.push(...page.items);
      inUse += page.inUse;
      after = page.next;
      progress?.(after === null ? "" : `${inUse} devices`);
    } while (after !== null);
    const shown = items.slice(0, options.all === true ? items.length : options.limit);
    const next = shown.length < items.length ? "" : null;
    const below = previewText(inUse, items) + unnamedText(current.policy, policy) + identityText(policy);
    const answer = listed({ items: shown, next }, PREVIEW_COLUMNS, { empty: "", below });
    return { ...answer, json: { version: current.version, inUse, items } };
  },
});

export const apply = command({
  ...FILE,
  help: `Replaces the gateway's policy with the file and shows what changed. When the command returns, every user's guard uses
the new policy. If the command is interrupted, run it again. The gateway refuses it when somebody else applied a policy
in the meantime.

If the policy would refuse more than half of the devices in use, the command first asks at the terminal. Without a
terminal, as in a script, it changes nothing unless --yes is given.`,
  options: WHY,
  examples: "policy apply new-policy.toml --why 'no Windows Phone any more'",
  changes: true,
  async run(context) {
    const { words, options, folder, api } = context;
    const { name, text: source } = policyFile(words[0], folder);
    const current = await api().get<A.PolicyAnswer>("/v1/policy");
    const { changes, ...checked } = await api().post<A.PolicyChecked>("/v1/policy/check", { text: source });
    const same = changes.length === 0 && current.text === source;
    const impact = same ? null : checked.impact;
    if (impact !== null) {
      await confirmRefusing(context, impact);
      const ifMatch = `"v${current.version}"`;
      await api().ask<A.PolicyAppliedAnswer>("PUT", "/v1/policy", { text: source, ...options }, { ifMatch });
    }
    // Also when nothing is new: an interrupted command is finished by giving it again.
    const told = await spread(context);
    const what = same
      ? "The gateway has this policy already."
      : `${changesText(changes, name)}\n\nThe policy is in place.`;
    return { text: `${what} ${spreadText(told)}`, json: { ...told, applied: !same, changes, impact } };
  },
});

export const show = command({
  help: "As TOML, with who applied it, when and why.",
  words: ["[VERSION]"],
  examples: ["policy show", "policy show 3 > policy-3.toml"],
  async run({ words: [given], api }) {
    const at = given === undefined ? "/v1/policy" : path`/v1/policy/history/${versionIn(given)}`;
    const json = await api().get<A.PolicyAnswer>(at);
    return { text: `# ${originOf(json)}\n\n${sourceOf(json).trimEnd()}`, json };
  },
});

export const history = listing({
  examples: "policy history",
  from: "/v1/policy/history",
  columns: HISTORY_COLUMNS,
  empty: "No policy was applied yet: the gateway uses the default.",
});

export const rollback = command({
  help: `The earlier policy becomes a new version. As "policy apply" it asks first where it would refuse more than half of the
devices in use, and it returns when every user's guard uses it.`,
  words: ["VERSION"],
  options: WHY,
  examples: "policy rollback 3 --why 'version 4 refused the tablets'",
  changes: true,
  async run(context) {
    const { words, options, api } = context;
    const version = versionIn(words[0]);
    const current = await api().get<A.PolicyAnswer>("/v1/policy");
    const { policy, text } = await api().get<A.PolicyAnswer>(path`/v1/policy/history/${version}`);
    const { impact } = await api().post<A.PolicyChecked>("/v1/policy/check", { policy, text });
    await confirmRefusing(context, impact);
    const body = { version: Number(version), ...options };
    await api().post<A.PolicyAppliedAnswer>("/v1/policy/rollback", body, { ifMatch: `"v${current.version}"` });
    const told = await spread(context);
    const said = `Version ${version} is in place again. ${spreadText(told)}`;
    return { text: said, json: { ...told, rolledBackTo: Number(version) } };
  },
});

function versionIn(given: string): string {
  if (/^\d{1,9}$/.test(given)) return given;
  throw usage(`VERSION ${JSON.stringify(given)} is not a number`, "See: npx postern policy history");
}

type Spread = Omit<A.PolicySpreadAnswer, "next">;

/**
 * Tells every user's guard of the policy in place, part by part. Returns how many there are, and how many windows are
 * open.
 */
async function spread({ progress, api }: Pick<Many, "progress" | "api">): Promise<Spread> {
  let guards = 0;
  let after: string | undefined;
  for (;;) {
    const told = await api().post<A.PolicySpreadAnswer>("/v1/policy/spread", undefined, { query: { after } });
    guards += told.guards;
    const { version, next, openWindows } = told;
    progress?.(next === null ? "" : `${guards} users have the policy`);
    if (next === null) return { version, guards, openWindows };
    after = next;
  }
}

/** Windows outlive a policy in whose mode they meant nothing. */
function spreadText({ version, guards, openWindows }: Spread): string {
  const everywhere = `Version ${version} is with every user's guard (${guards}): it decides from now on.`;
  if (openWindows === 0) return everywhere;
  const many = openWindows === 1 ? "1 enrolment window is" : `${openWindows} enrolment windows are`;
  return `${everywhere}\n\n${many} open, perhaps since before: "user show" says until when, "device window USER --close" closes it.`;
}

/** The file that the command names. Throws a fault that lists everything wrong with it. */
function policyFile(given: string | undefined, folder: string): PolicyFile {
  const name = given ?? basename(DEFAULT_FILE);
  const fix = "Name a policy file. Without a name it is policy.toml at the top of the checkout.";
  const text = textOfFile(given === undefined ? DEFAULT_FILE : resolve(folder, given), name, MAX_FILE_BYTES, fix);
  const read = policyInToml(text);
  if (read.ok) return { name, text, policy: read.policy };
  const { faults } = read;
  const count = faults.length === 1 ? "a fault" : `${faults.length} faults`;
  throw usage(`${name} has ${count}`, faultLines(faults), { faults });
}

/** Faults or warnings, one a line. */
const faultLines = (faults: readonly PolicyFault[]): string =>
  faults.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("\n");
