// Changes settings of many users: D1 gets several at a time, with the audit, and then the users' guards hear of it.

import { logAudited } from "../audit/log.ts";
import { sideBySide } from "../core/text/side-by-side.ts";
import type { DeviceSettings } from "../store/change-user.ts";
import { changeUsers } from "../store/change-users.ts";
import { openDatabase } from "../store/database.ts";
import type { User } from "../store/directory.ts";
import { logFailure } from "../store/log-failure.ts";
import { type Commanding, commandGuard } from "./devices.ts";
import { changeEvent } from "./record.ts";
import { reasonOf } from "./settings.ts";

/** So many users are changed in one transaction, and then so many guards are told at the same time. */
const OF_A_TRANSACTION = 25;
/** So many transactions, with the guards after them, are under way at the same time. */
const AT_ONCE = 2;

/** A user, and what is to be changed: at least one thing. */
export type SettingsChange = { readonly user: User; readonly settings: DeviceSettings };
export type ManyOutcome =
  | { readonly status: "done" }
  | { readonly status: "failed"; readonly code: string; readonly message: string };

/**
 * The outcome for each user, in their order; each user is there once. The guards have heard of what is `done`. After
 * `unavailable` D1 may have the change: the caller gives it again, and the guard hears of it then.
 */
export async function changeMany(by: Commanding, changes: readonly SettingsChange[]): Promise<ManyOutcome[]> {
  const parts: (readonly SettingsChange[])[] = [];
  for (let at = 0; at < changes.length; at += OF_A_TRANSACTION) parts.push(changes.slice(at, at + OF_A_TRANSACTION));
  return (await sideBySide(parts, AT_ONCE, (part) => changePart(by, part))).flat();
}

async function changePart(by: Commanding, part: readonly SettingsChange[]): Promise<ManyOutcome[]> {
  const { call, why } = by;
  const written = part.map(({ user, settings }) => {
    const names = Object.keys(settings) as (keyof typeof settings)[];
    const before = Object.fromEntries(names.map((name) => [name, user[name]]));
    const event = changeEvent(call, reasonOf({ settings }), { user, why, change: { before, after: settings } });
    return { userId: user.id, settings, event };
  });
  try {
    const changed = await changeUsers(openDatabase(call.env.DB), written);
    return await sideBySide(changed, OF_A_TRANSACTION, async (user, at): Promise<ManyOutcome> => {
      const event = written[at]?.event;
      if (user === undefined || event === undefined) return GONE;
      logAudited(event);
      try {
        await commandGuard(by, user.id, { kind: "read-again" }, user);
        return { status: "done" };
      } catch (fault) {
        return unavailable(fault);
      }
    });
  } catch (fault) {
    const outcome = unavailable(fault);
    return part.map(() => outcome);
  }
}

const GONE: ManyOutcome = { status: "failed", code: "changed-meanwhile", message: "The user was changed meanwhile." };

function unavailable(fault: unknown): ManyOutcome {
  logFailure("admin", fault);
  return { status: "failed", code: "unavailable", message: "Something failed. Send this row again." };
}
