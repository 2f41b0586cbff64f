// Which ways to sign in a client without a ticket is told of (`STS_OFFER`). It opens nothing: who may use the page, and who
// has to, is the policy's (docs/passive.md).

import { PASSIVE_OFFERS, type PassiveOffer } from "../core/lync/grant-types.ts";
import type { Env } from "./env.ts";

/** Reads and validates; a fault is a sentence with its fix. */
export function readPassiveOffer({ STS_OFFER, STS_HOST }: Env, faults: string[]): PassiveOffer {
  const text = (STS_OFFER ?? "").trim();
  if (text === "") return "windows";
  const offer = PASSIVE_OFFERS.find((each) => each === text);
  if (offer === undefined) {
    faults.push(
      `STS_OFFER is "${text}"; it must be "windows" (default), "both" or "passive": which ways to sign in clients are told of.`,
    );
    return "windows";
  }
  if ((STS_HOST ?? "").trim() === "") {
    faults.push(
      "STS_OFFER is set, but STS_HOST is not, so there is no token service. Set STS_HOST, or take STS_OFFER out.",
    );
  }
  return offer;
}
