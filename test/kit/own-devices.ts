// What a person does about own devices in the portal, for the tests of the guard.

import { runInDurableObject } from "cloudflare:test";
import { BY_SELF } from "../../src/audit/event.ts";
import type { Partnership } from "../../src/core/device/partnership.ts";
import type { CommandOutcome, OwnDeviceCommand } from "../../src/guards/device-command.ts";
import { DAY, eventsOf } from "./attempts.ts";
import { notMoved, type Owner, owner } from "./devices.ts";
import { ABOUT } from "./events.ts";

/** The person's partnerships, as the guard has them. */
export const partnershipsIn = ({ guard }: Owner): Promise<Partnership[]> =>
  runInDurableObject(guard, (_, { storage }) =>
    storage.sql
      .exec("SELECT partnership FROM devices")
      .toArray()
      .map(({ partnership }): Partnership => JSON.parse(String(partnership))),
  );

/** The partnership of the own device that names itself so. */
export const ownDevice = async (who: Owner, device: string): Promise<Partnership | undefined> =>
  (await partnershipsIn(who)).find(({ key }) => key?.endsWith(who.own(device)));

/**
 * The person decides about the own device that names itself so, or whose id is given. `shownAt`: what the page showed;
 * left out: what is true now.
 */
export async function decides(
  who: Owner,
  kind: OwnDeviceCommand["kind"],
  device: string,
  shownAt?: number,
): Promise<CommandOutcome> {
  const found = await ownDevice(who, device);
  const given = { about: { ...ABOUT, channel: "portal" as const }, by: BY_SELF, why: "" } as const;
  const about = { ...given, device: found?.id ?? device };
  const command: OwnDeviceCommand =
    kind === "approve-own" ? { ...about, kind, shownAt: shownAt ?? found?.lastSeenAt ?? 0 } : { ...about, kind };
  return notMoved(await who.guard.command(await who.profile(), command));
}

/** Somebody whose phone waits, and the ticket with which it came. */
export async function waitingPhone(
  more: Parameters<Owner["names"]>[2] = {},
): Promise<{ readonly who: Owner; readonly ticket: string | undefined }> {
  const who = await owner();
  const ticket = await who.signIn("p_1", { expiresAt: Date.now() + 100 * DAY });
  const came = await who.names(ticket, "phone", more);
  if (came !== "refused") throw new Error(`the phone does not wait: ${came}`);
  return { who, ticket };
}

/** The events that the guard keeps: outcome and reason, oldest first. */
export const eventsSaid = async ({ guard }: Owner): Promise<string[]> =>
  (await eventsOf(guard)).map(({ outcome, reason }) => `${outcome} ${reason}`);

/** The state of the own device that names itself so. */
export const stateOf = async (who: Owner, device = "phone"): Promise<string> =>
  (await ownDevice(who, device))?.state ?? "unknown";
