// What the settings' pages have in common: their tabs, and what has just been done.

import type { FC, PropsWithChildren } from "hono/jsx";
import { Notice, ProblemNotice } from "../../web/components/parts.tsx";
import { Page } from "../page.tsx";
import type { View } from "../site.ts";
import { words } from "./words.ts";

export type Said = {
  /** A word of `words.done` from the address; any other is ignored. */
  readonly done?: string | undefined;
  readonly problem?: { readonly detail: string; readonly fix?: string } | undefined;
};

type FrameProps = PropsWithChildren<Said & { readonly view: View; readonly title?: string }>;

export const SettingsFrame: FC<FrameProps> = ({ view, title, done, problem, children }) => {
  const t = words[view.locale];
  const tabs: [string, string][] = [
    ["/settings", t.sections.gateway],
    ["/settings/directory", t.sections.directory],
    ["/settings/mail", t.sections.mail],
  ];
  if (view.may.administrate) {
    tabs.push(["/settings/tokens", t.sections.tokens], ["/settings/administrators", t.sections.administrators]);
  }
  const { pathname } = view.url;
  return (
    <Page view={view} title={title ?? t.title}>
      <nav class="tabs" aria-label={t.title}>
        {tabs.map(([href, said]) => {
          const here = href === "/settings" ? pathname === href : pathname.startsWith(href);
          return (
            <a href={href} aria-current={here ? "page" : undefined}>
              {said}
            </a>
          );
        })}
      </nav>
      {done !== undefined && Object.hasOwn(t.done, done) ? (
        <Notice tone="good">
          <p>{t.done[done as keyof typeof t.done]}</p>
        </Notice>
      ) : null}
      {problem === undefined ? null : <ProblemNotice problem={problem} />}
      {children}
    </Page>
  );
};
