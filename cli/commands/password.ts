// `postern password …`: the app passwords of users. The gateway makes them. A new one is printed once, and appears in
// no other output, argument or file.

import { command, excluding, flag, LIST, moment, span, text } from "../define.ts";
import { usage } from "../fault.ts";
import { userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { asking } from "../shapes.ts";
import { type Columns, listed } from "../text/answer.ts";
import { certificatesText, deviceName } from "../text/device.ts";

const DAY_MS = 86_400_000;
const END = { expires: moment("when it ends, such as 2027-01-31"), expiresIn: span("in how long it ends: 90d") };

const COLUMNS: Columns<A.PasswordAnswer> = {
  ...{ ID: "id", LABEL: "label", CREATED: "createdAt", ENDS: "expiresAt", "LAST USED": "lastUsedAt", STATE: stateOf },
};
const ENDING_COLUMNS: Columns<A.EndingPassword> = {
  ...{ USER: "user", ID: "id", LABEL: "label", ENDS: "expiresAt", "LAST USED": "lastUsedAt" },
};

export const list = command({
  help: "Of a user: all app passwords, revoked ones included. Never the passwords themselves.",
  words: ["[USER]"],
  options: { endsWithin: span("of all users, those that end in this time: 14d"), ...LIST },
  examples: ["password list alice@contoso.test", "password list --ends-within 14d --csv"],
  async run({ words: [user], options, api, now, progress }) {
    const { endsWithin } = options;
    if ((user === undefined) === (endsWithin === undefined)) {
      throw usage('"password list" needs USER or --ends-within', "Give one of them.");
    }
    if (user !== undefined) {
      const { items } = await api().get<A.PasswordsAnswer>(`${userPath(user)}/passwords`);
      return listed({ items, next: null }, COLUMNS, { empty: `${user} has no app passwords.` });
    }
    const expiresBefore = new Date(now() + (endsWithin ?? 0)).toISOString();
    const ending = await api().pages<A.EndingPassword>("/v1/passwords", { expiresBefore }, options, progress);
    return listed(ending, ENDING_COLUMNS, { empty: "No app password ends so soon." });
  },
});

export const create = asking({
  help: `The gateway makes it. No command can show it again. With --with-code it works only with the six digits of the
person's authenticator app behind it. That is for clients that ask each time, and not for phones.`,
  words: ["USER"],
  options: {
    label: text("text", `what it is for, such as "Alice's phone"; at most 100 characters`),
    withCode: flag("ask for a code of the authenticator app each time"),
    ...END,
  },
  examples: `password create alice@contoso.test --label phone
password create alice@contoso.test --label phone --expires-in 90d
password create alice@contoso.test --label desktop --with-code`,
  ask: "POST /v1/users/{USER}/passwords",
  body: ({ options: { withCode: code, ...rest } }) => ({ label: "", code, ...withEnd(rest) }),
  said: (json: A.MadePasswordAnswer) => shownOnce(json, `App password of ${json.user}`),
});

export const renew = asking({
  help: `Makes a new secret for the same app password and device. The one before stays good for a while beside it, so nobody is
cut off before the client has the new one. If somebody else may know the old one, revoke the app password instead.`,
  words: ["USER", "ID"],
  options: { oldFor: span("how long the secret before stays good: 1d to 30d (default 14d)"), ...END },
  examples: ["password renew alice@contoso.test p_3kq7x", "password renew alice@contoso.test p_3kq7x --old-for 2d"],
  ask: "POST /v1/users/{USER}/passwords/{ID}/renew",
  body: ({ options: { oldFor, ...rest } }) => ({ oldForDays: daysOf("--old-for", oldFor), ...withEnd(rest) }),
  said: (json: A.MadePasswordAnswer) => shownOnce(json, `New secret of the app password ${json.id} of ${json.user}`),
});

export const change = asking({
  words: ["USER", "ID"],
  options: { label: text("text", "what it is for"), ...END },
  examples: `password change alice@contoso.test p_3kq7x --label tablet
password change alice@contoso.test p_3kq7x --expires 2027-01-31`,
  least: "Give --label, --expires or --expires-in.",
  ask: "PATCH /v1/users/{USER}/passwords/{ID}",
  body: ({ options }) => withEnd(options),
  said: ({ id, label, expiresAt }: A.ChangedPassword, { words: [user] }) =>
    `${id} of ${user}: ${label || "no label"}, ${expiresAt === null ? "without an end" : `ends ${expiresAt}`}.`,
});

export const revoke = asking({
  help: `When the command returns, the gateway serves nothing more to a client that signed in with it. The user's other app
passwords stay good. The device may come back with another app password.`,
  words: ["USER", "ID"],
  examples: "password revoke alice@contoso.test p_3kq7x --why 'phone sold'",
  ask: "POST /v1/users/{USER}/passwords/{ID}/revoke",
  said({ user, revokedAt, device, revokeCertificates }: A.PasswordRevokedAnswer, { words: [, id] }) {
    const said = `${id} of ${user} is revoked since ${revokedAt}. Nothing more is served to who signed in with it.`;
    const bound =
      device === null
        ? ""
        : device.state === "pending"
          ? "\n\nNo device is expected with it any more."
          : `\n\nThe device ${device.id}, ${deviceName(device)}, may come back with another app password.`;
    return said + bound + certificatesText(revokeCertificates);
  },
});

function shownOnce(json: A.MadePasswordAnswer, what: string): string {
  const { user, id, password, asksCode, expiresAt, oldUntil = null, userDisabled } = json;
  const typed = asksCode
    ? "It asks for a code. Each time, type the six digits of the authenticator app directly behind it: xxxx-…-xxxx123456."
    : "It works with or without the hyphens.";
  const end = expiresAt === null ? "" : ` It ends ${expiresAt}.`;
  const old = oldUntil === null ? "" : ` The secret before stays good until ${oldUntil}.`;
  const disabled = userDisabled === true ? `\n\n${user} is disabled and cannot sign in with it yet.` : "";
  return `${what}, shown this once:

    ${password}

${typed}${end}${old} To revoke it: npx postern password revoke ${user} ${id}${disabled}`;
}

/** The options, with the end as the API takes it. */
function withEnd<O extends { readonly expires?: string; readonly expiresIn?: number }>(options: O) {
  const { expires: expiresAt, expiresIn, ...rest } = options;
  excluding("--expires and --expires-in", expiresAt, expiresIn);
  return { ...rest, expiresAt, expiresInDays: daysOf("--expires-in", expiresIn) };
}

function daysOf(option: string, ms: number | undefined): number | undefined {
  if (ms === undefined || ms % DAY_MS === 0) return ms === undefined ? ms : ms / DAY_MS;
  throw usage(`${option} counts whole days`, "Give 90d.");
}

function stateOf({ state, asksCode, revokedAt, runsOutSoon, oldUntil }: A.PasswordAnswer): string {
  if (state === "revoked") return `revoked ${revokedAt}`;
  if (state === "device-blocked") return "opens nothing: its device is blocked";
  const old = state === "live" && oldUntil !== null ? `, the secret before too until ${oldUntil}` : "";
  return state + (asksCode ? ", asks for a code" : "") + (runsOutSoon ? ", ends soon" : "") + old;
}
