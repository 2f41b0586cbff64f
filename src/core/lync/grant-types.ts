// Which grants the challenge of a UCWA resource names (`MsRtcOAuth … grant_type=`). A client takes one of them. Pure.

import { factsFromUserAgent } from "../device/user-agent.ts";

/**
 * `windows`: an app password alone. `both`: the page as well. `passive`: the page alone, for clients that can show it.
 */
export const PASSIVE_OFFERS = ["windows", "both", "passive"] as const;
export type PassiveOffer = (typeof PASSIVE_OFFERS)[number];

const WINDOWS = "urn:microsoft.rtc:windows";
const PASSIVE = "urn:microsoft.rtc:passive";
const GUEST = "urn:microsoft.rtc:anonmeeting";

/** Products that cannot show a page, as far as they are known: SIPE, Lync for Mac 2011, desk phones and room systems. */
const WITHOUT_PAGES = /sipe|macmessenger|cpe\/|ocphone|phone edition|lync phone|polycom|srs/i;

/** The grants for a client that calls itself so. */
export function grantTypesFor(offer: PassiveOffer, userAgent: string): string {
  const { platform, type } = factsFromUserAgent(userAgent);
  const canShowPages = !WITHOUT_PAGES.test(userAgent) && !(platform === "mac" && type === "desktop");
  if (offer === "windows" || !canShowPages) return [WINDOWS, GUEST].join(",");
  return (offer === "both" ? [WINDOWS, PASSIVE, GUEST] : [PASSIVE, GUEST]).join(",");
}
