// `postern admin invite`, `passkeys`, `sessions` and their like: how administrators sign in to the console.

import { path } from "../../src/core/text/api-address.ts";
import { everybody, idOf, isOf } from "../administrators.ts";
import { command, oneOf, text, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import type { Api } from "../reach/api.ts";
import { listed } from "../text/answer.ts";

const ROLES = ["viewer", "helpdesk", "admin"] as const;

export const invite = command({
  help: `The link works once, within 72 hours. A new one ends the one before. Somebody who is not an administrator yet is added,
with --role; the first administrator of a gateway gets the role admin without it.`,
  words: ["EMAIL"],
  options: {
    name: text("text", "of somebody new: what people call the administrator"),
    role: oneOf(ROLES, "of somebody new: what the administrator may do"),
    ...WHY,
  },
  examples: ["admin invite carol@contoso.com", "admin invite carol@contoso.com --name 'Carol Jones' --role helpdesk"],
  changes: true,
  async run({ words: [email], options, api }) {
    const all = await everybody(api());
    const known = all.find((each) => each.disabledAt === null && isOf(each, email));
    if (known !== undefined && (options.name !== undefined || options.role !== undefined)) {
      throw usage(
        `${known.email} is an administrator already, with the role ${known.role}`,
        "Leave --name and --role out. To change them: postern admin change.",
      );
    }
    const person = known ?? (await added(api(), { email, first: all.length === 0, ...options }));
    const { why } = options;
    const json = await api().post<A.InvitationAnswer>(path`/v1/administrators/${person.id}/invitation`, { why });
    return {
      text: `${known === undefined ? `Added ${person.name} <${person.email}>, ${person.role}. ` : ""}The link for ${person.email}, shown this once:

    ${json.link}

It works once, until ${json.expiresAt}. Give it to nobody else: the person who opens it acts as ${person.email} from then on.`,
      json: { ...json, administrator: person.id, email: person.email },
    };
  },
});

export const passkeys = command({
  words: ["ADMIN"],
  examples: ["admin passkeys carol@contoso.com", "admin passkeys a_4f6z"],
  async run({ words: [who], api }) {
    const id = await idOf(api(), who);
    const rows = await api().get<A.PasskeysAnswer>(path`/v1/administrators/${id}/passkeys`);
    return listed(
      rows,
      {
        ID: (row) => row.id,
        NAME: ({ name }) => name,
        "LAST USED": ({ lastUsedAt }) => lastUsedAt,
        CREATED: ({ createdAt }) => createdAt,
        SHARED: ({ deviceType }) => (deviceType === "multiDevice" ? "between devices" : "no"),
        STATE: ({ usable, rpId }) => (usable ? "usable" : `made for ${rpId}: works no more`),
      },
      { empty: "No passkeys. `postern admin invite` makes a link for the first one." },
    );
  },
});

export const removePasskey = command({
  help: "It ends every session of its owner, too.",
  words: ["ADMIN", "PASSKEY"],
  options: WHY,
  examples: ["admin remove-passkey carol@contoso.com m3xkQ0 --why 'lost phone'"],
  changes: true,
  async run({ words: [who, passkey], options, api }) {
    const id = await idOf(api(), who);
    const at = path`/v1/administrators/${id}/passkeys/${passkey}`;
    const json = await api().ask<A.SessionsEndedAnswer>("DELETE", at, options);
    return { text: `The passkey opens nothing any more. Sessions ended: ${json.sessionsEnded}.`, json };
  },
});

export const sessions = command({
  words: ["ADMIN"],
  examples: ["admin sessions carol@contoso.com"],
  async run({ words: [who], api }) {
    const id = await idOf(api(), who);
    const rows = await api().get<A.SessionsAnswer>(path`/v1/administrators/${id}/sessions`);
    return listed(
      rows,
      {
        ID: (row) => row.id,
        SINCE: ({ createdAt }) => createdAt,
        "LAST REQUEST": ({ seenAt }) => seenAt,
        ENDS: ({ expiresAt }) => expiresAt,
        BY: ({ how }) => how,
        FROM: ({ source }) => source,
        BROWSER: ({ userAgent }) => userAgent,
      },
      { empty: "Not signed in." },
    );
  },
});

export const signOut = command({
  words: ["ADMIN", "[SESSION]"],
  options: WHY,
  examples: [
    "admin sign-out carol@contoso.com",
    "admin sign-out carol@contoso.com s_4f6z --why 'left the browser open'",
  ],
  changes: true,
  async run({ words: [who, session], options, api }) {
    const id = await idOf(api(), who);
    const all = path`/v1/administrators/${id}/sessions`;
    const at = session === undefined ? all : path`/v1/administrators/${id}/sessions/${session}`;
    const json = await api().ask<A.SessionsEndedAnswer>("DELETE", at, options);
    return { text: `Sessions ended: ${json.sessionsEnded}.`, json };
  },
});

async function added(
  api: Api,
  given: {
    readonly email: string;
    readonly name?: string;
    readonly role?: string;
    readonly why?: string;
    readonly first: boolean;
  },
): Promise<A.AdministratorAnswer> {
  const { email, name = email, first, why } = given;
  const role = given.role ?? (first ? "admin" : undefined);
  if (role === undefined) {
    throw usage(
      `${email} is not an administrator, and a new one needs --role`,
      `Give --role ${ROLES.join("|")}, or check the address: postern admin list.`,
    );
  }
  return api.post<A.AdministratorAnswer>("/v1/administrators", { email, name, role, why });
}
