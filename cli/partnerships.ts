// Partnerships as the gateway lists them, page by page, and what people call a device.

import type { PartnershipAnswer, PartnershipsAnswer } from "../src/admin/answers.ts";
import type { DeviceFacts } from "../src/device/types.ts";
import type { Context } from "./command.ts";
import { after, ask } from "./gateway.ts";

/** All partnerships there are, or those of the user of a path segment (`userPath`). */
export async function partnershipsOf(context: Context, user?: string): Promise<readonly PartnershipAnswer[]> {
  const path = user === undefined ? "/v1/partnerships" : `/v1/partnerships?user=${user}`;
  const all: PartnershipAnswer[] = [];
  let cursor: string | null = null;
  do {
    const page = (await ask(context, { method: "GET", path: after(path, cursor) })) as PartnershipsAnswer;
    all.push(...page.partnerships);
    cursor = page.next;
  } while (cursor !== null);
  return all;
}

type Named = { readonly facts: DeviceFacts; readonly key: string | null; readonly id: string };

/** Product and version, model, system: as much as is known; its key where nothing is. */
export function deviceName({ facts, key, id }: Named): string {
  const { model, os, workstation } = facts;
  const known = [productOf(facts), model, os, workstation].filter((text) => text !== "");
  return known.length === 0 ? (key ?? id) : known.join(", ");
}

/** Product and version; empty when the device tells neither. */
export const productOf = ({ product, version }: DeviceFacts): string => `${product} ${version}`.trim();
