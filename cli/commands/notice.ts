// `postern notice …`: the mail for people and for the help desk, which an agent or the gateway itself sends.

import { oneOf, text } from "../define.ts";
import type * as A from "../reach/answers.ts";
import { asking, listing } from "../shapes.ts";
import { type Columns, facts } from "../text/answer.ts";

const COLUMNS: Columns<A.NoticeAnswer> = {
  ...{ MADE: "createdAt", KIND: "kind", FOR: ({ audience, user }) => (audience === "person" ? user : "the help desk") },
  ...{ TAKEN: "takes", DUE: ({ endedAt, dueAt }) => (endedAt === null ? dueAt : null), ENDED: "endedAt", END: "end" },
};

export const list = listing({
  help: "Mail stays in the list for 30 days after it was sent, or was given up.",
  options: { state: oneOf(["waiting", "ended"], "which mail (default: waiting)") },
  examples: ["notice list", "notice list --state ended --all --csv"],
  from: "/v1/notices",
  query: ({ options: { state } }) => ({ state }),
  columns: COLUMNS,
  also: { ID: "id", EXPIRES: "expiresAt" },
  empty: "No such mail.",
});

export const status = asking({
  examples: ["notice status", "notice status --json"],
  ask: "GET /v1/notices/status",
  said: (json: A.NoticesStatusAnswer) => ({
    json,
    text: facts({
      ...{
        "delivered by": json.delivery,
        waiting: json.waiting,
        "the oldest is of": json.oldestUnsentAt ?? "none waits",
      },
      "oldest is due since": json.oldestDueAt ?? "none is due now",
      ...{ "last sent": json.lastSentAt ?? "never", "failed in 24 hours": json.failedOfADay },
      ...{ "people without an address": json.peopleWithoutAddress, "help desk": json.helpdesk ?? "gets no mail" },
      kinds: json.kinds.length === 0 ? "none" : json.kinds.join(" "),
      "of which the help desk hears": json.helpdeskKinds.length === 0 ? "none" : json.helpdeskKinds.join(" "),
    }),
  }),
});

export const test = asking({
  help: "Where the gateway delivers mail itself, it says at once what became of it. Otherwise it waits until an agent takes it, and `notice list --state ended` says what became of it.",
  options: { to: text("ADDRESS", "where it goes (default: NOTICE_HELPDESK)") },
  examples: ["notice test", "notice test --to alice@contoso.com"],
  ask: "POST /v1/notices/test",
  said({ to, id, end }: A.NoticeTestedAnswer) {
    if (end === "sent") return `A test for ${to} was sent: ${id}. Look into the mailbox.`;
    if (end === null) return `A test for ${to} waits for the agent: ${id}.`;
    return `A test for ${to} was not sent: ${id}. ${end}`;
  },
});
