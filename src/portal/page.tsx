// A page of the portal: the frame around it, with the menu of what there is.

import type { Child, FC, PropsWithChildren } from "hono/jsx";
import { Form } from "../web/components/form.tsx";
import { Document, type ScriptName } from "../web/components/layout.tsx";
import type { Locale } from "../web/locale.ts";
import { frameWords } from "./frame-words.ts";
import { ACTIVITY, DEVICES, HOME, MY_DATA, SECURITY } from "./paths.ts";
import { addressOf, nameOf, type PortalView } from "./site.ts";

type PageProps = PropsWithChildren<{
  readonly view: PortalView;
  readonly title: string;
  /** Beside the title: what can be done on this page. */
  readonly actions?: Child;
  readonly scripts?: readonly ScriptName[];
  /** The page cannot be asked for again, such as one with a secret, so it offers no other language. */
  readonly once?: boolean;
}>;

/** A page for somebody who is signed in. */
export const Page: FC<PageProps> = ({ view, title, actions, scripts = [], once = false, children }) => {
  const t = frameWords[view.locale];
  const { entering } = view.session;
  const menu = [
    { href: HOME, said: t.home },
    { href: DEVICES, said: t.devices },
    { href: ACTIVITY, said: t.activity },
    { href: SECURITY, said: t.security },
    { href: MY_DATA, said: t.myData },
  ];
  const account = (
    <details class="menu">
      <summary>{nameOf(view.person)}</summary>
      <div>
        <p>{addressOf(view.person)}</p>
        <Form view={view} action="/sign-out">
          <button class="link">{t.signOut}</button>
        </Form>
      </div>
    </details>
  );
  return (
    <Document
      {...{ locale: view.locale, title, site: t.site, menu: entering ? [] : menu, path: view.url.pathname, account }}
      {...{ scripts, once, narrow: entering }}
    >
      {entering ? (
        <article>
          <h1>{title}</h1>
          {children}
        </article>
      ) : (
        <>
          <div class="title">
            <h1>{title}</h1>
            {actions}
          </div>
          {children}
        </>
      )}
    </Document>
  );
};

/** A page for somebody who is not signed in, or about whom the page says nothing. */
export const OpenPage: FC<
  PropsWithChildren<{
    readonly locale: Locale;
    readonly title: string;
    readonly path: string;
    readonly scripts?: readonly ScriptName[];
    readonly once?: boolean;
  }>
> = ({ locale, title, path, scripts = [], once = false, children }) => (
  <Document {...{ locale, title, site: frameWords[locale].site, path, scripts, once, narrow: true }}>
    <article>
      <h1>{title}</h1>
      {children}
    </article>
  </Document>
);
