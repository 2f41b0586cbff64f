// Reads where a webhook of the organisation is, and with which secrets its messages are signed.

import { isLoopback } from "../http/loopback.ts";
import { words } from "../text/words.ts";

/** Where it is. `secrets`: one or two, the keys of HMAC-SHA256. Each message is signed with all of them. */
export type WebhookSettings = { readonly url: string; readonly secrets: readonly Uint8Array[] };

/** What the two variables are called, an address for the fix, and how a secret is made. */
export type WebhookNames = {
  readonly url: string;
  readonly secrets: string;
  readonly example: string;
  readonly how: string;
};

/** The form that Standard Webhooks gives a secret: this, and base64 of 24 to 64 bytes. */
export const SECRET_PREFIX = "whsec_";
const SECRET = /^whsec_([A-Za-z0-9+/]{32,86}={0,2})$/;
const [MIN_SECRET_BYTES, MAX_SECRET_BYTES] = [24, 64];
/** A new secret and the one that it replaces. */
const MAX_SECRETS = 2;

/**
 * The settings; undefined when neither variable is given, or with a fault. Adds a sentence with its fix for each fault.
 */
export function readWebhook(
  given: { readonly url: string | undefined; readonly secrets: string | undefined },
  names: WebhookNames,
  faults: string[],
): WebhookSettings | undefined {
  const url = (given.url ?? "").trim();
  const listed = words(given.secrets, false);
  if (url === "" && listed.length === 0) return undefined;
  const before = faults.length;
  if (url === "") {
    faults.push(`${names.secrets} is set, and ${names.url} is not. Set both, or take the secret out.`);
  } else if (!isAskable(url)) {
    faults.push(
      `${names.url} is "${url}". Give an https address without a user and without "#", e.g. "${names.example}". Only on this machine itself may it be http.`,
    );
  }
  if (url !== "" && listed.length === 0) faults.push(`${names.url} is set, and ${names.secrets} is not. ${names.how}`);
  const secrets = listed.map(bytesOf);
  if (secrets.includes(undefined)) {
    faults.push(
      `${names.secrets} has something that is not a secret of Standard Webhooks: whsec_ and base64 of 24 to 64 bytes. ${names.how}`,
    );
  }
  if (listed.length > MAX_SECRETS) {
    faults.push(
      `${names.secrets} has ${listed.length} secrets; it may have ${MAX_SECRETS}: a new one, and the one that it replaces.`,
    );
  }
  if (new Set(listed).size < listed.length) {
    faults.push(`${names.secrets} has the same secret twice. Remove one of the two.`);
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
