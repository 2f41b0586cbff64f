// Windows sign-on by a reverse proxy in front of the simulator, which has verified a real Kerberos ticket (in the lab,
// Apache with mod_auth_gssapi). The proxy sends the principal in one header and a shared secret in another. In this
// mode only the proxy signs users on. Directory passwords and tokens of the simulated connector do not.

import { createHash, timingSafeEqual } from "node:crypto";
import type { Directory, SimulatedUser } from "./users.ts";

/** The trusted proxy's secret, and the Kerberos realm of its principals. */
export interface TrustedProxy {
  readonly secret: string;
  /** Such as `CORP.CONTOSO.TEST`. A principal of another realm is unknown. */
  readonly realm: string;
}

/** The header with the Kerberos principal. The proxy must remove this header from a client's request. */
export const PRINCIPAL_HEADER = "x-windows-principal";

/** The header with the shared secret. The proxy must remove this one too. */
export const PROXY_SECRET_HEADER = "x-windows-proxy-secret";

/** The user whom a proxy signs on. */
export type ProxySignOn =
  | { readonly ok: true; readonly user: SimulatedUser }
  | { readonly ok: false; readonly reason: "wrong-proxy-secret" | "unknown-user" };

/** Reads both headers. Undefined if the request has neither. */
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
 * Finds the user of a principal as MIT Kerberos prints it. In `alice@REALM`, alice is the account name. In
 * `alice\@contoso.test@REALM`, an enterprise name (RFC 6806 section 5), the first part is the UPN. IIS reads the same
 * from the PAC.
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
