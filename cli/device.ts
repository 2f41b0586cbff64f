// `postern device …`: lists devices, and decides about a single one. The gateway carries out each change, so it applies
// everywhere when the command returns.

import type { DeviceAnswer, DeviceChangedAnswer, WhyAnswer, WindowAnswer } from "../src/api/device-answers.ts";
import { certificatesText } from "./certificates.ts";
import { type Answer, type Context, table, whyOf } from "./command.ts";
import { contestsText, deviceText, keysText, listText } from "./device-text.ts";
import { durationIn } from "./duration.ts";
import { CliFault } from "./fault.ts";
import { ask, userPath } from "./gateway.ts";
import { noUpnText } from "./no-upn.ts";
import { deviceName, devicesOf } from "./partnerships.ts";
import { whyRequest } from "./why-request.ts";

/** A beginning of an id that says something. The gateway asks for as many. */
const LEAST_ID_CHARS = 4;
const MINUTE_MS = 60_000;

export async function list(context: Context): Promise<Answer> {
  const [given] = context.words;
  const { partnerships, contests } = await devicesOf(context, given === undefined ? undefined : userPath(given));
  const sorted = partnerships.toSorted(
    (a, b) => compare(a.user, b.user) || compare(a.firstSeenAt ?? "", b.firstSeenAt ?? ""),
  );
  // A refused id is in the same list, so that programs find it there.
  const refused = contests.map((contest) => ({ ...contest, state: "refused", reason: "device-of-another-user" }));
  return { text: listText(sorted, given) + contestsText(contests), json: [...sorted, ...refused] };
}

export async function show(context: Context): Promise<Answer> {
  const { user, device, holder, keys, judgement } = await explanationOf(context);
  if (holder !== null) {
    throw new CliFault(
      "notFound",
      `the device is ${device.id} of ${holder}`,
      `See: npm run postern -- device show ${holder} ${device.id}`,
    );
  }
  return { text: deviceText(user, device, judgement) + keysText(keys), json: { user, device, keys, judgement } };
}

/** `postern why`: of a request what it was refused for; of a device each step of the decision in the order of docs/devices.md. */
export async function why(context: Context): Promise<Answer> {
  if (context.options.request !== undefined) return whyRequest(context, context.options.request);
  const json = await explanationOf(context);
  const { user, upn, device, holder, judgement, steps } = json;
  const rows = steps.map(({ step, outcome, detail }) => [step, RESULTS[outcome], detail]);
  const { network } = device.source;
  const from = network === "unknown" ? "" : ` Taken to come from ${network}, as it did last.`;
  return {
    text: `${holder === null ? "" : `Named by ${user}: `}${device.id} of ${holder ?? user}, ${deviceName(device)}: ${VERDICTS[judgement.action]}, ${judgement.reason}.${from}

${table([["STEP", "RESULT", "BECAUSE"], ...rows])}

docs/devices.md says what each reason means and what to do about it.${noUpnText({ sipUri: user, upn })}`,
    json,
  };
}

export async function approve(context: Context): Promise<Answer> {
  const json = await decide(context, "approve");
  const { user, device } = json;
  const keys =
    json.keysWaiting === 0
      ? ""
      : `\n\nA key of it still waits for approval: npm run postern -- device approve-key ${user} ${device.id}`;
  return { text: `Approved ${named(user, device)}\n\n${afterApproval(device)}${keys}`, json };
}

export async function approveKey(context: Context): Promise<Answer> {
  const json = await changeKey(context, "approve-key");
  const { user, device } = json;
  const text = `Approved a key of ${named(user, device)}\n\nWithin a day the device may fetch a certificate for it, or for one other key from the same network. The person signs in again.`;
  return { text, json };
}

export async function resetKey(context: Context): Promise<Answer> {
  const json = await changeKey(context, "reset-key");
  const { user, device, revokeCertificates } = json;
  const one = context.words[2] !== undefined;
  const next = one
    ? ""
    : " The next key that comes with its app password is its first one: look at it with device show.";
  const text = `${one ? "Took a key from" : "Took all keys from"} ${named(user, device)}\n\nIt signs in again.${next}`;
  return { text: text + certificatesText(revokeCertificates), json };
}

async function changeKey(context: Context, verb: "approve-key" | "reset-key"): Promise<DeviceChangedAnswer> {
  const [, , key] = context.words;
  const body = { ...(key === undefined ? {} : { key }), ...whyIn(context) };
  return (await ask(context, { method: "POST", path: `${devicePath(context)}/${verb}`, body })) as DeviceChangedAnswer;
}

export async function block(context: Context): Promise<Answer> {
  const json = await decide(context, "block");
  const { user, device, revokeCertificates } = json;
  const password =
    device.credentialId === null ? "" : ` Its app password ${device.credentialId} opens nothing any more.`;
  const text = `Blocked ${named(user, device)}\n\nNothing more is served to it.${password}`;
  return { text: text + certificatesText(revokeCertificates), json };
}

export async function forget(context: Context): Promise<Answer> {
  const request = { method: "POST", path: `${forgottenPath(context)}/forget`, body: whyIn(context) } as const;
  const json = (await ask(context, request)) as DeviceChangedAnswer;
  const { user, device, revokeCertificates } = json;
  const until = device.state === "blocked" ? "" : " until it signs in anew";
  const text = `Forgot ${named(user, device)}\n\nNothing more is served to it${until}.${comingBack(json)}`;
  return { text: text + certificatesText(revokeCertificates), json };
}

export async function expect(context: Context): Promise<Answer> {
  const [given = "", credentialId, key = null] = context.words;
  const path = `/v1/users/${userPath(given)}/devices`;
  const body = { credentialId, key, ...whyIn(context) };
  const json = (await ask(context, { method: "POST", path, body })) as DeviceChangedAnswer;
  const { user, device } = json;
  const who = device.key === null ? "The first device that signs in" : `The device ${device.key}, when it signs in`;
  return {
    text: `Expected: ${device.id} of ${user}.\n\n${who} with the app password ${device.credentialId}, enrols approved, whatever the mode.`,
    json,
  };
}

export async function window(context: Context): Promise<Answer> {
  const { options } = context;
  const [given = ""] = context.words;
  if (options.close === true && options.for !== undefined) {
    throw new CliFault("usage", "--for and --close exclude each other", "Give one of them, or neither.");
  }
  const minutes = options.close === true ? 0 : minutesIn(options.for);
  const body = minutes === undefined ? {} : { minutes };
  const path = `/v1/users/${userPath(given)}/window`;
  const json = (await ask(context, { method: "POST", path, body })) as WindowAnswer;
  const { user, openUntil, mode } = json;
  const state =
    openUntil === null
      ? `The enrolment window of ${user} is closed.`
      : `New devices of ${user} may enrol until ${openUntil}.`;
  const idle = mode === "window" ? "" : `\n\nThe user's mode is "${mode}", in which a window changes nothing.`;
  return { text: state + idle, json };
}

const RESULTS = { passed: "passed", decided: "DECIDES", "not-reached": "-" } as const;
const VERDICTS = { allow: "served", discover: "discovery only", block: "refused", quarantine: "quarantined" } as const;

async function explanationOf(context: Context): Promise<WhyAnswer> {
  return (await ask(context, { method: "GET", path: `${devicePath(context)}/why` })) as WhyAnswer;
}

async function decide(context: Context, verb: "approve" | "block"): Promise<DeviceChangedAnswer> {
  const request = { method: "POST", path: `${devicePath(context)}/${verb}`, body: whyIn(context) } as const;
  return (await ask(context, request)) as DeviceChangedAnswer;
}

function devicePath({ words: [user = "", device = ""] }: Context): string {
  return pathTo(`/v1/users/${userPath(user)}/devices/`, device);
}

/** With one word it is the device's, whosever it is. */
function forgottenPath(context: Context): string {
  const [first = "", device] = context.words;
  return device === undefined ? pathTo("/v1/devices/", first) : devicePath(context);
}

function pathTo(path: string, device: string): string {
  if (device.length >= LEAST_ID_CHARS) return path + encodeURIComponent(device);
  throw new CliFault(
    "usage",
    `DEVICE ${JSON.stringify(device)} is too short`,
    `Give the id of the partnership, at least ${LEAST_ID_CHARS} characters of it, or the device's own id.`,
  );
}

const whyIn = (context: Context): { readonly why?: string } => {
  const why = whyOf(context);
  return why === null ? {} : { why };
};

function minutesIn(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const minutes = (durationIn(text) ?? 0) / MINUTE_MS;
  if (minutes >= 1) return minutes;
  throw new CliFault("usage", `--for ${JSON.stringify(text)} is not a time`, "Give 15m, 2h or 1d, at most 7d.");
}

const named = (user: string, device: DeviceAnswer): string => `${device.id} of ${user}, ${deviceName(device)}.`;

function afterApproval({ state, credentialId }: DeviceAnswer): string {
  if (state === "pending") return "It enrols when it comes.";
  if (credentialId === null) return "Its app password is revoked: it needs another before it is served again.";
  return "From now on it is let in, whatever the rules say.";
}

function comingBack({ user, device: { state, credentialId }, revokedPassword }: DeviceChangedAnswer): string {
  if (revokedPassword !== null) {
    return ` It was blocked, so its app password ${revokedPassword} is revoked and opens nothing any more.${UNBLOCKED}`;
  }
  if (state === "blocked") return ` It was blocked.${UNBLOCKED}`;
  if (credentialId === null) return "";
  return ` Its app password is live: the next device that comes with it may enrol as its new device. To prevent that:
npm run postern -- password revoke ${user} ${credentialId}`;
}

const UNBLOCKED = " The block is gone with it: with another app password of its user it may enrol like a new device.";

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
