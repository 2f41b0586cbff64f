// How a device is called in a list, where its model says more than its product: a name, and what it is under it.

import type { DeviceFacts, PartnershipState } from "../../core/device/types.ts";
import { isPasswordKey } from "../../core/policy/identity.ts";
import type { Locale } from "../../web/locale.ts";
import { deviceWords } from "../users/device-words.ts";
import { words } from "./words.ts";

/** What a name is made of. */
type NamedDevice = {
  readonly key: string | null;
  readonly state?: PartnershipState;
  readonly facts: DeviceFacts;
};

/** The model or the machine if it tells one, the product otherwise, and at least the kind. */
export function deviceName(locale: Locale, { facts, key, state }: NamedDevice): string {
  const known = facts.model || facts.workstation || facts.product;
  if (known !== "") return known;
  return state === "pending" && key === null ? deviceWords[locale].anyDevice : words[locale].types[facts.type];
}

/** Product, version and system: as much as is known beside the name. */
export function deviceKind(locale: Locale, device: NamedDevice): string {
  const { facts, key } = device;
  const t = words[locale];
  const product = `${facts.product} ${facts.version}`.trim();
  const system = facts.os || (facts.platform === "unknown" ? "" : t.platforms[facts.platform]);
  const name = deviceName(locale, device);
  return [
    facts.product === name ? facts.version : product,
    system,
    isPasswordKey(key) ? deviceWords[locale].byPassword : "",
  ]
    .filter((text) => text !== "")
    .join(" · ");
}
