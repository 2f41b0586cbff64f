// Where browsers find the console and the portal.

import type { Call } from "./call.ts";

/** The origin of one of Postern's web hosts. In local runs it has the port of this very request. */
export function webOrigin({ config, port = "" }: Call, host: string): string {
  if (!config.plainHttp) return `https://${host}`;
  return `http://${host}${port === "" ? "" : `:${port}`}`;
}
