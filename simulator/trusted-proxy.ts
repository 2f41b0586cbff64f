// Windows sign-on by a reverse proxy in front of the simulator that has verified a real Kerberos ticket (Apache with
// mod_auth_gssapi in the lab): it hands over the principal in one header and proves itself by a shared secret in another.
// In this mode nothing else signs anybody on: no directory password, no token of the simulated connector.

import { createHash, timingSafeEqual } from "node:crypto";
import type { Directory, SimulatedUser } from "./users.ts";

/** Which proxy is trusted, and whose Kerberos realm its principals are of. */
export interface TrustedProxy {
  readonly secret: string;
  /** `CORP.CONTOSO.TEST`; principals of another realm are nobody here. */
  readonly realm: string;
}

/** Carries the Kerberos principal; the proxy must take away what a client sends under this name. */
export const PRINCIPAL_HEADER = "x-windows-principal";

/** Carries the shared secret; likewise. */
export const PROXY_SECRET_HEADER = "x-windows-proxy-secret";

/** Whom a proxy signs on; `undefined` for a request that carries neither header. */
export type ProxySignOn =
  | { readonly ok: true; readonly user: SimulatedUser }
  | { readonly ok: false; readonly reason: "wrong-proxy-secret" | "unknown-user" };

/** Reads the header pair. */
export function signOnByProxy(
  proxy: TrustedProxy,
  users: Directory,
  header: (name: string) => string | undefined,
): ProxySignOn | undefined {
  const [principal, secret] = [header(PRINCIPAL_HEADER), header(PROXY_SECRET_HEADER)];
  if (principal === undefined && secret === undefined) return undefined;
  if (!sameSecret(secret ?? "", proxy.secret)) return { ok: false, reason: "wrong-proxy-secret" };
  const user = userOf(principal ?? "", proxy.realm, users);
  return user?.enabled ? { ok: true, user } : { ok: false, reason: "unknown-user" };
}

/**
 * A principal as MIT Kerberos prints it: `alice@REALM`, where alice is the account name, or `alice\@contoso.test@REALM`,
 * an enterprise name (RFC 6806 section 5), where the first part is the UPN. IIS reads the same from the PAC.
 */
function userOf(principal: string, realm: string, users: Directory): SimulatedUser | undefined {
  const at = principal.lastIndexOf("@");
  if (at < 0 || principal.slice(at + 1) !== realm) return undefined;
  const name = principal.slice(0, at).replaceAll("\\@", "@");
  return name.includes("@") ? users.byUpn(name) : users.byNtlmName(name, "");
}

function sameSecret(presented: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(presented), digest(expected));
}
