// Pages that say one thing: that there is no such page, that a form is not from here, or that something failed.

import type { FC } from "hono/jsx";
import { Document } from "../web/components/layout.tsx";
import { localeOf } from "../web/locale.ts";
import type { ConsoleContext } from "./site.ts";
import { words } from "./words.ts";

/** It says nothing about the person, because people without a session get it too. */
export const MessagePage: FC<{ readonly c: ConsoleContext; readonly about: "notFound" | "failed" | "foreign" }> = ({
  c,
  about,
}) => {
  const locale = localeOf(c);
  const t = words[locale];
  const title = t[`${about}Title`];
  return (
    <Document locale={locale} title={title} site={t.site} path="/" narrow>
      <article>
        <h1>{title}</h1>
        <p>{t[about]}</p>
        {about === "failed" ? (
          <p>
            <small>{t.requestId(c.env.requestId)}</small>
          </p>
        ) : null}
        <a class="button secondary" href="/">
          {t.toOverview}
        </a>
      </article>
    </Document>
  );
};
