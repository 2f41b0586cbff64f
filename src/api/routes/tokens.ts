// Tokens of the API: an administrator makes one, sees it once, lists all with their last use, and ends one.

import * as v from "valibot";
import { apiTokenOf } from "../../core/credentials/api-tokens.ts";
import { type ApiToken, addToken, listTokens, revokeToken, tokenById } from "../../store/api-tokens.ts";
import { openDatabase } from "../../store/database.ts";
import { actorsOf } from "../actors.ts";
import type { Call } from "../call.ts";
import { paged } from "../cursor.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { recordChange } from "../record.ts";
import type { ActorAnswer } from "../schemas/audit.ts";
import { onlyWhy, paging } from "../schemas/common.ts";
import { madeToken, type TokenAnswer, token, tokenParams, tokens, tokenToMake } from "../schemas/tokens.ts";

const DAY_MS = 86_400_000;

export const tokenOperations = [
  operation({
    ...{ id: "tokens.list", method: "GET", path: "/v1/tokens", scope: "admin" },
    summary: "Lists tokens, ended ones included",
    query: v.strictObject(paging),
    answer: tokens,
    problems: [],
    handle: async (call, { query }) => {
      const page = await listTokens(openDatabase(call.env.DB), query);
      const next = page.length < query.limit ? null : (page.at(-1)?.id ?? null);
      return done(paged(page, await tokenAnswers(call, page), next, ({ id }) => id));
    },
  }),

  operation({
    ...{ id: "tokens.create", method: "POST", path: "/v1/tokens", scope: "admin", status: 201, secret: true },
    summary: "Makes a token, and shows it once",
    body: tokenToMake,
    answer: madeToken,
    problems: [],
    handle: async (call, { body: { name, scope, expiresInDays, networks, why } }) => {
      if (scope === "backup" && networks === null) {
        const message = "A token that reads everything has to be tied to networks.";
        return problem("invalid", `networks: ${message}`, { errors: [{ path: "networks", message }] });
      }
      const now = Date.now();
      const { id, token: secret, hash } = apiTokenOf(crypto.getRandomValues(new Uint8Array(48)));
      const expiresAt = now + expiresInDays * DAY_MS;
      const row = { id, name, scope, createdAt: now, createdBy: call.actor.id, expiresAt };
      const rest = { lastUsedAt: null, revokedAt: null, revokedBy: null, networks };
      await addToken(openDatabase(call.env.DB), { ...row, ...rest, hash });
      const after = { id, name, scope, expiresAt: new Date(expiresAt).toISOString(), ...(networks && { networks }) };
      await recordChange(call, "token-created", { why, change: { after } });
      const { actor } = call;
      return done({ ...tokenAnswer({ ...row, ...rest }, () => actor), token: secret });
    },
  }),

  operation({
    ...{ id: "tokens.revoke", method: "POST", path: "/v1/tokens/{token}/revoke", scope: "admin" },
    summary: "Ends a token; the next call with it is refused",
    params: tokenParams,
    body: onlyWhy,
    answer: token,
    problems: ["no-such-token"],
    handle: async (call, { params, body }) => {
      const db = openDatabase(call.env.DB);
      const revoked = await revokeToken(db, params.token, call.actor.id, Date.now());
      const row = await tokenById(db, params.token);
      if (row === undefined) return problem("no-such-token", "No token has this id.");
      if (revoked) {
        const { id, name } = row;
        const change = { before: { id, name, revoked: false }, after: { id, name, revoked: true } };
        await recordChange(call, "token-revoked", { why: body.why === "" ? id : `${id}: ${body.why}`, change });
      }
      return done(tokenAnswer(row, await actorsOf(db, [row.createdBy, row.revokedBy])));
    },
  }),
];

async function tokenAnswers({ env }: Call, rows: readonly ApiToken[]): Promise<TokenAnswer[]> {
  const ids = rows.flatMap(({ createdBy, revokedBy }) => [createdBy, revokedBy]);
  const who = await actorsOf(openDatabase(env.DB), ids);
  return rows.map((row) => tokenAnswer(row, who));
}

function tokenAnswer(row: ApiToken, who: (id: string) => ActorAnswer): TokenAnswer {
  const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
  return {
    ...{ id: row.id, name: row.name, scope: row.scope, createdBy: who(row.createdBy) },
    ...{ createdAt: new Date(row.createdAt).toISOString(), expiresAt: new Date(row.expiresAt).toISOString() },
    ...{ lastUsedAt: iso(row.lastUsedAt), revokedAt: iso(row.revokedAt) },
    revokedBy: row.revokedBy === null ? null : who(row.revokedBy),
    networks: row.networks === null ? null : [...row.networks],
  };
}
