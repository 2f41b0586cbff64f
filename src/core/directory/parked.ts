// The names of somebody who is parked (naming-order.ts). Pure. Nobody else may have such a name: it would be in the way
// of a person to be parked.

import { normaliseName } from "../credentials/names.ts";

const DOMAIN = "PARKED";
const ADDRESSES = "parked.invalid";

/** Names that no other user can have. `id`: the user's. */
export const parkedNames = (id: string) => ({ sipUri: `${id}@${ADDRESSES}`, upn: null, account: `${DOMAIN}\\${id}` });

/** Whether a name, however it is spelt, is one that Postern keeps for people who are parked. */
export function isParked(name: string): boolean {
  const key = normaliseName(name);
  return key.ok && (key.value.startsWith(`${DOMAIN.toLowerCase()}\\`) || key.value.endsWith(`@${ADDRESSES}`));
}

/** For whoever gives somebody such a name. */
export const PARKED_FAULT = `Postern keeps names of ${DOMAIN}\\ and @${ADDRESSES} for itself.`;
