// Changes many devices at once. Each is judged by itself: when one fails, the others are still changed.

import type { Commanded } from "../guards/device-command.ts";
import { logFailure } from "../store/log-failure.ts";
import type { Call } from "./call.ts";
import { commandProblem, deviceAnswer, deviceChangedBy } from "./device-answer.ts";
import { type Commanding, commandGuard, commanding, untilVerdictsAreOld } from "./devices.ts";
import type { DevicesChangedAnswer } from "./schemas/device-list.ts";
import { inTurns } from "./turns.ts";
import { knownUser } from "./users.ts";

type Item = { readonly user: string; readonly device: string };
type Batch = {
  readonly action: "approve" | "block" | "forget" | "reset-key";
  readonly items: readonly Item[];
  readonly dryRun: boolean;
  readonly why: string;
};
type Row = DevicesChangedAnswer["rows"][number];

/**
 * The outcome for each item, in their order. When this returns, nothing is served to a device that was shut out (S-17).
 */
export async function changeDevices(call: Call, { action, items, dryRun, why }: Batch): Promise<Row[]> {
  const by = commanding(call, why);
  const numbered = items.map((item, row) => ({ item, row }));
  const rows = await inTurns(numbered, async ({ item, row }): Promise<Row> => {
    try {
      return { row, ...(await changeOne(by, action, item, dryRun)) };
    } catch (fault) {
      logFailure("admin", fault);
      return { row, status: "failed", code: "unavailable", message: "Something failed. Try this one again." };
    }
  });
  if (!dryRun && action !== "approve" && rows.some(({ status }) => status === "done")) await untilVerdictsAreOld();
  return rows;
}

async function changeOne(
  by: Commanding,
  kind: Batch["action"],
  { user, device }: Item,
  dryRun: boolean,
): Promise<Omit<Row, "row">> {
  const known = await knownUser(by.call.env, user);
  if (!known.ok) return { status: "failed", code: known.code, message: known.detail };
  const { id, sipUri } = known.value;
  if (dryRun) {
    const outcome = await commandGuard(by, id, { kind: "explain", device });
    if (outcome.ok) {
      const { partnership } = outcome.value;
      const status = isSo(kind, outcome.value) ? "unchanged" : "done";
      return { status, user: sipUri, ...(partnership && { device: deviceAnswer(partnership) }) };
    }
    const { code, detail } = commandProblem(outcome.reason);
    return { status: "failed", user: sipUri, code, message: detail };
  }
  const command = kind === "reset-key" ? ({ kind, device, key: "" } as const) : ({ kind, device } as const);
  const outcome = await commandGuard(by, id, command);
  const changed = deviceChangedBy(known.value, outcome);
  return changed.ok
    ? { status: outcome.ok && outcome.value.unchanged === true ? "unchanged" : "done", ...changed.value }
    : { status: "failed", user: sipUri, code: changed.code, message: changed.detail };
}

/** Whether the device is as the action makes it. */
function isSo(action: Batch["action"], { partnership, keys = [] }: Commanded): boolean {
  switch (action) {
    case "approve":
      return partnership?.decision === "allow" && partnership.state !== "expired";
    case "block":
      return partnership?.state === "blocked" && partnership.decision === "block";
    case "reset-key":
      return keys.length === 0;
    case "forget":
      return false;
  }
}
