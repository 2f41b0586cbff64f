// Pages that say one thing.

import { localeOf } from "../web/locale.ts";
import { Said, StsPage } from "./page.tsx";
import type { StsContext } from "./site.ts";
import { words } from "./words.ts";

/** Such a page. It says nothing about a person. */
export function message(
  c: StsContext,
  about: "notOurs" | "again" | "out" | "notFound" | "failed",
  status: 200 | 400 | 403 | 404 | 503,
): Response | Promise<Response> {
  const locale = localeOf(c);
  const t = words[locale];
  return c.html(
    <StsPage locale={locale} title={t[`${about}Title`]}>
      {about === "again" ? (
        <Said bad>
          <p>{t[about]}</p>
        </Said>
      ) : (
        <p>{t[about]}</p>
      )}
      {about === "failed" ? <p class="hint">{t.requestId(c.env.requestId)}</p> : null}
    </StsPage>,
    status,
  );
}
