// `postern token …`: the tokens that open the API. The secret of a token is shown once.

import { command, count, LIST, oneOf, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { path } from "../reach/api.ts";
import { listed } from "../text/answer.ts";

const SCOPES = ["read", "helpdesk", "admin", "directory", "metrics"] as const;
const MOST_DAYS = 400;

export const list = command({
  options: LIST,
  examples: ["token list", "token list --all --csv"],
  async run({ options, api }) {
    const tokens = await api().pages<A.TokenAnswer>("/v1/tokens", {}, options);
    return listed(
      tokens,
      {
        ID: ({ id }) => id,
        NAME: ({ name }) => name,
        SCOPE: ({ scope }) => scope,
        CREATED: ({ createdAt }) => createdAt,
        BY: ({ createdBy }) => createdBy?.name ?? createdBy?.id,
        ENDS: ({ expiresAt }) => expiresAt,
        "LAST USED": ({ lastUsedAt }) => lastUsedAt,
        STATE: ({ revokedAt }) => (revokedAt === null ? "live" : `revoked ${revokedAt}`),
      },
      { empty: "No tokens yet." },
    );
  },
});

export const create = command({
  help: `What each scope may do: docs/api.md. The token is shown once, and kept nowhere.`,
  words: ["NAME"],
  options: {
    scope: oneOf(SCOPES, "what it may do"),
    days: count(`it ends in so many days, at most ${MOST_DAYS} (default 90)`, 1, MOST_DAYS),
    ...WHY,
  },
  examples: ["token create monitoring --scope metrics", "token create 'Service desk' --scope helpdesk --days 30"],
  changes: true,
  async run({ words: [name], options: { scope, days: expiresInDays, why }, api }) {
    if (scope === undefined) {
      throw usage('"token create" needs --scope', `Give --scope ${SCOPES.join("|")}: docs/api.md`);
    }
    const json = await api().post<A.MadeTokenAnswer>("/v1/tokens", { name, scope, expiresInDays, why });
    const { target } = api();
    const { id, token, expiresAt } = json;
    return {
      text: `Token ${id} "${name}", scope ${scope}, ends ${expiresAt}. Shown this once:

    ${token}

Keep it for this command on another machine:  npx postern target add NAME ${target.url.origin}
To revoke it:  npx postern token revoke ${id}`,
      json,
    };
  },
});

export const revoke = command({
  words: ["ID"],
  options: WHY,
  examples: ["token revoke t_9k2m4c"],
  changes: true,
  async run({ words: [id], options, api }) {
    const json = await api().post<A.TokenAnswer>(path`/v1/tokens/${id}/revoke`, options);
    return { text: `The token ${json.id} "${json.name}" opens nothing any more.`, json };
  },
});
