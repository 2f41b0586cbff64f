// `postern policy show`, `history` and `rollback`: the policy in force, and the policies before it.

import { command, LIST, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { path } from "../reach/api.ts";
import { spread, spreadText } from "../reach/spread.ts";
import { listed } from "../text/answer.ts";
import { originOf, sourceOf } from "../text/policy.ts";
import { confirmRefusing } from "../text/policy-impact.ts";

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

export const history = command({
  options: LIST,
  examples: ["policy history"],
  async run({ options, api }) {
    const versions = await api().pages<A.PolicyVersion>("/v1/policy/history", {}, options);
    return listed(
      versions,
      {
        VERSION: ({ version }) => version,
        APPLIED: ({ appliedAt }) => appliedAt,
        BY: ({ by }) => by?.name ?? by?.id,
        WHY: ({ why }) => why,
      },
      { empty: "No policy was applied yet: the gateway uses the default." },
    );
  },
});

export const rollback = command({
  help: `The earlier policy becomes a new version. As "policy apply" it asks first where it would refuse more than half of the
devices in use, and it returns when every user's guard uses it.`,
  words: ["VERSION"],
  options: WHY,
  examples: ["policy rollback 3 --why 'version 4 refused the tablets'"],
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
    const told = await spread(context, api());
    return {
      text: `Version ${version} is in place again. ${spreadText(told)}`,
      json: { ...told, rolledBackTo: Number(version) },
    };
  },
});

function versionIn(given: string): string {
  if (/^\d{1,9}$/.test(given)) return given;
  throw usage(`VERSION ${JSON.stringify(given)} is not a number`, "See: npx postern policy history");
}
