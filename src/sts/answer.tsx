// The answer to the pool: a page with one form, which a script sends, or a button. It may be posted to one address only,
// and no cache, no history of addresses and no other site's frame has anything of it.

import type { FC } from "hono/jsx";
import type { Locale } from "../web/locale.ts";
import { StsPage } from "./page.tsx";
import { words } from "./words.ts";

export const AnswerPage: FC<{
  readonly locale: Locale;
  readonly reply: string;
  readonly wresult: string;
  readonly wctx: string;
}> = ({ locale, reply, wresult, wctx }) => {
  const t = words[locale];
  return (
    <StsPage {...{ locale, title: t.answerTitle, script: "go.js" }}>
      <p>{t.answer}</p>
      <form method="post" action={reply} id="answer">
        <input type="hidden" name="wa" value="wsignin1.0" />
        <input type="hidden" name="wresult" value={wresult} />
        <input type="hidden" name="wctx" value={wctx} />
        <input type="submit" class="press" value={t.goOn} />
      </form>
    </StsPage>
  );
};
