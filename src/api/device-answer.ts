// Devices and the outcome of commands about them, in the shape in which the API shows them. Pure.

import type { AuthorityAnswer } from "../core/authority/says.ts";
import type { Inquiry } from "../core/authority/schedule.ts";
import { deviceNumber } from "../core/device/number.ts";
import { type Partnership, proofOf, waitsForOwner } from "../core/device/partnership.ts";
import { deviceIdIn } from "../core/device/types.ts";
import type { AuthoritySilence } from "../core/policy/types.ts";
import type { CommandFault, CommandOutcome } from "../guards/device-command.ts";
import type { SeenKey } from "../guards/device-key.ts";
import type { User } from "../store/directory.ts";
import { revokeCertificates } from "./certificates.ts";
import { type Done, done } from "./operation.ts";
import { type Problem, problem } from "./problem.ts";
import type { InquiryAnswer } from "./schemas/authority.ts";
import type { DeviceChangedAnswer, DeviceKeyAnswer } from "./schemas/devices.ts";

/** A partnership as the API shows it. */
export function deviceAnswer<P extends Partnership>(partnership: P) {
  const { decidedAt, firstSeenAt, lastSeenAt, proof: _kept, authority, ...rest } = partnership;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const times = { decidedAt: iso(decidedAt), firstSeenAt: iso(firstSeenAt), lastSeenAt: iso(lastSeenAt) };
  return {
    ...rest,
    ...times,
    number: deviceNumber(partnership.id),
    waitsFor: waitingFor(partnership),
    proof: proofOf(partnership, Date.now()),
    authority: authority == null ? null : said(authority),
  };
}

const waitingFor = (partnership: Partnership): "owner" | "administrator" | null => {
  if (partnership.state !== "quarantined") return null;
  return waitsForOwner(partnership) ? "owner" : "administrator";
};

const said = ({ words, askedAt, until }: AuthorityAnswer) => ({
  words: [...words],
  askedAt: new Date(askedAt).toISOString(),
  until: new Date(until).toISOString(),
  holds: until > Date.now(),
});

/**
 * When the authority is asked about a device, as the API shows it. `kept`: undefined when nobody ever needed to ask.
 */
export function inquiryAnswer(
  kept: Inquiry | undefined,
  { configured, silence }: { readonly configured: boolean; readonly silence: AuthoritySilence },
): InquiryAnswer {
  const iso = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());
  return { configured, silence, triedAt: iso(kept?.triedAt), nextAt: iso(kept?.askAt), fault: kept?.fault ?? null };
}

/** A key of a device as the API shows it. */
export const keyAnswer = ({ firstSeenAt, lastSeenAt, endsAt, provedAt, ...key }: SeenKey): DeviceKeyAnswer => ({
  ...key,
  provedAt: provedAt === null ? null : new Date(provedAt).toISOString(),
  firstSeenAt: new Date(firstSeenAt).toISOString(),
  lastSeenAt: new Date(lastSeenAt).toISOString(),
  endsAt: new Date(endsAt).toISOString(),
});

/** The answer to a command that changed a user's device. */
export function deviceChangedBy(user: User, outcome: CommandOutcome): Done<DeviceChangedAnswer> | Problem {
  if (!outcome.ok) return commandProblem(outcome.reason);
  const { partnership, revokedPassword = null, keys = [] } = outcome.value;
  if (partnership === undefined) return commandProblem("no-such-device");
  return done({
    user: user.sipUri,
    device: deviceAnswer(partnership),
    revokeCertificates: certificatesOf(user, partnership),
    revokedPassword,
    keysWaiting: keys.filter(({ state }) => state === "waiting").length,
  });
}

/** The command that ends a device's client certificates; null when the device has none. */
export const certificatesOf = ({ sipUri }: User, partnership: Partnership | undefined): string | null =>
  partnership?.key != null && deviceIdIn(partnership.key).kind === "device" ? revokeCertificates(sipUri) : null;

/** The answer when a guard did not carry out a command. */
export function commandProblem(reason: CommandFault): Problem {
  switch (reason) {
    case "no-such-device":
      return problem("no-such-device", "The user has no such device.");
    case "several-such-devices":
      return problem(
        "several-such-devices",
        "Several devices have such an id: give the whole of it, or the partnership's.",
      );
    case "no-such-password":
      return noLivePassword;
    case "password-has-a-device":
      return problem("password-has-a-device", "A device is bound to this app password already.");
    case "no-such-key":
      return problem("no-such-key", "The device has no such key, or none that waits for approval.");
    case "several-such-keys":
      return problem("several-such-keys", "Several keys can be meant: give the beginning of the key's hash.");
    case "no-authority":
      return problem("no-authority", "AUTHORITY_URL is not set: docs/authority.md says how to set it up.");
    case "device-id-in-use":
      return problem("device-id-in-use", "A device of that id is somebody's already: forget it there.");
    case "awaits-administrator":
    case "device-blocked":
    case "does-not-wait":
    case "own-approval-off":
    case "kept-out-by-rule":
    case "too-many-devices":
    case "seen-since":
    case "user-disabled":
      throw new Error(`only what a person decides about an own device ends so: ${reason}`);
  }
}

export const noLivePassword = problem("no-such-password", "The user has no live app password of that id.");
