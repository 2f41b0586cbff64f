// `postern directory leavers`, `keep` and `erase-leavers`: who left the directory, who of them stays, and the erasure of
// more people than go by themselves in a day.

import { command, flag, WHY } from "../define.ts";
import { confirm } from "../many.ts";
import type * as A from "../reach/answers.ts";
import { asking, listing } from "../shapes.ts";
import type { Columns } from "../text/answer.ts";

const COLUMNS: Columns<A.LeaverAnswer> = {
  ...{ "SIP ADDRESS": "sipUri", SOURCE: "source", STATE: "state", SINCE: "since" },
  "ERASED FROM": ({ erasedFrom, kept }) => (kept ? "kept" : (erasedFrom ?? "never")),
};

export const list = listing({
  help: `Whom the directory does not let in any more, the longest ago first. With LEAVERS_ERASED_AFTER_DAYS they are erased when
the time in the last column has come: docs/retention.md.`,
  examples: ["directory leavers", "directory leavers --all --csv"],
  from: "/v1/directory/leavers",
  columns: COLUMNS,
  also: { NAME: "displayName", "USER ID": "userId" },
  empty: "Nobody left.",
});

export const keep = asking({
  help: "Nobody erases the person by itself then, however long ago the person left. The directory may let the person in again.",
  words: ["USER"],
  options: { end: flag("keep the person no longer") },
  examples: ["directory keep alice@contoso.test --why 'legal hold'", "directory keep alice@contoso.test --end"],
  ask: "POST /v1/users/{USER}/keep",
  body: ({ options: { end, why } }) => ({ keep: end !== true, why }),
  said: ({ sipUri, kept }: A.LeaverKeptAnswer) =>
    kept ? `${sipUri} is kept.` : `${sipUri} is not kept any more, and is erased when the time has come.`,
});

export const erase = command({
  help: `Erases for good everybody who is due, as "user erase --audit pseudonymise" does, without waiting for the next days. Each
person takes some seconds. Nobody who is kept is erased, and nobody of a directory that is not in step.`,
  options: { ...WHY },
  examples: "directory erase-leavers --why 'the plant in Essen was sold'",
  changes: true,
  async run(context) {
    const { options, api, progress } = context;
    await confirm(context, "erase for good everybody who left and is due", "erase");
    let erased = 0;
    let left = 0;
    for (;;) {
      const json = await api().post<A.LeaversErasedAnswer>("/v1/directory/leavers/erase", { why: options.why });
      erased += json.erased;
      left = json.left;
      progress?.(`${erased} erased, ${left} left`);
      if (json.erased === 0 || left === 0) break;
    }
    progress?.("");
    const rest = left === 0 ? "" : ` ${left} are left: run it again, and look at the log.`;
    return { text: `Erased ${erased === 1 ? "one person" : `${erased} people`}.${rest}`, json: { erased, left } };
  },
});
