// Where the gateway of `npm start` keeps its log.

import { join } from "node:path";

/** The log of the local gateway, one JSON object on a line; `state` is the `.postern` directory. */
export const localLogFile = (state: string): string => join(state, "log.jsonl");

/** Where the older lines of a log file are. */
export const olderLogFile = (file: string): string => `${file}.older`;
