// `postern admin …`: the people who administrate Postern, and what each may do.

import { excluding, flag, oneOf, text } from "../define.ts";
import type * as A from "../reach/answers.ts";
import { asking, listing } from "../shapes.ts";
import type { Columns } from "../text/answer.ts";

const ROLES = ["viewer", "helpdesk", "admin"] as const;
const NAME = { name: text("text", "what people call the administrator") };
const ROLE = oneOf(ROLES, "what the administrator may do");

const COLUMNS: Columns<A.AdministratorAnswer> = {
  ...{ ID: "id", NAME: "name", "E-MAIL": "email", ROLE: "role", ADDED: "createdAt" },
  STATE: ({ disabledAt }) => (disabledAt === null ? "enabled" : `disabled ${disabledAt}`),
};

const said = ({ id, name, email, role, disabledAt }: A.AdministratorAnswer): string =>
  `${id} ${name} <${email}>, ${role}${disabledAt === null ? "" : `, disabled ${disabledAt}`}.`;

export const list = listing({
  examples: "admin list",
  from: "/v1/administrators",
  columns: COLUMNS,
  empty: "No administrators yet: only tokens and the keys in ADMIN_KEYS open the API.",
});

export const add = asking({
  help: "What each role may do: docs/api.md.",
  words: ["EMAIL"],
  options: { ...NAME, role: { ...ROLE, needed: `Give --role ${ROLES.join("|")}.` } },
  examples: "admin add carol@contoso.com --name 'Carol Jones' --role helpdesk",
  ask: "POST /v1/administrators",
  body: ({ words: [email], options }) => ({ email, name: email, ...options }),
  said: (json: A.AdministratorAnswer) => `Added ${said(json)}`,
});

export const change = asking({
  words: ["ADMIN"],
  options: {
    ...{ ...NAME, role: ROLE },
    disable: flag("lets the administrator in no more"),
    enable: flag("lets the administrator in again"),
  },
  examples: ["admin change a_4f6z --role viewer", "admin change a_4f6z --disable"],
  least: "Give --name, --role, --disable or --enable.",
  ask: "PATCH /v1/administrators/{ADMIN}",
  body({ options: { disable, enable, ...rest } }) {
    excluding("--disable and --enable", disable, enable);
    return { ...rest, disabled: disable ?? (enable === true ? false : undefined) };
  },
  said: (json: A.AdministratorAnswer) => `From now on: ${said(json)}`,
});

export const remove = asking({
  words: ["ADMIN"],
  examples: "admin remove a_4f6z",
  ask: "DELETE /v1/administrators/{ADMIN}",
  said: (json: A.AdministratorAnswer) => `Removed ${said(json)}`,
});
