// Where the gateway's admin API is, and the files of what opens it.

import * as v from "valibot";

const SECRET_FILE = 'Give the path of a file, or "credential:NAME" of the systemd unit.';
/** A path from the root, or a credential that systemd hands over. */
export const secretFile = v.pipe(v.string(SECRET_FILE), v.regex(/^(\/.+|credential:[A-Za-z0-9._-]+)$/, SECRET_FILE));

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|localhost|\[::1\])$/;

const URL_FIX = 'Give https:// and the Worker\'s ADMIN_HOST, without a path, e.g. "https://postern-admin.contoso.com".';

/** `gateway`. */
export const gatewaySchema = v.strictObject({
  url: v.pipe(v.string(URL_FIX), v.check(isAddress, URL_FIX)),
  /** The `Host` that is sent, for a gateway of `npm start` on this machine. */
  host: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^[a-z0-9.-]+(:\d+)?$/, 'Give the ADMIN_HOST of a local gateway, e.g. "admin.contoso.test".'),
    ),
  ),
  tokenFile: secretFile,
  /** A service token of Cloudflare Access, if Access stands before the admin host. */
  access: v.optional(v.strictObject({ idFile: secretFile, secretFile })),
});

/** The token must not be sent in clear, so `http:` is for this machine only. */
function isAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(text);
  const bare = pathname === "/" && search === "" && hash === "" && username === "" && password === "";
  return bare && (protocol === "https:" || (protocol === "http:" && LOOPBACK.test(hostname)));
}
