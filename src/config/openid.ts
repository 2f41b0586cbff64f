// The client at the organisation's OpenID Connect provider, which the console and the portal configure alike.

import { isLoopback } from "../core/http/loopback.ts";
import type { Env } from "./env.ts";

/** What was registered at the provider. `issuer` is spelt as the provider spells it. */
export type OpenIdClient = { readonly issuer: string; readonly clientId: string; readonly clientSecret: string };

/** Reads `…_OIDC_ISSUER`, `…_OIDC_CLIENT_ID` and `…_OIDC_CLIENT_SECRET`. Undefined: there is no provider. */
export function readOpenId(env: Env, site: "CONSOLE" | "PORTAL", faults: string[]): OpenIdClient | undefined {
  const given = {
    [`${site}_OIDC_ISSUER`]: textOf(env[`${site}_OIDC_ISSUER`]),
    [`${site}_OIDC_CLIENT_ID`]: textOf(env[`${site}_OIDC_CLIENT_ID`]),
    [`${site}_OIDC_CLIENT_SECRET`]: textOf(env[`${site}_OIDC_CLIENT_SECRET`]),
  };
  const [issuer = "", clientId = "", clientSecret = ""] = Object.values(given);
  if (issuer === "" && clientId === "") return undefined;
  for (const [name, value] of Object.entries(given)) {
    if (value !== "") continue;
    const how = name.endsWith("SECRET") ? `put it in place with \`wrangler secret put ${name}\`` : "set it, too";
    faults.push(`${name} is missing. OpenID Connect needs the issuer, the client id and the client secret: ${how}.`);
  }
  if (issuer !== "" && !isIssuer(issuer, env)) {
    faults.push(
      `${site}_OIDC_ISSUER is "${issuer}"; it must be an https:// address without a query, spelt as the provider's own ".well-known/openid-configuration" has it under "issuer".`,
    );
  }
  return { issuer, clientId, clientSecret };
}

/** OpenID Connect Discovery 1.0, 3: https, without query and fragment. In local runs http on this machine, too. */
function isIssuer(text: string, env: Env): boolean {
  if (!URL.canParse(text) || /[?#]/.test(text)) return false;
  const { protocol, username, hostname } = new URL(text);
  const local = env.PLAIN_HTTP === "allow" && protocol === "http:" && isLoopback(hostname);
  return username === "" && (protocol === "https:" || local);
}

const textOf = (value: string | undefined): string => (value ?? "").trim();
