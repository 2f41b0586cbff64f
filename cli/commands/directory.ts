// `postern directory …`: how far Postern is in step with the organisation's directory, who comes from it, and whether
// it may take over users who were made by hand.

import { command, count, flag, text, WHY } from "../define.ts";
import { confirm } from "../many.ts";
import { pathOf } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { asking, listing } from "../shapes.ts";
import { type Columns, counted, facts } from "../text/answer.ts";

/** The agent's source. SCIM has the other. */
const AD = "ad";
const MAX_PROBLEMS = 20;
const MAX_MINUTES = 10_080;

export const status = asking({
  help: `A source is stale when it has not said for ten minutes that Postern is in step. Its brake stops a sync that would shut
out many people at once, until somebody looks and runs "postern-agent sync --confirm" where the agent is.`,
  examples: ["directory", "directory --json"],
  ask: "GET /v1/directory",
  said: ({ sources }: A.DirectoryStatusAnswer) =>
    sources.length === 0 ? "No directory has reported yet." : sources.map(sourceText).join("\n\n"),
});

function sourceText(source: A.SourceStatusAnswer): string {
  const { linked, brake, problems, problemCount, adoptUntil } = source;
  const out = {
    disabled: linked.disabled,
    expired: linked.expired,
    "out of the filter": linked.out,
    deleted: linked.deleted,
  };
  const lines = facts({
    "in step": source.inStepAt ?? "never",
    ...{ compared: source.comparedAt ?? "never", reported: source.reportedAt ?? "never" },
    ...{ "people in the directory": source.people, "users it lets in": linked.in },
    ...Object.fromEntries(Object.entries(out).filter(([, n]) => n > 0)),
    ...(adoptUntil === null ? {} : { "may take users over until": adoptUntil }),
  });
  const stopped = brake && [
    `The brake is on since ${brake.since}: ${brake.wanted} of ${brake.of} people would be shut out.`,
    ...brake.examples.map((each) => `  ${each}`),
  ];
  const shown = problems.slice(0, MAX_PROBLEMS);
  const more = problemCount > shown.length ? [`  and ${problemCount - shown.length} more`] : [];
  const wrong =
    shown.length === 0 ? [] : ["Not carried out:", ...shown.map((each) => `  ${each.name}: ${each.message}`), ...more];
  const head = `${source.source}: ${brake ? "stopped" : source.stale ? "stale" : "in step"}`;
  return [`${head}\n${lines}`, ...(stopped ?? []), ...wrong].join("\n");
}

const COLUMNS: Columns<A.LinkedPersonAnswer> = {
  ...{ KEY: "key", STATE: "state", "SIP ADDRESS": "sipUri", ACCOUNT: "account", UPN: "upn" },
  HELD: ({ held }) => (held ? "by an administrator" : ""),
};

export const people = listing({
  options: {
    source: text("name", `the source, "${AD}" or "scim" (default: ${AD})`),
    key: text("key", "only this person"),
  },
  examples: ["directory people", "directory people --source scim --all --csv"],
  from: "/v1/directory/people",
  query: ({ options: { source = AD, key } }) => ({ source, key }),
  columns: COLUMNS,
  also: {
    NAME: "displayName",
    MAIL: "mail",
    MOBILE: "mobile",
    SID: "sid",
    LANGUAGE: "language",
    POOL: "pool",
    "USER ID": "userId",
  },
  empty: "Nobody comes from this directory.",
});

export const adopt = asking({
  help: `While it is open, a person of the directory whose SIP address and account are those of one user who was made by hand
becomes that user, with devices and app passwords. Otherwise the sync reports such a person and touches nothing. A disabled
user stays disabled until an administrator enables it.`,
  words: ["SOURCE"],
  options: {
    minutes: {
      ...count(`for so many minutes, at most ${MAX_MINUTES}; 0 closes it`, 0, MAX_MINUTES),
      needed: "Give --minutes, such as --minutes 60.",
    },
  },
  examples: "directory adopt ad --minutes 60 --why 'the first sync'",
  ask: "POST /v1/directory/{SOURCE}/adoption",
  said: ({ source, adoptUntil }: A.SourceStatusAnswer) =>
    adoptUntil === null
      ? `"${source}" takes over nobody.`
      : `Until ${adoptUntil}, "${source}" takes over users who were made by hand.`,
});

export const unlink = command({
  help: `Its users stay as they are, with devices and app passwords, and can be changed by hand from then on. Whom the directory
has shut out stays disabled until you enable the user. Stop the agent first: it would report everybody as made by hand.`,
  words: ["SOURCE"],
  options: { dryRun: flag("say how many users come from it, and do nothing"), ...WHY },
  examples: "directory unlink ad --dry-run\ndirectory unlink ad --why 'no agent any more'",
  changes: true,
  async run(context) {
    const { words, options, api } = context;
    const [source] = words;
    const at = pathOf("/v1/directory/{SOURCE}/unlink", ["SOURCE"], [source]);
    const found = await api().post<A.SourceUnlinkedAnswer>(at, { dryRun: true });
    const { people, mayNotSignIn } = found;
    const shutOut = mayNotSignIn === 0 ? "" : ` ${mayNotSignIn} of them may not sign in, and stay disabled.`;
    if (options.dryRun === true) {
      return { text: `This would end the source "${source}" of ${counted(people, "user")}.${shutOut}`, json: found };
    }
    await confirm(context, `end the source "${source}" of ${counted(people, "user")}`, source);
    const json = await api().post<A.SourceUnlinkedAnswer>(at, { people, why: options.why });
    const text = json.changed
      ? `Ended the source "${source}" of ${counted(people, "user")}. Nobody follows a directory for them now.${shutOut}`
      : `Nobody comes from "${source}".`;
    return { text, json };
  },
});
