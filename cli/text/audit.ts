// Writes events of the audit for people.

import type * as A from "../reach/answers.ts";
import type { Columns } from "./answer.ts";

/** How much of a device's facts the table shows. `--json` has them whole. */
const MAX_DEVICE_CHARS = 80;

export const AUDIT_COLUMNS: Columns<A.AuditEventAnswer> = {
  TIME: ({ at }) => at,
  USER: ({ user, userId }) => user ?? userId, // the pseudonym, when the user was erased
  OUTCOME: ({ outcome }) => outcome,
  REASON: reasonOf,
  SOURCE: ({ source }) => source,
  CHANNEL: ({ channel }) => channel,
  DEVICE: (event) => shortened(deviceOf(event)),
};

function reasonOf({ reason, repeats, wouldRefuse, by, why }: A.AuditEventAnswer): string {
  const times = repeats === null ? "" : ` (${repeats} times)`;
  const said = [by === null ? "" : `by ${by.name ?? by.id}`, why ?? ""].filter((text) => text !== "");
  const decided = said.length === 0 ? "" : ` (${said.join(": ")})`;
  return reason + times + decided + (wouldRefuse === null ? "" : ` (dry run: ${wouldRefuse})`);
}

const deviceOf = ({ device, workstation, userAgent }: A.AuditEventAnswer): string =>
  [device ?? "", workstation, userAgent].filter((text) => text !== "").join(" ");

const shortened = (text: string): string =>
  text.length > MAX_DEVICE_CHARS ? `${text.slice(0, MAX_DEVICE_CHARS - 1)}…` : text;
