// A page of the console: the frame around it, with the menu of what there is.

import type { Child, FC, PropsWithChildren } from "hono/jsx";
import { Document } from "../web/components/layout.tsx";
import type { View } from "./site.ts";
import { words } from "./words.ts";

type PageProps = PropsWithChildren<{
  readonly view: View;
  readonly title: string;
  /** Beside the title: what can be done on this page. */
  readonly actions?: Child;
  readonly scripts?: readonly ("webauthn.js" | "passkey.js" | "htmx.js")[];
}>;

/** A page for somebody who is signed in. */
export const Page: FC<PageProps> = ({ view, title, actions, scripts = [], children }) => {
  const t = words[view.locale];
  const menu = [
    { href: "/", said: t.overview },
    { href: "/users", said: t.users },
    { href: "/devices", said: t.devices },
    { href: "/policy", said: t.policy },
    { href: "/audit", said: t.audit },
    { href: "/settings", said: t.settings },
  ];
  const account = (
    <details class="menu">
      <summary>{view.person.name}</summary>
      <div>
        <p>
          {view.person.email}
          <br />
          <small>{t.roles[view.person.role]}</small>
        </p>
        <a href="/account">{t.account}</a>
        <form method="post" action="/sign-out">
          <input type="hidden" name="csrf" value={view.csrf} />
          <button class="link">{t.signOut}</button>
        </form>
      </div>
    </details>
  );
  return (
    <Document
      locale={view.locale}
      title={title}
      site={t.site}
      menu={menu}
      path={view.url.pathname}
      account={account}
      scripts={scripts}
    >
      <div class="title">
        <h1>{title}</h1>
        {actions}
      </div>
      {children}
    </Document>
  );
};
