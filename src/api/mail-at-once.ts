// Mail that a call to the API has queued leaves at once, where the Worker delivers it.

import type { Config } from "../config/config.ts";
import type { Env } from "../config/env.ts";
import { deliverOne, deliveryAtOnce } from "../post/at-once.ts";
import type { Ending } from "../store/notice-post.ts";
import type { Call } from "./call.ts";
import { webOrigin } from "./web-origin.ts";

/** The address of the portal; undefined: there is none. */
export const portalOf = (call: Call): string | undefined =>
  call.config.portal && webOrigin(call, call.config.portal.host);

type Where = { readonly env: Env; readonly config: Config };
const of = ({ env, config: { notices, keyring } }: Where, portal: string | undefined) => ({
  ...{ env, notices, keyring, portal },
});

/** Begins to deliver what a call has just queued. The answer does not wait for it. */
export const deliverSoon = (call: Call): Promise<void> => deliverSoonFor(call, portalOf(call));

/** Begins to deliver what was just queued. `portal`: its address. */
export async function deliverSoonFor(where: Where, portal: string | undefined): Promise<void> {
  const delivery = deliveryAtOnce(of(where, portal));
  if (delivery === undefined) return;
  const { waitUntil } = await import("cloudflare:workers");
  waitUntil(delivery());
}

/** Delivers one notice, and says what became of it. Undefined: an agent delivers, or somebody else has it just now. */
export const deliverNow = (call: Call, id: string): Promise<Ending | undefined> =>
  deliverOne(of(call, portalOf(call)), id);
