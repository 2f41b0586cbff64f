// Compares what D1 and a user's guard say of the user's devices, after one of the two went back to an earlier moment.
// docs/backup.md has this as a table, and the test walks through every pair of states. Pure.

import type { Partnership } from "../core/device/partnership.ts";
import { isStricter, stricterOf } from "../core/device/stricter.ts";
import type { Finding, OlderSide } from "../guards/backup-question.ts";

export type ComparedDevices = {
  /** What the guard has to write, because D1 is right. */
  readonly write: readonly Partnership[];
  /** Devices that the guard has to forget. */
  readonly remove: readonly string[];
  /** Devices of D1 that are gone. */
  readonly gone: readonly string[];
  /** Devices of the guard of which D1 has to hear again. */
  readonly tell: readonly string[];
  /** App passwords that D1 says are live, and that were revoked: the guard's device has lost its own. */
  readonly revoked: readonly string[];
  readonly findings: readonly Finding[];
};

/** Of each pair the stricter state wins. Of a device that only one side has, `older` decides, and a block stays. */
export function compareDevices(
  guard: readonly Partnership[],
  d1: readonly Partnership[],
  older: OlderSide,
): ComparedDevices {
  const [write, remove, gone, tell, revoked]: [Partnership[], string[], string[], string[], string[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  const findings: Finding[] = [];
  const find = (did: Finding["did"], { id }: Partnership, what: string): void => {
    findings.push({ did, line: `device:${id}`, what });
  };
  const stored = new Map(d1.map((each) => [each.id, each]));
  for (const here of guard) {
    const other = stored.get(here.id);
    stored.delete(here.id);
    if (other === undefined) {
      const wasForgotten = older !== "d1" && here.state !== "blocked";
      (wasForgotten ? remove : tell).push(here.id);
      find(wasForgotten ? "closed" : "repaired", here, `${here.state} in the guard, not in D1`);
      continue;
    }
    if (isStricter(other.state, here.state)) {
      write.push(stricterOf(here, other));
      find("closed", here, `${other.state} in D1, ${here.state} in the guard`);
    } else if (isStricter(here.state, other.state)) {
      tell.push(here.id);
      find("closed", here, `${here.state} in the guard, ${other.state} in D1`);
    }
    const lost = here.credentialId === null && older !== "guards" ? other.credentialId : null;
    if (lost !== null) {
      revoked.push(lost);
      tell.push(here.id);
    }
  }
  for (const other of stored.values()) {
    const comesBack = other.state === "blocked" || older === "guards";
    if (comesBack) write.push(other);
    else gone.push(other.id);
    const did = other.state === "blocked" ? "closed" : comesBack ? "repaired" : "closed";
    find(did, other, `${other.state} in D1, not in the guard`);
  }
  return { write, remove, gone, tell, revoked, findings };
}
