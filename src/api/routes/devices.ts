// Users' devices: an administrator expects, approves, blocks, forgets or explains one. When a change is answered, it is
// in force and stands in D1 and in the audit.

import * as v from "valibot";
import { deviceIdOf } from "../../core/device/device-id.ts";
import { deviceKey, readDeviceWord } from "../../core/device/types.ts";
import { explain, judge } from "../../core/policy/decide.ts";
import { DEFAULT_POLICY } from "../../core/policy/read.ts";
import { actorOf } from "../../store/actors.ts";
import { openDatabase } from "../../store/database.ts";
import { listAppPasswords, subjectOf, type User } from "../../store/directory.ts";
import { currentPolicy } from "../../store/policies.ts";
import {
  commandProblem,
  deviceAnswer,
  deviceChangedBy,
  inquiryAnswer,
  keyAnswer,
  noLivePassword,
} from "../device-answer.ts";
import { type BareCommand, type Commanding, commandGuard, commanding, untilVerdictsAreOld } from "../devices.ts";
import { foreignInput, heldBy } from "../held-ids.ts";
import { type Done, done, operation } from "../operation.ts";
import { type Problem, problem } from "../problem.ts";
import { onlyWhy, userParams } from "../schemas/common.ts";
import {
  authorityAsked,
  type DeviceChangedAnswer,
  deviceChanged,
  deviceParams,
  deviceToExpect,
  deviceWhy,
  keyToDecide,
  type WhyAnswer,
  whyQuery,
} from "../schemas/devices.ts";
import { type StepsLanguage, stepsIn } from "../steps-said.ts";
import { knownUser } from "../users.ts";

const NOT_FOUND = ["no-such-user", "unusable-name", "no-such-device", "several-such-devices"] as const;

export const deviceOperations = [
  operation({
    ...{ id: "devices.expect", method: "POST", path: "/v1/users/{user}/devices", scope: "helpdesk" },
    summary: "Expects a device with an app password",
    params: userParams,
    body: deviceToExpect,
    answer: deviceChanged,
    problems: [
      ...["no-such-user", "unusable-name", "no-such-password"],
      ...["unusable-device", "password-has-a-device", "device-id-in-use"],
    ] as const,
    handle: async (call, { params, body }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const passwords = await listAppPasswords(openDatabase(call.env.DB), user.value.id);
      const live = passwords.find(({ id, revokedAt }) => id === body.credentialId && revokedAt === null);
      if (live === undefined) return noLivePassword;
      const key = body.key === null ? null : keyIn(body.key);
      if (key === undefined) return problem("unusable-device", DEVICE_IDS);
      const command = { kind: "expect", credentialId: live.id, key } as const;
      return deviceChangedBy(user.value, await commandGuard(commanding(call, body.why), user.value.id, command));
    },
  }),

  ...(["approve", "block"] as const).map((kind) =>
    operation({
      ...{ id: `devices.${kind}`, method: "POST", scope: "helpdesk" },
      path: `/v1/users/{user}/devices/{device}/${kind}`,
      summary: kind === "approve" ? "Lets a device in" : "Blocks a device, and ends what it has open",
      params: deviceParams,
      body: onlyWhy,
      answer: deviceChanged,
      problems: NOT_FOUND,
      handle: (call, { params: { user, device }, body }) => change(commanding(call, body.why), user, { kind, device }),
    }),
  ),

  ...(["approve-key", "reset-key"] as const).map((kind) =>
    operation({
      ...{ id: `devices.${kind}`, method: "POST", scope: "helpdesk" },
      path: `/v1/users/{user}/devices/{device}/${kind}`,
      summary: kind === "approve-key" ? "Lets a further key of a device in" : "Ends a key of a device",
      params: deviceParams,
      body: keyToDecide,
      answer: deviceChanged,
      problems: [...NOT_FOUND, "no-such-key", "several-such-keys"],
      handle: (call, { params: { user, device }, body: { key, why } }) =>
        change(commanding(call, why), user, { kind, device, key }),
    }),
  ),

  operation({
    ...{ id: "devices.ask-authority", method: "POST", scope: "helpdesk" },
    path: "/v1/users/{user}/devices/{device}/ask-authority",
    summary: "Has the organisation's authority asked about a device, now",
    description:
      "It is answered when the authority has answered, or after two seconds. The device is judged by the answer from then on.",
    params: deviceParams,
    body: onlyWhy,
    answer: authorityAsked,
    problems: [...NOT_FOUND, "no-authority"],
    handle: async (call, { params, body }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const by = commanding(call, body.why);
      const outcome = await commandGuard(by, user.value.id, { kind: "ask-authority", device: params.device });
      if (!outcome.ok) return commandProblem(outcome.reason);
      const { partnership, judgement, unchanged, inquiry, silence = "allow" } = outcome.value;
      if (partnership === undefined || judgement === undefined) return commandProblem("no-such-device");
      if (unchanged !== true) await untilVerdictsAreOld();
      return done({
        ...{ user: user.value.sipUri, device: deviceAnswer(partnership), judgement },
        inquiry: inquiryAnswer(inquiry, { configured: true, silence }),
      });
    },
  }),

  operation({
    ...{ id: "devices.forget", method: "POST", scope: "helpdesk" },
    path: "/v1/users/{user}/devices/{device}/forget",
    summary: "Forgets a device, so that its id is free",
    params: deviceParams,
    body: onlyWhy,
    answer: deviceChanged,
    problems: NOT_FOUND,
    handle: async (call, { params, body }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const { device } = params;
      const by = commanding(call, body.why);
      const outcome = await commandGuard(by, user.value.id, { kind: "forget", device });
      // Finds the other user to whom a device id belongs. The id of a partnership is not looked up here: an
      // administrator who gives one means the user in the path.
      if (!outcome.ok && outcome.reason === "no-such-device" && !isPartnership(device)) {
        return forgetWhoever(by, device);
      }
      if (outcome.ok) await untilVerdictsAreOld();
      return deviceChangedBy(user.value, outcome);
    },
  }),

  operation({
    ...{ id: "devices.forget-any", method: "POST", path: "/v1/devices/{device}/forget", scope: "helpdesk" },
    summary: "Forgets the device with that id, whichever user has it",
    params: v.strictObject({ device: deviceParams.entries.device }),
    body: onlyWhy,
    answer: deviceChanged,
    problems: ["no-such-device", "several-such-devices"],
    handle: async (call, { params, body }) => forgetWhoever(commanding(call, body.why), params.device),
  }),

  operation({
    ...{ id: "devices.why", method: "GET", path: "/v1/users/{user}/devices/{device}/why", scope: "read" },
    summary: "Explains what the policy says of a device, step by step",
    params: deviceParams,
    query: whyQuery,
    answer: deviceWhy,
    problems: NOT_FOUND,
    handle: async (call, { params, query: { language } }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const { device } = params;
      const by = commanding(call, "");
      const outcome = await commandGuard(by, user.value.id, { kind: "explain", device });
      if (!outcome.ok && outcome.reason === "no-such-device" && !isPartnership(device)) {
        return explainOfAnother(by, user.value, device, language);
      }
      if (!outcome.ok) return commandProblem(outcome.reason);
      const { partnership, judgement, steps = [], keys = [], silence = "allow" } = outcome.value;
      if (partnership === undefined || judgement === undefined) return commandProblem("no-such-device");
      const { sipUri, upn } = user.value;
      const decider = await actorOf(openDatabase(call.env.DB), partnership.decidedBy);
      const shown = { device: deviceAnswer(partnership), decider, holder: null, keys: keys.map(keyAnswer) };
      const configured = call.config.authority !== undefined;
      const inquiry = inquiryAnswer(outcome.value.inquiry, { configured, silence });
      const said = await stepsIn(language, steps);
      return done({ user: sipUri, upn, ...shown, inquiry, judgement, steps: said } satisfies WhyAnswer);
    },
  }),
];

/** Gives a command to the named user's guard. When this returns, nothing is served to a device that was shut out. */
async function change(
  by: Commanding,
  name: string,
  command: BareCommand,
): Promise<Done<DeviceChangedAnswer> | Problem> {
  const user = await knownUser(by.call.env, name);
  if (!user.ok) return user;
  const outcome = await commandGuard(by, user.value.id, command);
  const opens = command.kind === "approve" || command.kind === "approve-key";
  if (outcome.ok && !opens) await untilVerdictsAreOld();
  return deviceChangedBy(user.value, outcome);
}

/** Forgets the device with that id, whichever user it belongs to. */
async function forgetWhoever(by: Commanding, device: string): Promise<Done<DeviceChangedAnswer> | Problem> {
  const held = await heldBy(by, device);
  if (!held.ok) return commandProblem(held.reason);
  const { owner, id } = held.value;
  const outcome = await commandGuard(by, owner.id, { kind: "forget", device: id });
  if (outcome.ok) await untilVerdictsAreOld();
  return deviceChangedBy(owner, outcome);
}

/** Explains why a user is refused with another user's device id. */
async function explainOfAnother(
  by: Commanding,
  user: User,
  device: string,
  language: StepsLanguage,
): Promise<Done<WhyAnswer> | Problem> {
  const held = await heldBy(by, device);
  if (!held.ok) return commandProblem(held.reason);
  const { owner, partnership } = held.value;
  const policy = (await currentPolicy(openDatabase(by.call.env.DB)))?.policy ?? DEFAULT_POLICY;
  const decider = await actorOf(openDatabase(by.call.env.DB), partnership.decidedBy);
  const input = foreignInput(policy, subjectOf(user), partnership);
  return done({
    ...{ user: user.sipUri, upn: user.upn, device: deviceAnswer(partnership), decider },
    ...{ holder: owner.sipUri, keys: [] },
    inquiry: inquiryAnswer(undefined, {
      configured: by.call.config.authority !== undefined,
      silence: policy.devices.authoritySilence,
    }),
    ...{ judgement: judge(input), steps: await stepsIn(language, explain(input)) },
  });
}

const isPartnership = (word: string): boolean => word.startsWith("d_");

const DEVICE_IDS = 'A device is named by its id with the kind before it: "endpoint:…" (UCWA) or "device:…" (CertProv).';

function keyIn(word: string): string | undefined {
  const { kind, id: text } = readDeviceWord(word);
  const id = kind && deviceIdOf(kind, text);
  return id && deviceKey(id);
}
