// Says to people what the organisation's authority says of a device, and what its silence does.

import type { JudgeInput } from "./types.ts";

/** The sentence of the step `authority`. `verdict`: undefined when silence does not decide. */
export function authorityDetail({ policy, circumstances: { authority } }: JudgeInput, verdict: unknown): string {
  const silence = policy.devices.authoritySilence;
  if (authority === undefined || authority === "not-asked-yet") {
    const said = "The authority has not answered about this device.";
    return verdict === undefined
      ? `${said} Its silence does not matter: devices.authoritySilence is "${silence}".`
      : `${said} devices.authoritySilence is "${silence}", so the device is refused until it answers.`;
  }
  const words = authority.words.length === 0 ? "nothing" : authority.words.join(", ");
  if (authority.holds) return `The authority says of this device: ${words}.`;
  const old = `The authority's last answer is old and it has given no other. It said: ${words}.`;
  return verdict === undefined
    ? `${old} Rules that refuse still go by it, rules that let in do not.`
    : `${old} devices.authoritySilence is "${silence}", so the device is refused until it answers.`;
}
