// Where the gateway of `npm start` keeps its log.

import { join } from "node:path";

/** The log of the local gateway, one JSON object on a line; `state` is the `.postern` directory. */
export const localLogFile = (state: string): string => join(state, "log.jsonl");

/** The file that has the older lines of a log. */
export const olderLogFile = (file: string): string => `${file}.older`;
