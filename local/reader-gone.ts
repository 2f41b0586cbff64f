// `npm start | head`: when nobody reads any more, the gateway stops as it does for Ctrl-C, and is not torn down by a
// fault.

import type { Writable } from "node:stream";
import { hasCode } from "../cli/local-keys.ts";

/** Resolves once what is written to the stream has no reader (EPIPE). Any other fault of the stream is thrown. */
export const readerGone = (stream: Writable): Promise<void> =>
  new Promise((resolve) => {
    stream.on("error", (fault) => {
      if (!hasCode(fault, "EPIPE")) throw fault;
      resolve();
    });
  });
