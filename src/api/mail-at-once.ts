// Mail that a call to the API has queued leaves at once, where the Worker delivers it.

import { deliverOne, deliveryAtOnce } from "../post/at-once.ts";
import type { Ending } from "../store/notice-post.ts";
import type { Call } from "./call.ts";
import { webOrigin } from "./web-origin.ts";

/** The address of the portal; undefined: there is none. */
export const portalOf = (call: Call): string | undefined =>
  call.config.portal && webOrigin(call, call.config.portal.host);

const of = (call: Call) => ({
  ...{ env: call.env, notices: call.config.notices, keyring: call.config.keyring, portal: portalOf(call) },
});

/** Begins to deliver what was just queued. The answer does not wait for it. */
export async function deliverSoon(call: Call): Promise<void> {
  const delivery = deliveryAtOnce(of(call));
  if (delivery === undefined) return;
  const { waitUntil } = await import("cloudflare:workers");
  waitUntil(delivery());
}

/** Delivers one notice, and says what became of it. Undefined: an agent delivers, or somebody else has it just now. */
export const deliverNow = (call: Call, id: string): Promise<Ending | undefined> => deliverOne(of(call), id);
