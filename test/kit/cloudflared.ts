// Reads a configuration of cloudflared as `cloudflared tunnel ingress validate` does. The program itself comes from no
// registry that the build machine reaches. The keys and rules are those of Cloudflare's pages about the configuration
// file and its origin parameters.

import * as v from "valibot";
import { parse } from "yaml";

const DURATION = v.pipe(v.string(), v.regex(/^(\d+(\.\d+)?(ms|s|m|h))+$/));
const HOST = v.pipe(v.string(), v.regex(/^(\*\.)?[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/));
/** An origin has no path: the path of the request is kept. */
const SERVICE = v.pipe(
  v.string(),
  v.regex(/^(https?|tcp|ssh|rdp|unix|unix\+tls):\/\/[^/?#]+$|^http_status:[1-5]\d\d$|^hello_world$/),
);
const PATH = v.pipe(
  v.string(),
  v.check((text) => isPattern(text)),
);

const origin = v.strictObject({
  ...{ connectTimeout: v.optional(DURATION), tlsTimeout: v.optional(DURATION), tcpKeepAlive: v.optional(DURATION) },
  ...{ noHappyEyeballs: v.optional(v.boolean()), keepAliveConnections: v.optional(v.number()) },
  ...{ keepAliveTimeout: v.optional(DURATION), httpHostHeader: v.optional(HOST), originServerName: v.optional(HOST) },
  ...{ matchSNItoHost: v.optional(v.boolean()), caPool: v.optional(v.string()), noTLSVerify: v.optional(v.boolean()) },
  ...{ disableChunkedEncoding: v.optional(v.boolean()), http2Origin: v.optional(v.boolean()) },
  access: v.optional(
    v.strictObject({
      required: v.boolean(),
      teamName: v.pipe(v.string(), v.minLength(1)),
      audTag: v.pipe(v.array(v.string()), v.minLength(1)),
    }),
  ),
});
const rule = v.strictObject({
  hostname: v.optional(HOST),
  path: v.optional(PATH),
  service: SERVICE,
  originRequest: v.optional(origin),
});
const file = v.strictObject({
  tunnel: v.optional(v.pipe(v.string(), v.minLength(1))),
  "credentials-file": v.optional(v.string()),
  protocol: v.optional(v.picklist(["auto", "quic", "http2"])),
  ingress: v.pipe(v.array(rule), v.minLength(1)),
});

/** What is wrong with it. */
export function faultsOfCloudflared(text: string): readonly string[] {
  const read = v.safeParse(file, parse(text));
  if (!read.success) return read.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`);
  const { ingress } = read.output;
  const matchesAll = ingress.map(({ hostname, path }) => hostname === undefined && path === undefined);
  return [
    ...(matchesAll.at(-1) === true ? [] : ["the last rule must match everything"]),
    ...(matchesAll.slice(0, -1).includes(true) ? ["a rule before the last one matches everything"] : []),
  ];
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}
