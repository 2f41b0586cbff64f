// Pages that say one thing: that there is no such page, that a form is not from here, or that something failed.

import { localeOf } from "../web/locale.ts";
import { frameWords } from "./frame-words.ts";
import { OpenPage } from "./page.tsx";
import { HOME } from "./paths.ts";
import type { PortalContext } from "./site.ts";

/** Such a page. It says nothing about the person, because people without a session get it too. */
export function message(
  c: PortalContext,
  about: "notFound" | "failed" | "foreign",
  status: 403 | 404 | 503,
): Response | Promise<Response> {
  const locale = localeOf(c);
  const t = frameWords[locale];
  return c.html(
    <OpenPage locale={locale} title={t[`${about}Title`]} path={HOME}>
      <p>{t[about]}</p>
      {about === "failed" ? (
        <p>
          <small>{t.requestId(c.env.requestId)}</small>
        </p>
      ) : null}
      <a class="button secondary" href={HOME}>
        {t.toHome}
      </a>
    </OpenPage>,
    status,
  );
}
