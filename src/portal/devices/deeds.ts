// What a person does about own devices and app passwords. The person's guard decides, and D1 and the audit have it when
// one of these returns. What ends something is answered when nothing more is served.

import { revokeCertificates } from "../../api/certificates.ts";
import { askGuard, untilVerdictsAreOld } from "../../api/devices.ts";
import { deliverSoonFor } from "../../api/mail-at-once.ts";
import { changeText } from "../../audit/change.ts";
import { auditEvent, BY_SELF, type Decision } from "../../audit/event.ts";
import { logAudited } from "../../audit/log.ts";
import type { AuditReason } from "../../audit/reasons.ts";
import { printable } from "../../core/text/printable.ts";
import type { CommandOutcome, OwnDeviceCommand } from "../../guards/device-command.ts";
import { changeAppPassword } from "../../store/app-passwords.ts";
import { insertEvents } from "../../store/audit.ts";
import { openDatabase } from "../../store/database.ts";
import { type AppPassword, revokeAppPassword } from "../../store/directory.ts";
import { logFailure } from "../../store/log-failure.ts";
import type { PortalContext } from "../site.ts";

type Bare<C> = C extends unknown ? Omit<C, "about" | "by" | "why"> : never;
type OwnCommand = Bare<OwnDeviceCommand>;

/** Gives a command about an own device to the person's guard. */
export const ownCommand = (c: PortalContext, command: OwnCommand): Promise<CommandOutcome> =>
  toGuard(c, { ...command, by: BY_SELF, about: c.var.view.about, why: "" } as OwnDeviceCommand);

function toGuard({ env, var: { view } }: PortalContext, command: Parameters<Guard["command"]>[1]) {
  const { person } = view;
  return askGuard<CommandOutcome>(env.env, person.id, async (guard, profile) => guard.command(profile, command), {
    known: person,
  });
}
type Guard = Parameters<Parameters<typeof askGuard>[2]>[0];

/** Begins to deliver the mail that was just queued, where the Worker delivers it. */
export const mailSoon = (c: PortalContext): Promise<void> => deliverSoonFor(c.env, c.env.origin);

/** What has ended, and since when nothing more is served (ms). `told`: the help desk gets mail about its certificate. */
export type Ended = { readonly at: number; readonly outcome: CommandOutcome; readonly told: boolean };

/** Ends a device at once: its tickets, its polls, its app password. The help desk hears of a certificate that is left. */
export async function endDevice(c: PortalContext, { id, certificate }: Ending): Promise<Ended> {
  const outcome = await ownCommand(c, { kind: "block-own", device: id });
  if (!outcome.ok) return { at: Date.now(), outcome, told: false };
  const isNews = certificate && outcome.value.unchanged !== true;
  const [told] = await Promise.all([
    isNews ? noteCertificate(c, id, outcome.value.revokedPassword) : false,
    untilVerdictsAreOld(),
  ]);
  return { at: Date.now(), outcome, told };
}
type Ending = { readonly id: string; readonly certificate: boolean };

/** The device is ended whether or not this succeeds. */
async function noteCertificate(c: PortalContext, device: string, credentialId: string | undefined): Promise<boolean> {
  const { helpdesk, helpdeskKinds } = c.env.config.notices;
  try {
    const why = revokeCertificates(c.var.view.person.sipUri);
    await recordOwn(c, "certificate-left", { device, credentialId, why });
    return helpdesk !== undefined && helpdeskKinds.has("certificate-left");
  } catch (fault) {
    logFailure("portal", fault);
    return false;
  }
}

/** Ends an app password, and all that was got with it. False: there is no such live one. */
export async function endPassword(c: PortalContext, { id, label }: Pick<AppPassword, "id" | "label">): Promise<number> {
  const { env, var: { view } } = c; // biome-ignore format: one line
  const revoked = await revokeAppPassword(openDatabase(env.env.DB), view.person.id, id, Date.now());
  // The guard is told in any case: an earlier request may have failed to tell it.
  const change = revoked ? changeText({ before: { label, state: "live" }, after: { state: "revoked" } }) : undefined;
  await toGuard(c, { kind: "revoke-password", credentialId: id, by: BY_SELF, about: view.about, why: "", change });
  await untilVerdictsAreOld();
  return Date.now();
}

/** The longest name of an app password. */
export const MAX_NAME_CHARS = 100;

/** A name as it is kept. */
export const nameFrom = (typed: string | null | undefined): string => printable((typed ?? "").trim(), MAX_NAME_CHARS);

/** Gives an app password, and so its device, another name. */
export async function rename(c: PortalContext, { id, label: before }: AppPassword, label: string): Promise<void> {
  if (label === before) return;
  const db = openDatabase(c.env.env.DB);
  if (!(await changeAppPassword(db, c.var.view.person.id, id, { label }))) return;
  const change = changeText({ before: { label: before }, after: { label } });
  await recordOwn(c, "password-changed", { credentialId: id, change });
}

/** The event of something that the person has changed. */
export function ownEvent(
  { var: { view } }: PortalContext,
  reason: AuditReason,
  of: Pick<Partial<Decision>, "credentialId" | "change" | "device" | "why">,
) {
  const { id: userId, sipUri: user } = view.person;
  const decision = { outcome: "changed", reason, userId, user, by: BY_SELF, ...of } satisfies Decision;
  return auditEvent(view.about, decision, Date.now());
}

/** Writes it into the audit. */
export async function recordOwn(
  c: PortalContext,
  ...of: Parameters<typeof ownEvent> extends [unknown, ...infer R] ? R : never
) {
  const event = ownEvent(c, ...of);
  if (await insertEvents(openDatabase(c.env.env.DB), [event], c.env.config.notices)) await mailSoon(c);
  logAudited(event);
}
