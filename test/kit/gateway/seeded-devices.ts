// Users and devices put into D1 before the gateway is asked about them: a user's guard takes what D1 has when it first
// wakes.

import type { LocalGateway } from "../../../local/gateway.ts";
import type { DeviceFacts, PartnershipState } from "../../../src/core/device/types.ts";
import { UNKNOWN_DEVICE } from "../../../src/core/device/types.ts";

const DAY_MS = 86_400_000;

/** A device to be there. */
export type Seeded = {
  /** The user's account, such as `mia`. */
  readonly user: string;
  readonly state: PartnershipState;
  readonly facts?: Partial<DeviceFacts>;
  /** The id by which it names itself; default: one of its own. */
  readonly key?: string;
  readonly seenDaysAgo?: number;
};

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** Ids have letters only, or the name of a user could be meant. */
const letters = (n: number): string => [...String(n)].map((digit) => "cdefghijkl"[Number(digit)]).join("");

/** The id that {@link seedDevices} gives to the device at that place of its list. */
export const seededId = (at: number): string => `d_${letters(at).padStart(16, "b")}`;
export const seededUserId = (user: string): string => `u_${user.padStart(16, "a")}`;

/**
 * Adds them, with their users, who must be new. `first`: the place in the list of all that were added of the first of
 * these.
 */
export async function seedDevices(
  gateway: Pick<LocalGateway, "execute">,
  devices: readonly Seeded[],
  first = 0,
): Promise<void> {
  const now = Date.now();
  const users = [...new Set(devices.map(({ user }) => user))].flatMap((user) => {
    const [id, upn] = [quoted(seededUserId(user)), `${user}@contoso.test`];
    const name = quoted(user.replace(/^./, (letter) => letter.toUpperCase()));
    return [
      `INSERT INTO users (id, sip_uri, upn, domain, account, created_at, groups, display_name)
       VALUES (${id}, ${quoted(`sip:${upn}`)}, ${quoted(upn)}, 'CONTOSO', ${quoted(user)}, ${now}, '[]', ${name})`,
      `INSERT INTO names (name, kind, user_id) VALUES (${quoted(upn)}, 'upn', ${id})`,
    ];
  });
  const rows = devices.map(({ user, state, facts, key, seenDaysAgo = 0 }, at) => {
    const id = seededId(first + at);
    const seen = now - seenDaysAgo * DAY_MS;
    const told = JSON.stringify({ ...UNKNOWN_DEVICE, ...facts });
    const decision = state === "blocked" ? "'block'" : "null";
    return `INSERT INTO partnerships (id, user_id, device_key, state, decision, decided_by, decided_at, reason, facts, source, first_seen_at, last_seen_at)
      VALUES (${quoted(id)}, ${quoted(seededUserId(user))}, ${quoted(key ?? `endpoint:${id}`)}, ${quoted(state)}, ${decision}, 'policy', ${seen}, 'enrolled',
      ${quoted(told)}, '{"network":"203.0.113.7","country":"DE","asn":3320}', ${seen}, ${seen})`;
  });
  await gateway.execute([...users, ...rows]);
}
