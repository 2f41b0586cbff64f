// `postern token …`: what opens the API. The secret of a token is shown once.

import { count, oneOf, texts } from "../define.ts";
import type * as A from "../reach/answers.ts";
import { asking, listing } from "../shapes.ts";
import type { Columns } from "../text/answer.ts";

const SCOPES = ["read", "helpdesk", "admin", "directory", "metrics", "backup"] as const;
const MOST_DAYS = 400;
const COLUMNS: Columns<A.TokenAnswer> = {
  ...{ ID: "id", NAME: "name", SCOPE: "scope", CREATED: "createdAt", BY: ({ createdBy: by }) => by?.name ?? by?.id },
  ...{ ENDS: "expiresAt", "LAST USED": "lastUsedAt", FROM: ({ networks }) => networks?.join(" ") ?? "everywhere" },
  STATE: ({ revokedAt }) => (revokedAt === null ? "live" : `revoked ${revokedAt}`),
};

export const list = listing({
  examples: ["token list", "token list --all --csv"],
  from: "/v1/tokens",
  columns: COLUMNS,
  empty: "No tokens yet.",
});

export const create = asking({
  help: `What each scope may do: docs/api.md. The token is shown once, and kept nowhere.`,
  words: ["NAME"],
  options: {
    scope: { ...oneOf(SCOPES, "what it may do"), needed: `Give --scope ${SCOPES.join("|")}: docs/api.md` },
    days: count(`it ends in so many days, at most ${MOST_DAYS} (default 90)`, 1, MOST_DAYS),
    network: texts("CIDR", "it opens nothing from elsewhere; may be given several times (default: from everywhere)"),
  },
  examples: [
    "token create monitoring --scope metrics",
    "token create agent --scope directory --network 203.0.113.0/24",
  ],
  ask: "POST /v1/tokens",
  body: ({ words: [name], options: { days: expiresInDays, network: networks, ...rest } }) => ({
    ...{ name, expiresInDays, networks },
    ...rest,
  }),
  said: ({ id, name, scope, token, expiresAt }: A.MadeTokenAnswer, { api }) =>
    `Token ${id} "${name}", scope ${scope}, ends ${expiresAt}. Shown this once:

    ${token}

Keep it for this command on another machine:  npx postern target add NAME ${api().target.url.origin}
To revoke it:  npx postern token revoke ${id}`,
});

export const revoke = asking({
  words: ["ID"],
  examples: "token revoke t_9k2m4c",
  ask: "POST /v1/tokens/{ID}/revoke",
  said: ({ id, name }: A.TokenAnswer) => `The token ${id} "${name}" opens nothing any more.`,
});
