// What the tests of devices share: users of the directory with app passwords, their tickets, and devices that name
// themselves.

import { env } from "cloudflare:test";
import type { BareCommand } from "../../src/api/devices.ts";
import type { DeviceIdKind } from "../../src/core/device/types.ts";
import { DEFAULT_POLICY } from "../../src/core/policy/read.ts";
import type { Policy } from "../../src/core/policy/types.ts";
import type { CommandOutcome } from "../../src/guards/device-command.ts";
import type { SightedKey } from "../../src/guards/device-key.ts";
import type { Profile } from "../../src/guards/profile.ts";
import type { RelayedTicket } from "../../src/guards/relayed-ticket.ts";
import { guardOf } from "../../src/guards/route.ts";
import type { TicketUse } from "../../src/guards/ticket-question.ts";
import { changeUser, type DeviceSettings } from "../../src/store/change-user.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addUser, disableUser, enableUser, subjectOf, userById } from "../../src/store/directory.ts";
import { applyPolicy, currentVersion } from "../../src/store/policies.ts";
import { aboutFrom, presented, relayed } from "./attempts.ts";
import { ABOUT } from "./events.ts";
import { must } from "./ntlm.ts";

const db = openDatabase(env.DB);

let owners = 0;

/** A person in the directory, with all that the person's clients and administrators do. */
export async function owner() {
  const name = `o${++owners}`;
  const sipUri = `sip:${name}@contoso.test`;
  const { id } = must(await addUser(db, { sipUri, account: `CONTOSO\\${name}` }, 0));
  const guard = guardOf(env, sipUri);
  let tickets = 0;

  const profile = async (): Promise<Profile> => {
    const user = await userById(db, id);
    if (user === undefined) throw new Error("the user is gone");
    return { subject: subjectOf(user), policyVersion: await currentVersion(db) };
  };
  /** A device's own id. Every user in a file has a `phone`, and each phone needs an id of its own. */
  const own = (device: string): string => (/^(?:shared|password:)/.test(device) ? device : `${device} of ${name}`);
  return {
    id,
    sipUri,
    guard,
    profile,
    own,
    /** Signs in with that app password. Returns the ticket's id. Undefined: no ticket was remembered. */
    signIn: async (credentialId: string, changes: Partial<RelayedTicket> = {}): Promise<string | undefined> => {
      const ticket = `t${++tickets}`;
      const remembered = await guard.rememberTicket(relayed(ticket, { credentialId, ...changes }), await profile());
      return remembered === "remembered" ? ticket : undefined;
    },
    /** The holder of a ticket names a device. Returns the verdict. */
    names: async (ticket: string | undefined, id: string, more: Named = {}): Promise<string> => {
      const { kind = "endpoint", userAgent = "", source = ABOUT.source, country = "DE", certificateKey } = more;
      const told = { httpUserAgent: userAgent };
      const verdict = await guard.nameDevice({
        id: ticket ?? "none",
        source: { network: source, country, asn: 3320 },
        about: { ...aboutFrom(source), channel: "device" },
        device: { kind, id: own(id) },
        told,
        ...(certificateKey && { certificateKey }),
      });
      return verdict.kind;
    },
    /** The Front-End has accepted the request in which a ticket's holder named a device. Returns what came of it. */
    confirms: async (ticket: string | undefined, key?: SightedKey, network?: string): Promise<string> => {
      const { use: _, ...question } = presented(ticket ?? "none", undefined, network);
      return (await guard.confirmDevice({ ...question, ...(key && { key }) })).kind;
    },
    /** The holder of a ticket uses it, from that network. Returns the verdict. */
    uses: async (
      ticket: string | undefined,
      use: TicketUse["kind"],
      application?: string,
      network?: string,
    ): Promise<string> => {
      const used: TicketUse = use === "application" ? { kind: use, application } : { kind: use };
      return (await guard.judge(presented(ticket ?? "none", used, network))).kind;
    },
    /** An administrator's command. */
    command: async (bare: BareCommand): Promise<CommandOutcome> => {
      const command = "device" in bare ? { ...bare, device: own(bare.device) } : bare;
      const by = { about: { ...ABOUT, channel: "command" as const }, by: "0123abcd", why: "" };
      return notMoved(await guard.command(await profile(), { ...command, ...by }));
    },
    /** The administrator changes the user's row and tells the guard. */
    settings: async (settings: DeviceSettings): Promise<void> => {
      await changeUser(db, id, settings);
      const by = { about: { ...ABOUT, channel: "command" as const }, by: "0123abcd", why: "" };
      await guard.command(await profile(), { kind: "user-changed", reason: "user-groups", ...by });
    },
    disable: async (): Promise<void> => {
      await disableUser(db, id, Date.now());
      const by = { about: { ...ABOUT, channel: "command" as const }, by: "0123abcd", why: "" };
      await guard.command(await profile(), { kind: "user-changed", reason: "user-disabled", ...by });
    },
    enable: async (): Promise<void> => {
      await enableUser(db, id);
      const by = { about: { ...ABOUT, channel: "command" as const }, by: "0123abcd", why: "" };
      await guard.command(await profile(), { kind: "user-changed", reason: "user-enabled", ...by });
    },
  };
}

/** The answer of a guard whose user stays at its address. */
export function notMoved(outcome: CommandOutcome | "moved"): CommandOutcome {
  if (outcome === "moved") throw new Error("the user has another guard");
  return outcome;
}

type Named = {
  readonly kind?: DeviceIdKind;
  readonly userAgent?: string;
  readonly source?: string;
  readonly country?: string;
  /** The hash of the key for which the request asks a certificate. */
  readonly certificateKey?: string;
};

export type Owner = Awaited<ReturnType<typeof owner>>;

/** Applies a policy in D1; the guards are not told. */
export async function apply(policy: Partial<Policy>): Promise<{ readonly version: number; readonly policy: Policy }> {
  const basedOn = await currentVersion(db);
  const whole = { ...DEFAULT_POLICY, ...policy };
  await applyPolicy(db, basedOn, { at: Date.now(), by: "0123abcd", why: null, policy: whole, text: null });
  return { version: basedOn + 1, policy: whole };
}

export const enrolment = (changes: Partial<Policy["enrolment"]>) => ({
  enrolment: { ...DEFAULT_POLICY.enrolment, ...changes },
});
