// The parts of the agent. A new one is a folder beside `sync/`, and a line here.

import { enrolmentPart } from "./enrol/part.ts";
import { mailPart } from "./mail/part.ts";
import type { Part } from "./parts.ts";
import { syncPart } from "./sync/part.ts";

export const PARTS: readonly Part[] = [syncPart, enrolmentPart, mailPart];
