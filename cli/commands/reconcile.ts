// `postern reconcile`: brings D1 and the users' guards together after a point-in-time restore, and does again what an
// exported audit says was closed. docs/backup.md is the runbook.

import { resolve } from "node:path";
import { type Acts, actsSince, type ExportedEvent } from "../backup/acts.ts";
import { persistently } from "../backup/again.ts";
import { findingsText } from "../backup/findings.ts";
import { changesIn, erasedUsers, type Replayed, replay, tokensLast } from "../backup/replay.ts";
import { command, flag, moment, oneOf, text, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import type { Api } from "../reach/api.ts";
import { counted } from "../text/answer.ts";

export const reconcile = command({
  help: `Asks the guard of every user, and compares it with D1. The stricter side wins; docs/backup.md has the table. Without
--apply nothing is changed.

After D1 Time Travel give --older d1, after a restore of guards --older guards. With --audit it also does again what was
closed after a moment, as an exported audit says; what was opened then is only listed.`,
  options: {
    older: oneOf(["d1", "guards", "unknown"], "which side went back to an earlier moment (default unknown)"),
    apply: flag("do it"),
    audit: text("file", "a file of audit export --format jsonl: close again what it says was closed"),
    since: moment("with --audit: the moment to which the data went back"),
    ...WHY,
  },
  examples: `reconcile --older d1
reconcile --older d1 --apply --audit audit.jsonl --since 2026-11-27T02:00:00Z`,
  changes: true,
  async run({ options: { older = "unknown", apply = false, audit, since, why }, folder, api, progress }) {
    if ((audit === undefined) !== (since === undefined)) {
      throw usage("--audit and --since belong together", "Give the file, and the moment to which the data went back.");
    }
    const gateway = api();
    const findings: A.FindingAnswer[] = [];
    let users = 0;
    for (let after: string | null = ""; after !== null; ) {
      const body = { after, older, dry: !apply, why };
      const part: A.ReconciledAnswer = await persistently(() =>
        gateway.post<A.ReconciledAnswer>("/v1/reconcile", body),
      );
      findings.push(...part.findings);
      users += part.users;
      progress?.(`${users} users`);
      after = part.next;
    }
    progress?.("");
    const replayed =
      audit === undefined || since === undefined
        ? undefined
        : await again(gateway, resolve(folder, audit), since, apply);
    const head = `${apply ? "Compared" : "Nothing was changed. Compared"} ${counted(users, "user")} with D1.`;
    return {
      text: [head, findingsText(findings, !apply), ...(replayed === undefined ? [] : [actsText(replayed, apply)])].join(
        "\n\n",
      ),
      json: { applied: apply, users, findings, ...(replayed && { audit: replayed }) },
    };
  },
});

type Repeated = Omit<Acts, "closing" | "erased"> & {
  readonly closing: readonly (Omit<Replayed, "came"> & { readonly came: Replayed["came"] | "not-yet" })[];
  /** People whom somebody has erased after that moment, and who are back. */
  readonly back: readonly string[];
};

async function again(api: Api, file: string, since: string, apply: boolean): Promise<Repeated> {
  const from = Date.parse(since);
  const { closing, erased, ...rest } = actsSince(await changesIn(file, from), from);
  const back = await erasedUsers(api, erased);
  const done: Repeated["closing"][number][] = [];
  // People who were erased come first: the token of this command may be revoked at the end.
  for (const { id } of apply ? back : []) {
    await persistently(() =>
      api.post(`/v1/users/${encodeURIComponent(id)}/disable`, { why: "erased before a restore" }),
    );
  }
  for (const act of tokensLast(closing)) done.push(apply ? await replay(api, act) : { ...act, came: "not-yet" });
  return { ...rest, closing: done, back: back.map(({ sipUri }) => sipUri) };
}

const MOST_SHOWN = 50;
const CAME = {
  ...{ done: "closed again", gone: "not here", "not-yet": "would be closed again" },
  refused: "NOT closed:",
} as const;

function actsText({ closing, opening, others, back }: Repeated, apply: boolean): string {
  const lineOf = ({ at, reason, user }: ExportedEvent, thing = "", came = ""): string =>
    `  ${at}  ${reason}  ${[thing, user?.replace(/^sip:/, "") ?? "", came].filter((part) => part !== "").join("  ")}`;
  const block = (head: string, lines: readonly string[]): string[] => {
    if (lines.length === 0) return [];
    const more = lines.length > MOST_SHOWN ? [`  … and ${lines.length - MOST_SHOWN} more (--json has all)`] : [];
    return [[head, ...lines.slice(0, MOST_SHOWN), ...more].join("\n")];
  };
  const parts = [
    ...block(
      apply ? "Closed after that moment, and closed again now:" : "Closed after that moment:",
      closing.map(({ event, thing, came, because }) =>
        lineOf(event, thing, [CAME[came], because ?? ""].join(" ").trim()),
      ),
    ),
    ...block(
      "Erased after that moment, and back. They are disabled with --apply; erase them again: npx postern user erase USER",
      back.map((user) => `  ${user}`),
    ),
    ...block(
      "Opened after that moment. Nothing of it is done again; do it by hand where it is right:",
      opening.map(({ event, thing }) => lineOf(event, thing)),
    ),
    ...block(
      "Other changes after that moment. Look at each:",
      others.map((event) => lineOf(event)),
    ),
  ];
  return parts.length === 0 ? "The audit has no change after that moment." : parts.join("\n\n");
}
