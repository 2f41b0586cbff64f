// `postern user set`: the UPN of a user, how the user's devices are judged where that differs from the policy, and how it is shown.

import type { UserChangedAnswer } from "../src/api/device-answers.ts";
import type { User } from "../src/store/directory.ts";
import { upnOf } from "../src/store/new-user.ts";
import { type Answer, type Context, isoTime, unusableName } from "./command.ts";
import { CliFault } from "./fault.ts";
import { ask, userPath } from "./gateway.ts";

/** The word that gives a setting back to the policy. */
const AS_THE_POLICY = "policy";

export async function set(context: Context): Promise<Answer> {
  const body = settingsIn(context);
  const path = `/v1/users/${userPath(context.words[0])}/settings`;
  const json = (await ask(context, { method: "POST", path, body })) as UserChangedAnswer;
  const { groups, enrolment, maxDevices, upn } = body;
  const lines = [
    ...(upn === undefined ? [] : [`  UPN: ${upn}, which is a name to sign in by as well`]),
    ...(groups === undefined ? [] : [`  groups: ${groupsText(groups)}`]),
    ...(enrolment === undefined ? [] : [`  enrolment: ${enrolment ?? AS_POLICY_SAYS}; an open window is closed`]),
    ...(maxDevices === undefined ? [] : [`  most devices: ${maxDevices ?? AS_POLICY_SAYS}`]),
  ];
  return { text: `${json.user} has from now on:\n${lines.join("\n")}`, json: { ...json, ...body } };
}

/** What is set of a user, as rows of a name and a value. */
export const settingsRows = ({ groups, enrolment, maxDevices, windowUntil }: User): readonly (readonly string[])[] => [
  ["  groups", groupsText(groups)],
  ["  enrolment", enrolment ?? AS_POLICY_SAYS],
  ["  most devices", maxDevices === null ? AS_POLICY_SAYS : String(maxDevices)],
  ["  enrolment window", windowUntil === null ? "none" : `until ${isoTime(windowUntil)}`],
];

/** The same, shorter, for the list of all users. */
export const settingsCells = ({ groups, enrolment, maxDevices }: User): readonly string[] => [
  groups.join(" ") || "-",
  enrolment ?? "-",
  maxDevices === null ? "-" : String(maxDevices),
];

/** The heads above {@link settingsCells}. */
export const SETTINGS_HEADS = ["GROUPS", "ENROLMENT", "MOST DEVICES"] as const;

const AS_POLICY_SAYS = "as the policy says";
const groupsText = (groups: readonly string[]): string => (groups.length === 0 ? "none" : groups.join(", "));

type Settings = {
  readonly upn?: string;
  readonly groups?: readonly string[];
  readonly enrolment?: string | null;
  readonly maxDevices?: number | null;
};

/** What is to be set. The gateway knows the modes and the limits. */
function settingsIn({ options }: Context): Settings {
  const { group, "no-groups": none, enrolment, "max-devices": most, upn } = options;
  if (group !== undefined && none === true) {
    throw new CliFault("usage", "--group and --no-groups exclude each other", "Give one of them, or neither.");
  }
  const groups = none === true ? [] : group;
  if (groups === undefined && enrolment === undefined && most === undefined && upn === undefined) {
    const fix = "Give --group, --enrolment, --max-devices or --upn.";
    throw new CliFault("usage", '"user set" needs something to set', fix);
  }
  const name = upn === undefined ? undefined : upnOf(upn);
  if (name?.ok === false) throw unusableName("--upn", upn ?? "", name.reason);
  return {
    ...(name === undefined ? {} : { upn: name.value.spelt }),
    ...(groups === undefined ? {} : { groups }),
    ...(enrolment === undefined ? {} : { enrolment: enrolment === AS_THE_POLICY ? null : enrolment }),
    ...(most === undefined ? {} : { maxDevices: most === AS_THE_POLICY ? null : countIn(most) }),
  };
}

function countIn(text: string): number {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new CliFault(
    "usage",
    `--max-devices ${JSON.stringify(text)} is not a number`,
    `Give a number from 0 to 100, or "${AS_THE_POLICY}".`,
  );
}
