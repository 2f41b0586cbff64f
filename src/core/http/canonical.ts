// Reads host and path as IIS will read them: case-insensitive, percent-decoded once. Postern refuses a path that two
// readers could read differently, so the path that it judged is the path that the Front-End gets (S-32).

import { ok, type Result, refuse } from "../result.ts";
import { isMisreadable } from "./misread-path.ts";

/** Longest path that is accepted. IIS's own default for a URL is 4,096. */
export const MAX_PATH_CHARS = 4096;

/** Where a request goes: judged by `key`, sent as `path` + `query`. */
export type CanonicalTarget = {
  readonly scheme: "http" | "https";
  /** Lower case, without port or trailing dot. */
  readonly host: string;
  /** Decoded once and encoded again: what is sent to the Front-End, in the client's letter case. */
  readonly path: string;
  /** Decoded and lower-cased: the path to look up in the publish table. */
  readonly key: string;
  /** `?…` as received, or empty. */
  readonly query: string;
};

export type PathFault = "not-a-url" | "path-too-long" | "bad-encoding" | "ambiguous-path";

const PLAIN_PATH = /^[A-Za-z0-9\-._~!$&'()*+,=:@/]+$/;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const MAX_PORT = 65_535;

/**
 * The host of a request URL: lower case, without port or trailing dot. Undefined for a text that cannot be the name
 * of a host, such as `*`, userinfo, two names, an IPv6 address, or a port above 65,535.
 */
export function hostOf(requestUrl: string): string | undefined {
  const [, name, port = ""] = /^https?:\/\/(\w[\w.-]*)(?::(\d*))?\//i.exec(requestUrl) ?? [];
  if (name === undefined || Number(port) > MAX_PORT) return undefined;
  return (name.endsWith(".") ? name.slice(0, -1) : name).toLowerCase();
}

/** Reads a request URL exactly as received. `URL` is not used, because it repairs paths that have to be refused. */
export function canonicalTarget(requestUrl: string): Result<CanonicalTarget, PathFault> {
  const parts = /^(https?):\/\/[^/?#\\]+(\/[^?#]*)(\?[^#]*)?$/i.exec(requestUrl);
  const host = hostOf(requestUrl);
  if (parts === null || host === undefined) return refuse("not-a-url");
  const [, scheme = "", path = "", query = ""] = parts;
  if (path.length > MAX_PATH_CHARS) return refuse("path-too-long");
  const plain = PLAIN_PATH.test(path);
  const decoded = plain ? path : decodeOnce(path);
  if (decoded === undefined) return refuse("bad-encoding");
  if (isMisreadable(decoded)) return refuse("ambiguous-path");
  return ok({
    scheme: scheme.toLowerCase() === "http" ? "http" : "https",
    host,
    path: plain ? path : encodeURI(decoded),
    key: decoded.toLowerCase(),
    query,
  });
}

/** Percent-decodes once. Undefined for a stray `%`, and for bytes that are not shortest-form UTF-8. */
function decodeOnce(path: string): string | undefined {
  const bytes: number[] = [];
  for (let i = 0; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code > 0x7f) return undefined;
    if (code !== 0x25) {
      bytes.push(code);
      continue;
    }
    const hex = path.slice(i + 1, i + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return undefined;
    bytes.push(Number.parseInt(hex, 16));
    i += 2;
  }
  try {
    return utf8.decode(new Uint8Array(bytes));
  } catch {
    return undefined;
  }
}
