// Partnerships as the gateway lists them, page by page, and what people call a device.

import type { ContestAnswer, PartnershipAnswer, PartnershipsAnswer } from "../src/api/answers.ts";
import type { DeviceFacts } from "../src/core/device/types.ts";
import { isPasswordKey } from "../src/core/policy/identity.ts";
import type { Context } from "./command.ts";
import { after, ask } from "./gateway.ts";

/** All partnerships there are, or those of the user of a path segment (`userPath`). */
export async function partnershipsOf(context: Context, user?: string): Promise<readonly PartnershipAnswer[]> {
  return (await devicesOf(context, user)).partnerships;
}

/** The same, with the ids that somebody named and another has. */
export async function devicesOf(context: Context, user?: string): Promise<Omit<PartnershipsAnswer, "next">> {
  const path = user === undefined ? "/v1/partnerships" : `/v1/partnerships?user=${user}`;
  const partnerships: PartnershipAnswer[] = [];
  const contests: ContestAnswer[] = [];
  let cursor: string | null = null;
  do {
    const page = (await ask(context, { method: "GET", path: after(path, cursor) })) as PartnershipsAnswer;
    partnerships.push(...page.partnerships);
    contests.push(...page.contests);
    cursor = page.next;
  } while (cursor !== null);
  return { partnerships, contests };
}

type Named = { readonly facts: DeviceFacts; readonly key: string | null; readonly id: string };

/** What people are told of a device whose app password stands for it. */
export const BY_PASSWORD = "by its app password";

/** Product and version, model, system: as much as is known; its key where nothing is. Whether its app password is the device. */
export function deviceName({ facts, key, id }: Named): string {
  const { model, os, workstation } = facts;
  const known = [productOf(facts), model, os, workstation].filter((text) => text !== "");
  const name = known.length === 0 ? (key ?? id) : known.join(", ");
  return isPasswordKey(key) ? `${name} (${BY_PASSWORD})` : name;
}

/** Product and version; empty when the device tells neither. */
export const productOf = ({ product, version }: DeviceFacts): string => `${product} ${version}`.trim();
