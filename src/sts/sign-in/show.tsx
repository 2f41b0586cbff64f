// Shows the page on which somebody signs in.

import { passkeysWork } from "../../portal/rp-id.ts";
import { openDatabase } from "../../store/database.ts";
import { csrfToken } from "../../web/csrf.ts";
import { localeOf } from "../../web/locale.ts";
import type { Flow } from "../request.ts";
import type { StsContext, StsVisit } from "../site.ts";
import { SignInPage, type SignInSaid } from "./pages.tsx";

/** The page; with 403 when it says why something was refused. */
export async function signInPage(
  c: StsContext,
  { sealed }: Flow,
  { said, typed }: { readonly said?: SignInSaid; readonly typed?: string } = {},
): Promise<Response> {
  const { portal } = c.env;
  const byPasskey = await passkeysAt(c.env);
  const props = { locale: localeOf(c), csrf: csrfToken(c.var.page), flow: sealed, portal: portal.host, byPasskey };
  return c.html(<SignInPage {...{ ...props, said, typed }} />, said === undefined ? 200 : 403);
}

/**
 * Whether the portal's passkeys can be used on this host: only if they are made for a domain in which both hosts are,
 * and while that name is the one of the first passkey.
 */
export async function passkeysAt({ env, portal, host }: StsVisit): Promise<boolean> {
  if (host !== portal.rpId && !host.endsWith(`.${portal.rpId}`)) return false;
  return passkeysWork(openDatabase(env.DB), portal);
}
