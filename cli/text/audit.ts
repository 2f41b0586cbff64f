// Events of the audit as people read them.

import type * as A from "../reach/answers.ts";
import type { Columns } from "./answer.ts";

/** Of a device in the table; `--json` has it whole. */
const MAX_DEVICE_CHARS = 80;

export const AUDIT_COLUMNS: Columns<A.AuditEventAnswer> = {
  TIME: "at",
  USER: ({ user, userId }) => user ?? userId, // of somebody who was erased, the pseudonym
  OUTCOME: "outcome",
  REASON: reasonOf,
  SOURCE: "source",
  CHANNEL: "channel",
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
