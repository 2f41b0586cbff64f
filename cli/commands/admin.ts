// `postern admin …`: the people who administrate Postern, and what each may do.

import { idOf } from "../administrators.ts";
import { command, excluding, flag, LIST, oneOf, text, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { path } from "../reach/api.ts";
import { listed } from "../text/answer.ts";

const ROLES = ["viewer", "helpdesk", "admin"] as const;
const PROFILE = {
  name: text("text", "what people call the administrator"),
  role: oneOf(ROLES, "what the administrator may do"),
};

const said = ({ id, name, email, role, disabledAt }: A.AdministratorAnswer): string =>
  `${id} ${name} <${email}>, ${role}${disabledAt === null ? "" : `, disabled ${disabledAt}`}.`;

export const list = command({
  options: LIST,
  examples: ["admin list"],
  async run({ options, api }) {
    const all = await api().pages<A.AdministratorAnswer>("/v1/administrators", {}, options);
    return listed(
      all,
      {
        ID: ({ id }) => id,
        NAME: ({ name }) => name,
        "E-MAIL": ({ email }) => email,
        ROLE: ({ role }) => role,
        ADDED: ({ createdAt }) => createdAt,
        STATE: ({ disabledAt }) => (disabledAt === null ? "enabled" : `disabled ${disabledAt}`),
      },
      { empty: "No administrators yet: only tokens and the keys in ADMIN_KEYS open the API." },
    );
  },
});

export const add = command({
  help: "What each role may do: docs/api.md.",
  words: ["EMAIL"],
  options: { ...PROFILE, ...WHY },
  examples: ["admin add carol@contoso.com --name 'Carol Jones' --role helpdesk"],
  changes: true,
  async run({ words: [email], options: { name = email, role, why }, api }) {
    if (role === undefined) throw usage('"admin add" needs --role', `Give --role ${ROLES.join("|")}.`);
    const json = await api().post<A.AdministratorAnswer>("/v1/administrators", { email, name, role, why });
    return { text: `Added ${said(json)}`, json };
  },
});

export const change = command({
  words: ["ADMIN"],
  options: {
    ...PROFILE,
    disable: flag("lets the administrator in no more"),
    enable: flag("lets the administrator in again"),
    ...WHY,
  },
  examples: ["admin change a_4f6z --role viewer", "admin change a_4f6z --disable"],
  changes: true,
  async run({ words: [who], options: { name, role, disable, enable, why }, api }) {
    excluding("--disable and --enable", disable, enable);
    const disabled = disable === true ? true : enable === true ? false : undefined;
    if ([name, role, disabled].every((value) => value === undefined)) {
      throw usage("there is nothing to change", "Give --name, --role, --disable or --enable.");
    }
    const id = await idOf(api(), who);
    const json = await api().patch<A.AdministratorAnswer>(path`/v1/administrators/${id}`, {
      name,
      role,
      disabled,
      why,
    });
    return { text: `From now on: ${said(json)}`, json };
  },
});

export const remove = command({
  words: ["ADMIN"],
  options: WHY,
  examples: ["admin remove a_4f6z"],
  changes: true,
  async run({ words: [who], options, api }) {
    const id = await idOf(api(), who);
    const json = await api().remove<A.AdministratorAnswer>(path`/v1/administrators/${id}`, options);
    return { text: `Removed ${said(json)}`, json };
  },
});
