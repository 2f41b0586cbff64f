// How a device is called and shown wherever a page has one.

import type { FC } from "hono/jsx";
import type { DeviceFacts, PartnershipState, RequestSource } from "../../core/device/types.ts";
import { isPasswordKey } from "../../core/policy/identity.ts";
import { Badge } from "../../web/components/parts.tsx";
import type { Locale } from "../../web/locale.ts";
import { words } from "./words.ts";

/** What a name is made of. */
export type NamedDevice = {
  readonly id: string;
  readonly key: string | null;
  readonly state: PartnershipState;
  readonly facts: DeviceFacts;
};

/** The model or the machine if it tells one, the product otherwise, and at least the kind. */
export function deviceName(locale: Locale, { facts, key, state }: NamedDevice): string {
  const t = words[locale];
  if (state === "pending" && facts.product === "" && key === null) return t.expected;
  return facts.model || facts.workstation || facts.product || t.types[facts.type];
}

/** Product, version and system: as much as is known beside the name. */
export function deviceKind(locale: Locale, device: NamedDevice): string {
  const { facts, key } = device;
  const t = words[locale];
  const product = `${facts.product} ${facts.version}`.trim();
  const system = facts.os || (facts.platform === "unknown" ? "" : t.platforms[facts.platform]);
  const name = deviceName(locale, device);
  return [product === name ? facts.version : product, system, isPasswordKey(key) ? t.byPassword : ""]
    .filter((text) => text !== "")
    .join(" · ");
}

const TONES = { quarantined: "wait", pending: "wait", allowed: "good", blocked: "bad", expired: "quiet" } as const;

/** Where a device stands, in a word. */
export const StateBadge: FC<{
  readonly locale: Locale;
  readonly device: { readonly state: PartnershipState; readonly decision: "allow" | "block" | null };
}> = ({ locale, device: { state, decision } }) => {
  const t = words[locale];
  return <Badge tone={TONES[state]}>{state === "allowed" && decision === "allow" ? t.byName : t.states[state]}</Badge>;
};

/** From where a request came, such as `203.0.113.7 · DE`; empty when nothing is known. */
export const placeOf = ({ network, country }: RequestSource): string =>
  [network === "unknown" ? "" : network, country].filter((text) => text !== "").join(" · ");

/** A SIP URI as people write it. */
export const addressOf = (sipUri: string): string => sipUri.replace(/^sip:/, "");
