// What the local gateway says, line by line: to standard output, and into a file in which `postern why --request` finds
// a line again. Each line is one JSON object. The Worker writes its own so; what workerd itself says, such as an
// exception that nobody caught, is put into one.

import { appendFileSync, renameSync, statSync } from "node:fs";
import { olderLogFile } from "../cli/local-log.ts";
import { printable } from "../src/core/text/printable.ts";

/** A message of workerd, as Miniflare hands it on. */
export type RuntimeMessage = { readonly timestamp: number; readonly level: string; readonly message: string };

/** A message of workerd may be followed by a stack trace. */
const MAX_DETAIL_CHARS = 2_000;
/**
 * Largest size of the file, bytes. Then it becomes the older file and a new one begins, so both together have at most
 * twice this size.
 */
const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** The line of a message: the Worker's own as it is, and anything else as the `detail` of an event `runtime`. */
export function lineOf({ timestamp, level, message }: RuntimeMessage): string {
  if (/^\{"event":.*\}$/.test(message)) return message;
  const at = new Date(timestamp).toISOString();
  return JSON.stringify({ event: "runtime", at, level, detail: printable(message, MAX_DETAIL_CHARS) });
}

/** Appends lines to a file that only its owner reads; when it is full, it takes the place of the older one. */
export function lineAppender(file: string): (line: string) => void {
  let bytes = sizeOf(file);
  return (line) => {
    const text = `${line}\n`;
    if (bytes + text.length > MAX_FILE_BYTES && bytes > 0) {
      renameSync(file, olderLogFile(file));
      bytes = 0;
    }
    appendFileSync(file, text, { mode: 0o600 });
    bytes += Buffer.byteLength(text);
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
