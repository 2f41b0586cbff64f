// Reads the variables that say where the organisation's authority is asked, and with which secrets.

import { isLoopback } from "../http/loopback.ts";
import { words } from "../text/words.ts";

/** The variables. */
export type AuthorityEnv = { readonly AUTHORITY_URL?: string; readonly AUTHORITY_SECRETS?: string };

/** Where to ask. `secrets`: one or two, the keys of HMAC-SHA256. Each question is signed with all of them. */
export type AuthoritySettings = { readonly url: string; readonly secrets: readonly Uint8Array[] };

/** The form that Standard Webhooks gives a secret: this, and base64 of 24 to 64 bytes. */
export const SECRET_PREFIX = "whsec_";
const SECRET = /^whsec_([A-Za-z0-9+/]{32,86}={0,2})$/;
const [MIN_SECRET_BYTES, MAX_SECRET_BYTES] = [24, 64];
/** A new secret and the one that it replaces. */
const MAX_SECRETS = 2;

const HOW =
  "Make one with `npx postern keys new --authority` and put it in place with `wrangler secret put AUTHORITY_SECRETS`.";

/** The settings; undefined when there is no authority, or with a fault. Adds a sentence with its fix for each fault. */
export function readAuthority(env: AuthorityEnv, faults: string[]): AuthoritySettings | undefined {
  const url = (env.AUTHORITY_URL ?? "").trim();
  const listed = words(env.AUTHORITY_SECRETS, false);
  if (url === "" && listed.length === 0) return undefined;
  const before = faults.length;
  if (url === "") {
    faults.push("AUTHORITY_SECRETS is set, and AUTHORITY_URL is not. Set both, or take the secret out.");
  } else if (!isAskable(url)) {
    faults.push(
      `AUTHORITY_URL is "${url}". Give an https address without a user and without "#", e.g. "https://devices.contoso.com/postern". Only on this machine itself may it be http.`,
    );
  }
  if (url !== "" && listed.length === 0) faults.push(`AUTHORITY_URL is set, and AUTHORITY_SECRETS is not. ${HOW}`);
  const secrets = listed.map(bytesOf);
  if (secrets.includes(undefined)) {
    faults.push(
      `AUTHORITY_SECRETS has something that is not a secret of Standard Webhooks: whsec_ and base64 of 24 to 64 bytes. ${HOW}`,
    );
  }
  if (listed.length > MAX_SECRETS) {
    faults.push(
      `AUTHORITY_SECRETS has ${listed.length} secrets; it may have ${MAX_SECRETS}: a new one, and the one that it replaces.`,
    );
  }
  if (new Set(listed).size < listed.length) {
    faults.push("AUTHORITY_SECRETS has the same secret twice. Remove one of the two.");
  }
  const read = secrets.filter((secret) => secret !== undefined);
  return faults.length > before ? undefined : { url, secrets: read };
}

function isAskable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== "" || password !== "" || hash !== "") return false;
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}

function bytesOf(secret: string): Uint8Array | undefined {
  const [, base64 = ""] = SECRET.exec(secret) ?? [];
  const bytes = Buffer.from(base64, "base64");
  return bytes.length >= MIN_SECRET_BYTES && bytes.length <= MAX_SECRET_BYTES ? bytes : undefined;
}
