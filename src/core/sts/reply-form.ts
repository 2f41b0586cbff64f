// The form with which a browser brings its token from the token service's page to the pool. Postern reads no more of it
// than three fields; what is in the token it never looks at. Pure.

import { ok, type Result, refuse } from "../result.ts";

export type ReplyForm = { readonly wresult: string; readonly wctx: string };

/** The media type of a form. The charset is the only parameter allowed. */
const FORM_TYPE = /^\s*application\/x-www-form-urlencoded\s*(?:;\s*charset\s*=\s*(?:"utf-8"|utf-8)\s*)?;?\s*$/i;
const FIELDS = ["wa", "wresult", "wctx"];

/** Reads a form that has these three fields, each once, and no other. */
export function readReplyForm(contentType: string, form: string): Result<ReplyForm, "not-a-reply"> {
  if (!FORM_TYPE.test(contentType)) return refuse("not-a-reply");
  const fields = [...new URLSearchParams(form)];
  const values = new Map(fields);
  const [wresult, wctx] = [values.get("wresult"), values.get("wctx")];
  const isWhole = fields.length === FIELDS.length && FIELDS.every((name) => values.has(name));
  if (!isWhole || values.get("wa") !== "wsignin1.0" || wresult === undefined || wctx === undefined)
    return refuse("not-a-reply");
  return ok({ wresult, wctx });
}

/** The form for the pool: the same token, and the pool's own text in place of Postern's. */
export const replyForm = (wresult: string, wctx: string): string =>
  new URLSearchParams({ wa: "wsignin1.0", wresult, wctx }).toString();
