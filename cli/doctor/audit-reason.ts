// What the audit says of an attempt that was refused. Outside every refusal looks the same; inside each has its reason.

import { idWithoutPlace } from "../../src/core/http/request-id.ts";
import { CliFault } from "../fault.ts";
import type { Inside } from "./inside.ts";
import type { Finding } from "./types.ts";

/** For how long before now the gateway's clock may have it, ms. */
const BEFORE_MS = 120_000;

/** The reason of the attempt with this request id. Undefined: nobody can be asked, or the audit has not heard of it. */
export async function reasonOf(inside: Inside | undefined, id: string): Promise<string | undefined> {
  if (inside === undefined || inside.health instanceof CliFault || id === "") return undefined;
  return inside.reasonOf(idWithoutPlace(id), Date.parse(inside.health.at) - BEFORE_MS);
}

/** What the reason says of the way to the gateway. Undefined: it is the reason that one expects. */
export function judgeReason(reason: string, about: string): Finding | undefined {
  if (reason.startsWith("challenge-")) {
    return {
      ...{
        severity: "fault",
        about,
        what: `the sealed text of the challenge does not come back as it was sent (audit: ${reason})`,
      },
      why: "Every sign-in is refused, with the right password, too.",
      fix: "See that SEALING_KEYS is the same in all versions that are deployed, that the clocks are right, and that nothing on the way rewrites Authorization.",
    };
  }
  if (/wait|later|over/.test(reason)) {
    return {
      ...{ severity: "warning", about, what: `this network has to wait (audit: ${reason})` },
      why: "Somebody behind this address has failed often, and others of this network wait with them.",
      fix: "See who: npx postern lock list.",
    };
  }
  return undefined;
}
