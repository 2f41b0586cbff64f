// `postern password …`: the app passwords of users. The gateway makes them. A new one is printed once, and appears in
// no other output, argument or file.

import { command, LIST, moment, span, text, WHY } from "../define.ts";
import { CliFault, usage } from "../fault.ts";
import { userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { path } from "../reach/api.ts";
import { type Answer, type Columns, listed } from "../text/answer.ts";
import { certificatesText } from "../text/certificates.ts";
import { deviceName } from "../text/device.ts";

const DAY_MS = 86_400_000;

const COLUMNS: Columns<A.PasswordAnswer> = {
  ID: ({ id }) => id,
  LABEL: ({ label }) => label,
  CREATED: ({ createdAt }) => createdAt,
  ENDS: ({ expiresAt }) => expiresAt,
  "LAST USED": ({ lastUsedAt }) => lastUsedAt,
  STATE: stateOf,
};

export const list = command({
  help: "Of a user: all app passwords, revoked ones included. Never the passwords themselves.",
  words: ["[USER]"],
  options: { endsWithin: span("of all users, those that end in this time: 14d"), ...LIST },
  examples: ["password list alice@contoso.test", "password list --ends-within 14d --csv"],
  async run({ words: [user], options, api, now }) {
    const { endsWithin } = options;
    if ((user === undefined) === (endsWithin === undefined)) {
      throw usage('"password list" needs USER or --ends-within', "Give one of them.");
    }
    if (user !== undefined) {
      const { items } = await api().get<A.PasswordsAnswer>(`${userPath(user)}/passwords`);
      return listed({ items, next: null }, COLUMNS, { empty: `${user} has no app passwords.` });
    }
    const expiresBefore = new Date(now() + (endsWithin ?? 0)).toISOString();
    const ending = await api().pages<A.EndingPassword>("/v1/passwords", { expiresBefore }, options);
    const columns: Columns<A.EndingPassword> = {
      USER: (one) => one.user,
      ID: ({ id }) => id,
      LABEL: ({ label }) => label,
      ENDS: ({ expiresAt }) => expiresAt,
      "LAST USED": ({ lastUsedAt }) => lastUsedAt,
    };
    return listed(ending, columns, { empty: "No app password ends so soon." });
  },
});

const END = {
  expires: moment("when it ends, such as 2027-01-31"),
  expiresIn: span("in how long it ends: 90d"),
};

export const create = command({
  help: "The gateway makes it. It is stored nowhere, and no command can show it again.",
  words: ["USER"],
  options: { label: text("text", `what it is for, such as "Alice's phone"; at most 100 characters`), ...END, ...WHY },
  examples: [
    "password create alice@contoso.test --label phone",
    "password create alice@contoso.test --label phone --expires-in 90d",
  ],
  changes: true,
  async run({ words: [user], options, api }) {
    const { label = "", why } = options;
    const body = { label, ...endIn(options), why };
    const json = await api().post<A.MadePasswordAnswer>(`${userPath(user)}/passwords`, body);
    return shownOnce(json, `App password of ${json.user}`);
  },
});

export const renew = command({
  help: `Makes a new secret for the same app password and device. The one before stays good for a while beside it, so nobody is
cut off before the client has the new one. If somebody else may know the old one, revoke the app password instead.`,
  words: ["USER", "ID"],
  options: { oldFor: span("how long the secret before stays good: 1d to 30d (default 14d)"), ...END, ...WHY },
  examples: ["password renew alice@contoso.test p_3kq7x", "password renew alice@contoso.test p_3kq7x --old-for 2d"],
  changes: true,
  async run({ words: [user, id], options, api }) {
    const { oldFor, why } = options;
    const oldForDays = oldFor === undefined ? undefined : daysOf("--old-for", oldFor);
    const json = await api().post<A.MadePasswordAnswer>(`${passwordPath(user, id)}/renew`, {
      oldForDays,
      ...endIn(options),
      why,
    });
    return shownOnce(json, `New secret of the app password ${id} of ${json.user}`);
  },
});

export const change = command({
  words: ["USER", "ID"],
  options: { label: text("text", "what it is for"), ...END, ...WHY },
  examples: [
    "password change alice@contoso.test p_3kq7x --label tablet",
    "password change alice@contoso.test p_3kq7x --expires 2027-01-31",
  ],
  changes: true,
  async run({ words: [user, id], options, api }) {
    const { label, why } = options;
    const end = endIn(options);
    if (label === undefined && Object.keys(end).length === 0) {
      throw usage("there is nothing to change", "Give --label, --expires or --expires-in.");
    }
    const json = await api().patch<A.ChangedPassword>(passwordPath(user, id), { label, ...end, why });
    const { expiresAt } = json;
    return {
      text: `${id} of ${user}: ${json.label || "no label"}, ${expiresAt === null ? "without an end" : `ends ${expiresAt}`}.`,
      json,
    };
  },
});

export const revoke = command({
  help: `When the command returns, the gateway serves nothing more to a client that signed in with it. The user's other app
passwords stay good. The device may come back with another app password.`,
  words: ["USER", "ID"],
  options: WHY,
  examples: ["password revoke alice@contoso.test p_3kq7x --why 'phone sold'"],
  changes: true,
  async run({ words: [given, id], options, api }) {
    const json = await api().post<A.PasswordRevokedAnswer>(`${passwordPath(given, id)}/revoke`, options);
    const { user, revokedAt, device, revokeCertificates } = json;
    const text = `${id} of ${user} is revoked since ${revokedAt}. Nothing more is served to who signed in with it.`;
    const bound =
      device === null
        ? ""
        : device.state === "pending"
          ? "\n\nNo device is expected with it any more."
          : `\n\nThe device ${device.id}, ${deviceName(device)}, may come back with another app password.`;
    return { text: text + bound + certificatesText(revokeCertificates), json };
  },
});

function shownOnce(json: A.MadePasswordAnswer, what: string): Answer {
  const { user, id, password, expiresAt, oldUntil = null, userDisabled } = json;
  const end = expiresAt === null ? "" : ` It ends ${expiresAt}.`;
  const old = oldUntil === null ? "" : ` The secret before stays good until ${oldUntil}.`;
  const disabled = userDisabled === true ? `\n\n${user} is disabled and cannot sign in with it yet.` : "";
  return {
    text: `${what}, shown this once:

    ${password}

It works with or without the hyphens.${end}${old} To revoke it: npx postern password revoke ${user} ${id}${disabled}`,
    json,
  };
}

function endIn({ expires, expiresIn }: { readonly expires?: string; readonly expiresIn?: number }) {
  if (expires !== undefined && expiresIn !== undefined) {
    throw usage("--expires and --expires-in exclude each other", "Give one of them, or neither.");
  }
  if (expiresIn === undefined) return expires === undefined ? {} : { expiresAt: expires };
  return { expiresInDays: daysOf("--expires-in", expiresIn) };
}

function daysOf(option: string, ms: number): number {
  if (ms % DAY_MS === 0) return ms / DAY_MS;
  throw usage(`${option} counts whole days`, "Give 90d.");
}

/** A text that cannot be an id belongs to nobody. */
function passwordPath(user: string, id: string): string {
  if (/^\w+$/.test(id)) return `${userPath(user)}${path`/passwords/${id}`}`;
  throw new CliFault(
    "notFound",
    `${user} has no app password ${JSON.stringify(id)}`,
    `See: npx postern password list ${user}`,
  );
}

function stateOf({ state, revokedAt }: A.PasswordAnswer): string {
  switch (state) {
    case "revoked":
      return `revoked ${revokedAt}`;
    case "device-blocked":
      return "opens nothing: its device is blocked";
    default:
      return state;
  }
}
