// Says to people what the organisation's authority says of a device, and what its silence does.

import { type Remark, remark } from "./remarks.ts";
import type { JudgeInput } from "./types.ts";

/** The step `authority` of `postern why`. `verdict`: undefined when silence does not decide. */
export function authoritySaid({ policy, circumstances: { authority } }: JudgeInput, verdict: unknown): Remark[] {
  const silence = policy.devices.authoritySilence;
  const refuses = remark("authority:refuses", { silence });
  if (authority === undefined || authority === "not-asked-yet") {
    return [
      remark("authority:unanswered"),
      verdict === undefined ? remark("authority:harmless", { silence }) : refuses,
    ];
  }
  const kind = authority.holds ? "says" : "said";
  const answer =
    authority.words.length === 0
      ? remark(`authority:${kind}-nothing`)
      : remark(`authority:${kind}`, { words: authority.words.join(", ") });
  if (authority.holds) return [answer];
  return [answer, verdict === undefined ? remark("authority:old") : refuses];
}
