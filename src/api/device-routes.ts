// The routes for users, their app passwords and their devices. When a change is answered, it is in force, and it is in
// the audit and in D1.

import type { Hono } from "hono";
import { deviceIdOf } from "../core/device/device-id.ts";
import type { Partnership } from "../core/device/partnership.ts";
import { deviceIdIn, deviceKey, readDeviceWord } from "../core/device/types.ts";
import { explain, judge } from "../core/policy/decide.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";
import { printable } from "../core/text/printable.ts";
import type { CommandFault, CommandOutcome } from "../guards/device-command.ts";
import type { SeenKey } from "../guards/device-key.ts";
import { openDatabase } from "../store/database.ts";
import { listAppPasswords, subjectOf, type User } from "../store/directory.ts";
import { currentPolicy } from "../store/policies.ts";
import type { Call } from "./call.ts";
import { revokeCertificates } from "./certificates.ts";
import type {
  DeviceAnswer,
  DeviceChangedAnswer,
  DeviceKeyAnswer,
  PasswordRevokedAnswer,
  UserChangedAnswer,
  WhyAnswer,
  WindowAnswer,
} from "./device-answers.ts";
import {
  type Commanding,
  changeSettings,
  commandGuard,
  revokePassword,
  switchUser,
  untilVerdictsAreOld,
} from "./devices.ts";
import { foreignInput, heldBy } from "./held-ids.ts";
import { problemResponse } from "./problem.ts";
import { answer, bodyOf, type CallContext, error } from "./respond.ts";
import { readChange, readSettings, reasonOf } from "./settings.ts";
import { knownUser } from "./users.ts";
import { MAX_WHY_CHARS } from "./why.ts";

const MAX_BODY_BYTES = 16 * 1024;

type Given = { readonly by: Commanding; readonly user: User; readonly body: Readonly<Record<string, unknown>> };

/** Adds the routes. */
export function deviceRoutes(routes: Hono<{ Bindings: Call }>): void {
  for (const to of ["disabled", "enabled"] as const) {
    const verb = to === "disabled" ? "disable" : "enable";
    routes.post(`/v1/users/:name/${verb}`, (c) =>
      withUser(c, async ({ by, user }) => {
        const changed = await switchUser(by, user.id, to);
        if (to === "disabled") await untilVerdictsAreOld();
        return answer({ user: user.sipUri, changed } satisfies UserChangedAnswer);
      }),
    );
  }

  routes.post("/v1/users/:name/settings", (c) =>
    withUser(c, async ({ by, user, body }) => {
      const change = readChange(body, Date.now());
      if (!change.ok) return error(400, "bad-settings", change.reason);
      const changed = await changeSettings(by, user, change.value, reasonOf(change.value));
      if (!changed.ok)
        return error(409, changed.reason, "The UPN is another user's name already. Nothing was changed.");
      if (change.value.settings.groups !== undefined) await untilVerdictsAreOld(); // rules read them
      return answer({ user: user.sipUri, changed: true } satisfies UserChangedAnswer);
    }),
  );

  routes.post("/v1/users/:name/passwords/:id/revoke", (c) =>
    withUser(c, async ({ by, user }) => {
      const id = c.req.param("id") ?? "";
      const revoked = await revokePassword(by, user.id, id);
      if (revoked === undefined) return error(404, "no-such-password", "The user has no app password of that id.");
      const { revokedAt, outcome } = revoked;
      await untilVerdictsAreOld();
      const bound = outcome.ok ? outcome.value.partnership : undefined;
      const device = bound === undefined ? null : deviceAnswer(bound);
      const at = new Date(revokedAt).toISOString();
      return answer({
        ...{ user: user.sipUri, id, revokedAt: at, device },
        revokeCertificates: certificatesOf(user, bound),
      } satisfies PasswordRevokedAnswer);
    }),
  );

  routes.post("/v1/users/:name/window", (c) =>
    withUser(c, async ({ by, user, body }) => {
      const policy = (await currentPolicy(openDatabase(c.env.env.DB)))?.policy ?? DEFAULT_POLICY;
      const now = Date.now();
      const settings = readSettings({ windowMinutes: body.minutes ?? policy.enrolment.windowMinutes }, now);
      if (!settings.ok) return error(400, "bad-settings", settings.reason);
      await changeSettings(by, user, { settings: settings.value }, reasonOf({ settings: settings.value }));
      const { windowUntil: until = null } = settings.value;
      const openUntil = until === null || until <= now ? null : new Date(until).toISOString();
      const mode = user.enrolment ?? policy.enrolment.mode;
      return answer({ user: user.sipUri, openUntil, mode } satisfies WindowAnswer);
    }),
  );

  routes.post("/v1/users/:name/devices", (c) =>
    withUser(c, async ({ by, user, body }) => {
      const { credentialId, key } = body;
      const passwords = await listAppPasswords(openDatabase(c.env.env.DB), user.id);
      const live = passwords.find(({ id, revokedAt }) => id === credentialId && revokedAt === null);
      if (live === undefined) return error(404, "no-such-password", NO_LIVE_PASSWORD);
      const wanted = key == null ? null : keyIn(key);
      if (wanted === undefined) return error(400, "unusable-device", DEVICE_IDS);
      const outcome = await commandGuard(by, user.id, { kind: "expect", credentialId: live.id, key: wanted });
      return changed(user, outcome);
    }),
  );

  for (const kind of ["approve", "block"] as const) {
    routes.post(`/v1/users/:name/devices/:device/${kind}`, (c) =>
      withUser(c, async ({ by, user }) => {
        const outcome = await commandGuard(by, user.id, { kind, device: c.req.param("device") ?? "" });
        if (outcome.ok && kind !== "approve") await untilVerdictsAreOld();
        return changed(user, outcome);
      }),
    );
  }

  routes.post("/v1/users/:name/devices/:device/forget", (c) =>
    withUser(c, async ({ by, user }) => {
      const device = c.req.param("device") ?? "";
      const outcome = await commandGuard(by, user.id, { kind: "forget", device });
      // The id that keeps a user's device out belongs to another user. The id of a partnership does not count: an
      // administrator who gives one means that user.
      if (!outcome.ok && outcome.reason === "no-such-device" && !isPartnership(device))
        return forgetWhoever(by, device);
      if (outcome.ok) await untilVerdictsAreOld();
      return changed(user, outcome);
    }),
  );

  routes.post("/v1/devices/:device/forget", (c) => withBody(c, (by) => forgetWhoever(by, c.req.param("device") ?? "")));

  routes.get("/v1/users/:name/devices/:device/why", (c) =>
    withUser(c, async ({ by, user }) => {
      const device = c.req.param("device") ?? "";
      const outcome = await commandGuard(by, user.id, { kind: "explain", device });
      if (!outcome.ok && outcome.reason === "no-such-device" && !isPartnership(device)) {
        return explainOfAnother(by, user, device);
      }
      if (!outcome.ok) return faultAnswer(outcome.reason);
      const { partnership, judgement, steps = [] } = outcome.value;
      const keys = (outcome.value.keys ?? []).map(keyAnswer);
      if (partnership === undefined || judgement === undefined) return faultAnswer("no-such-device");
      const { sipUri, upn } = user;
      const explained = { user: sipUri, upn, device: deviceAnswer(partnership), holder: null, keys, judgement, steps };
      return answer(explained satisfies WhyAnswer);
    }),
  );
}

/** Reads whose data is meant, what is given and why. Answers the request itself when something cannot be read. */
async function withUser(c: CallContext, act: (given: Given) => Promise<Response>): Promise<Response> {
  const user = await knownUser(c.env.env, c.req.param("name") ?? "");
  if (!user.ok) return problemResponse(user, c.env.requestId);
  return withBody(c, (by, body) => act({ by, user: user.value, body }));
}

/** Reads what is given and why. */
async function withBody(
  c: CallContext,
  act: (by: Commanding, body: Given["body"]) => Promise<Response>,
): Promise<Response> {
  const body = await bodyOf(c.req.raw, MAX_BODY_BYTES);
  if (body === undefined) return error(400, "unusable-body", "The body must be a JSON object, in UTF-8 and short.");
  const { why = "" } = body;
  if (typeof why !== "string" || why.length > MAX_WHY_CHARS) {
    return error(400, "unusable-body", `"why" must be a text of at most ${MAX_WHY_CHARS} characters.`);
  }
  return act({ call: c.env, why: printable(why.trim(), MAX_WHY_CHARS) }, body);
}

/** Forgets the device of that id, whoever it belongs to. */
async function forgetWhoever(by: Commanding, device: string): Promise<Response> {
  const held = await heldBy(by, device);
  if (!held.ok) return faultAnswer(held.reason);
  const { owner, id } = held.value;
  const outcome = await commandGuard(by, owner.id, { kind: "forget", device: id });
  if (outcome.ok) await untilVerdictsAreOld();
  return changed(owner, outcome);
}

/** Why a user is refused with the id of another user's device. */
async function explainOfAnother(by: Commanding, user: User, device: string): Promise<Response> {
  const held = await heldBy(by, device);
  if (!held.ok) return faultAnswer(held.reason);
  const { owner, partnership } = held.value;
  const policy = (await currentPolicy(openDatabase(by.call.env.DB)))?.policy ?? DEFAULT_POLICY;
  const input = foreignInput(policy, subjectOf(user), partnership);
  const explained = {
    user: user.sipUri,
    upn: user.upn,
    device: deviceAnswer(partnership),
    holder: owner.sipUri,
    keys: [],
  };
  return answer({ ...explained, judgement: judge(input), steps: explain(input) } satisfies WhyAnswer);
}

const keyAnswer = ({ hash, network, firstSeenAt, lastSeenAt, endsAt }: SeenKey): DeviceKeyAnswer => ({
  ...{ hash, network },
  firstSeenAt: new Date(firstSeenAt).toISOString(),
  lastSeenAt: new Date(lastSeenAt).toISOString(),
  endsAt: new Date(endsAt).toISOString(),
});

const isPartnership = (word: string): boolean => word.startsWith("d_");

const NO_LIVE_PASSWORD = "The user has no live app password of that id.";
const DEVICE_IDS = 'A device is named by its id with the kind before it: "endpoint:…" (UCWA) or "device:…" (CertProv).';

function keyIn(value: unknown): string | undefined {
  const { kind, id: text } = readDeviceWord(typeof value === "string" ? value : "");
  const id = kind && deviceIdOf(kind, text);
  return id && deviceKey(id);
}

function changed(user: User, outcome: CommandOutcome): Response {
  if (!outcome.ok) return faultAnswer(outcome.reason);
  const { partnership } = outcome.value;
  if (partnership === undefined) return faultAnswer("no-such-device");
  return answer({
    user: user.sipUri,
    device: deviceAnswer(partnership),
    revokeCertificates: certificatesOf(user, partnership),
    revokedPassword: outcome.value.revokedPassword ?? null,
  } satisfies DeviceChangedAnswer);
}

/** The command that ends a device's certificates; null where it has none. */
const certificatesOf = ({ sipUri }: User, partnership: Partnership | undefined): string | null =>
  partnership?.key != null && deviceIdIn(partnership.key).kind === "device" ? revokeCertificates(sipUri) : null;

function faultAnswer(reason: CommandFault): Response {
  switch (reason) {
    case "no-such-device":
      return error(404, "no-such-device", "The user has no such device.");
    case "several-such-devices":
      return error(
        409,
        "several-such-devices",
        "Several devices have such an id: give the whole of it, or the partnership's.",
      );
    case "no-such-password":
      return error(404, "no-such-password", NO_LIVE_PASSWORD);
    case "password-has-a-device":
      return error(409, "password-has-a-device", "A device is bound to this app password already.");
    case "device-id-in-use":
      return error(409, "device-id-in-use", "A device of that id is somebody's already: forget it there.");
  }
}

/** A partnership as the API shows it. */
export function deviceAnswer(partnership: Partnership): DeviceAnswer {
  const { decidedAt, firstSeenAt, lastSeenAt, ...rest } = partnership;
  const iso = (ms: number): string => new Date(ms).toISOString();
  return { ...rest, decidedAt: iso(decidedAt), firstSeenAt: iso(firstSeenAt), lastSeenAt: iso(lastSeenAt) };
}
