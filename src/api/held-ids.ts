// A device id may belong to another user than the one an administrator asks about. This file finds the owner, and
// explains why the first user is refused.

import { deviceIdOf } from "../core/device/device-id.ts";
import type { Partnership } from "../core/device/partnership.ts";
import { DEVICE_ID_KINDS, deviceIdIn, deviceKey, readDeviceWord } from "../core/device/types.ts";
import type { Subject } from "../core/policy/subject.ts";
import type { JudgeInput, Policy } from "../core/policy/types.ts";
import { ok, type Result, refuse } from "../core/result.ts";
import type { CommandFault } from "../guards/device-command.ts";
import { openDatabase } from "../store/database.ts";
import { type User, userById } from "../store/directory.ts";
import { holdersOf } from "../store/partnerships.ts";
import type { Commanding } from "./devices.ts";

/** A device as D1 has it, with its user. `id`: the id of the partnership. */
type Held = { readonly owner: User; readonly id: string; readonly partnership: Partnership };

/** Finds the owner of a device. The id is the whole id of a partnership, or the id by which a device names itself. */
export async function heldBy({ call }: Commanding, word: string): Promise<Result<Held, CommandFault>> {
  const db = openDatabase(call.env.DB);
  const [found, another] = await holdersOf(db, spellingsOf(word));
  if (found === undefined) return refuse("no-such-device");
  if (another !== undefined) return refuse("several-such-devices");
  const { userId, ...partnership } = found;
  const owner = await userById(db, userId);
  return owner === undefined ? refuse("no-such-device") : ok({ owner, id: partnership.id, partnership });
}

/** All device keys that the word may mean. A word that does not say its kind may be of either kind. */
function spellingsOf(word: string): string[] {
  const { kind: given, id: text } = readDeviceWord(word);
  const keys = (given === undefined ? DEVICE_ID_KINDS : [given]).flatMap((kind) => {
    const id = deviceIdOf(kind, text);
    return id === undefined ? [] : [deviceKey(id)];
  });
  return [word, ...keys];
}

/** The verdict on a request in which this user names the device of another user. */
export const foreignInput = (
  policy: Policy,
  { sipUri, groups, disabled }: Subject,
  { key, facts, source }: Partnership,
): JudgeInput => ({
  policy,
  circumstances: {
    device: key === null ? null : deviceIdIn(key),
    facts,
    sipUri,
    groups,
    devices: 0,
    source,
    proof: "none",
  },
  userDisabled: disabled,
  passwordRevoked: false,
  idOfAnotherUser: true,
  idChanged: false,
  unproved: null,
  keyWaits: false,
  addressBook: null,
  partnership: null,
});
