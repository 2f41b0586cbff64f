// Everything that a person's page shows, asked for at once. A part that cannot be read does not take the others with
// it.

import type { ProblemAnswer } from "../../api/problem.ts";
import type { AuditEventsAnswer } from "../../api/schemas/audit.ts";
import type { DeviceAnswer, DeviceKeyAnswer } from "../../api/schemas/devices.ts";
import type { WholeUserAnswer } from "../../api/schemas/directory.ts";
import type { UserInvitationsAnswer } from "../../api/schemas/invitations.ts";
import type { UserLocksAnswer } from "../../api/schemas/locks.ts";
import type { PasswordsAnswer } from "../../api/schemas/passwords.ts";
import type { ContestAnswer, PolicyAnswer } from "../../api/schemas/policy.ts";
import type { PortalOfUserAnswer } from "../../api/schemas/portal.ts";
import { path } from "../../core/text/api-address.ts";
import type { Outcome } from "../api.ts";
import type { View } from "../site.ts";
import { devicePath, personPath } from "./parts.tsx";

/** More than a person has; the page of all devices has the rest. */
const MAX_DEVICES = 100;
const EVENTS = 10;
const CONTESTS = 5;
/** Each of their devices is asked at the guard for keys that wait. Only desktops have certificates. */
const MAX_ASKED_FOR_KEYS = 10;

/** A person whole. */
export type Person = {
  readonly user: WholeUserAnswer;
  readonly passwords: Outcome<PasswordsAnswer>;
  readonly invitations: Outcome<UserInvitationsAnswer>;
  readonly portal: Outcome<PortalOfUserAnswer>;
  readonly devices: Outcome<{ readonly items: readonly DeviceAnswer[] }>;
  /** The devices of which a key waits for approval. */
  readonly waitingKeys: ReadonlySet<string>;
  readonly contests: readonly ContestAnswer[];
  readonly locks: Outcome<UserLocksAnswer>;
  readonly events: Outcome<AuditEventsAnswer>;
  readonly policy: PolicyAnswer["policy"] | undefined;
};

/** Reads a person, by id or any name. */
export async function readPerson({ api }: View, id: string): Promise<Person | ProblemAnswer> {
  const at = `/v1${personPath(id)}`;
  const [user, passwords, invitations, portal, devices, contests, locks, events, policy] = await Promise.all([
    api.get<WholeUserAnswer>(at),
    api.get<PasswordsAnswer>(`${at}/passwords`),
    api.get<UserInvitationsAnswer>(`${at}/invitations`),
    api.get<PortalOfUserAnswer>(`${at}/portal`),
    api.get<{ readonly items: readonly DeviceAnswer[] }>("/v1/devices", { user: id, limit: MAX_DEVICES }),
    api.get<{ readonly items: readonly ContestAnswer[] }>("/v1/devices/contests", { user: id, limit: CONTESTS }),
    api.get<UserLocksAnswer>(path`/v1/locks/users/${id}`),
    api.get<AuditEventsAnswer>("/v1/audit", { user: id, limit: EVENTS }),
    api.get<PolicyAnswer>("/v1/policy"),
  ]);
  if (!user.ok) return user;
  const desktops = (devices.ok ? devices.value.items : []).filter(({ key }) => key?.startsWith("device:") === true);
  const keys = await Promise.all(
    desktops
      .slice(0, MAX_ASKED_FOR_KEYS)
      .map((device) =>
        api.get<{ readonly keys: readonly DeviceKeyAnswer[] }>(`/v1${devicePath(user.value.id, device.id)}`),
      ),
  );
  const waiting = desktops.filter((_, at) => {
    const asked = keys[at];
    return asked?.ok === true && asked.value.keys.some(({ state }) => state === "waiting");
  });
  return {
    ...{ user: user.value, passwords, invitations, portal, locks, events },
    devices: devices.ok ? { ...devices, value: { items: devices.value.items.toSorted(lastSeenFirst) } } : devices,
    waitingKeys: new Set(waiting.map((device) => device.id)),
    contests: contests.ok ? contests.value.items.filter((each) => each.user === user.value.sipUri) : [],
    policy: policy.ok ? policy.value.policy : undefined,
  };
}

const lastSeenFirst = (a: DeviceAnswer, b: DeviceAnswer): number => b.lastSeenAt.localeCompare(a.lastSeenAt);

/** How a new device of a person enrols now. Undefined when the policy could not be read. */
export function enrolmentOf({ user, policy }: Pick<Person, "user" | "policy">, now: number) {
  const mode = user.enrolment ?? policy?.enrolment.mode;
  const open = user.windowUntil !== null && Date.parse(user.windowUntil) > now;
  return { mode, isShut: mode === "window" && !open, minutes: policy?.enrolment.windowMinutes ?? 15 };
}

/** The devices that wait for somebody, the one last seen first. */
export const waitingDevices = ({ devices }: Pick<Person, "devices">): readonly DeviceAnswer[] =>
  devices.ok ? devices.value.items.filter(({ state }) => state === "quarantined") : [];
