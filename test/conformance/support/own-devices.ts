// What a person decides about own devices, as the portal gives it to the person's guard.

import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { BY_SELF } from "../../../src/audit/event.ts";
import type { CommandOutcome, OwnDeviceCommand } from "../../../src/guards/device-command.ts";
import type { Profile } from "../../../src/guards/profile.ts";
import { VERDICT_REUSE_MS } from "../../../src/ticket/verdicts.ts";
import type { Person, TestGateway } from "./gateway.ts";

type Bare<C> = C extends unknown ? Omit<C, "about" | "by" | "why"> : never;
type Guard = { readonly command: (profile: Profile, command: OwnDeviceCommand) => Promise<CommandOutcome | "moved"> };

/** Added to the time for which a verdict is reused, ms. */
const MARGIN_MS = 100;

/**
 * Gives the command to the guard of that person, with what D1 says of the person now. Returns when no verdict from
 * before it is in use, as the portal's page does.
 */
export async function decidesOwn(
  gateway: TestGateway,
  { sipUri }: Person,
  bare: Bare<OwnDeviceCommand>,
): Promise<CommandOutcome> {
  const [[user = {}] = [], [policy = {}] = []] = await gateway.execute([
    `SELECT id, enrolment, revision FROM users WHERE sip_uri = '${sipUri}'`,
    "SELECT max(version) AS version FROM policies",
  ]);
  const subject = {
    ...{ userId: String(user.id), sipUri, disabled: false, groups: [], revision: Number(user.revision) },
    ...{ enrolment: user.enrolment as Profile["subject"]["enrolment"], maxDevices: null, windowUntil: null, sid: null },
  };
  const about = {
    ...{ requestId: "test", channel: "portal", host: "", source: "192.0.2.1", userAgent: "", workstation: "" },
  } as const;
  const guard = (await gateway.userGuard(nameOfGuard(sipUri))) as Guard;
  const profile = { subject, policyVersion: Number(policy.version ?? 0) };
  const outcome = await guard.command(profile, { ...bare, about, by: BY_SELF, why: "" } as OwnDeviceCommand);
  if (outcome === "moved") throw new Error("the user has another guard");
  if (outcome.ok && bare.kind !== "approve-own") await pause(VERDICT_REUSE_MS + MARGIN_MS);
  return outcome;
}

/** As src/guards/route.ts names it. */
const nameOfGuard = (sipUri: string): string => createHash("sha256").update(`user\0${sipUri}`).digest("hex");
