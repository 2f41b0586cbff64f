// Tells the guards of many users that D1 has changed.

import { sideBySide } from "../../core/text/side-by-side.ts";
import type { DeviceCommand } from "../../guards/device-command.ts";
import { guardOf } from "../../guards/route.ts";
import { openDatabase } from "../../store/database.ts";
import { subjectOf } from "../../store/directory.ts";
import { usersByIds } from "../../store/directory-links.ts";
import { currentVersion } from "../../store/policies.ts";
import type { Call } from "../call.ts";
import { type BareCommand, commandGuard } from "../devices.ts";
import { aboutCommand } from "../record.ts";

/** How many guards are asked at the same time. */
const AT_ONCE = 20;

/** Returns the ids of the users whose guards have heard. The others have to be told later. */
export async function tellGuards(call: Call, ids: readonly string[], command: BareCommand): Promise<Set<string>> {
  const heard = new Set<string>();
  if (ids.length === 0) return heard;
  const db = openDatabase(call.env.DB);
  const [users, policyVersion] = await Promise.all([usersByIds(db, ids), currentVersion(db)]);
  const given = { ...command, about: aboutCommand(call), by: call.actor.id, why: "" } as DeviceCommand;
  await sideBySide(users, AT_ONCE, async (user) => {
    try {
      const outcome = await guardOf(call.env, user.sipUri).command({ subject: subjectOf(user), policyVersion }, given);
      if (outcome === "moved") await commandGuard({ call, why: "" }, user.id, command);
      heard.add(user.id);
    } catch {
      // The link remembers that this guard has not heard.
    }
  });
  return heard;
}
