// `postern user …`: who may sign in and by which names, how each user's devices are judged where that differs from the
// policy; and disabling, enabling and deleting one user or many.

import { command, count, excluding, flag, MANY, oneOf, text, texts, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import { confirm, confirmMany, inBatches, type Many, rowsOf, tableOf } from "../many.ts";
import { userIn, userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { asking, listing } from "../shapes.ts";
import { type Answer, counted, facts } from "../text/answer.ts";
import { certificatesText } from "../text/device.ts";
import { COMES_BACK, MORE_USER_COLUMNS, USER_COLUMNS, userText } from "../text/user.ts";

/** The word that gives a setting back to the policy. */
const AS_THE_POLICY = "policy" as const;
const MAX_DEVICES = 100;
const PROFILE = {
  displayName: text("text", "what people call the user"),
  mail: text("address", "where mail to the user goes"),
  mobile: text("number", "the user's mobile number"),
  language: text("tag", "the language of mail to the user, such as de"),
  pool: text("pool", "the pool at which the user is homed, as the directory names it"),
};

export const list = listing({
  options: {
    query: text("text", "whose names contain this"),
    state: oneOf(["enabled", "disabled"], "only these"),
    group: text("name", "only users of this group"),
    origin: oneOf(["manual", "directory", "scim"], "only those made by hand, from a directory, or through SCIM"),
  },
  examples: [
    "user list --state disabled",
    "user list --query bob",
    "user list --origin manual",
    "user list --all --csv > users.csv",
  ],
  from: "/v1/users",
  query: ({ options: { query: q, state, group, origin } }) => ({ q, state, group, origin }),
  columns: USER_COLUMNS,
  also: MORE_USER_COLUMNS,
  empty: "No such users.",
});

export const show = asking({
  words: ["USER"],
  examples: ["user show alice@contoso.test", "user show CONTOSO/alice --json"],
  ask: "GET /v1/users/{USER}",
  said: (json: A.WholeUserAnswer) => userText(json),
});

/**
 * What the columns of a file are for a new user, by their heads in "user list --csv". A column of another head is left
 * out.
 */
const FIELDS: Readonly<Record<string, string>> = {
  ...{ "SIP ADDRESS": "sipUri", ACCOUNT: "account", UPN: "upn", NAME: "displayName" },
  ...{ MAIL: "mail", MOBILE: "mobile", LANGUAGE: "language", POOL: "pool" },
  ...{ GROUPS: "groups", ALIASES: "aliases" },
};

export const add = command({
  help: `The case of names does not matter. Two users cannot have the same name.

With --file it adds a user for each line, and reports each. The first line names the columns as "user list --csv" does:
SIP ADDRESS, ACCOUNT, UPN, NAME, GROUPS, ALIASES, in any order; several groups or aliases stand between spaces. Without
such a line they are SIP address, account, UPN and name.`,
  words: ["[SIP_URI]"],
  options: {
    account: text("account", "the Active Directory account, 'CONTOSO\\alice' (quote the backslash) or CONTOSO/alice"),
    upn: text("upn", 'the user principal name; a user without one cannot be signed on; "user set" changes it'),
    name: texts("alias", "one more name to sign in by; may be given several times"),
    ...PROFILE,
    group: texts("name", "a word that rules match on; may be given several times"),
    ...MANY,
    ...WHY,
  },
  examples: `user add sip:bob@contoso.test --account 'CONTOSO\\bob' --upn bob@contoso.test
user add --file users.csv --dry-run`,
  changes: true,
  async run(context) {
    const { words, options, api } = context;
    const { file, dryRun, name: aliases, group: groups, ...rest } = options;
    const [sipUri] = words;
    if (file !== undefined) {
      if (sipUri !== undefined) throw usage("--file takes no SIP_URI beside it", "Give one of them.");
      return addEach(context, file);
    }
    if (sipUri === undefined) throw usage('"user add" needs SIP_URI or --file', "See: npx postern user add --help");
    if (dryRun === true) throw usage("--dry-run is for --file", "Leave it out.");
    if (rest.account === undefined) {
      const fix = "Give the Active Directory account: --account CONTOSO/alice, or --account 'CONTOSO\\alice'.";
      throw usage('"user add" needs --account', fix);
    }
    const json = await api().post<A.WholeUserAnswer>("/v1/users", { sipUri, aliases, groups, ...rest });
    return { text: userText(json, "Added "), json };
  },
});

async function addEach(context: Many, file: string): Promise<Answer> {
  const rows = await tableOf(context, file);
  const named = rows[0]?.some((cell) => cell in FIELDS) === true;
  const heads = named ? (rows.shift() ?? []) : Object.keys(FIELDS);
  const users = rows.map((row) =>
    Object.fromEntries(
      heads.flatMap((head, at): [string, string | string[]][] => {
        const [field, value = ""] = [FIELDS[head], row[at]];
        if (field === undefined || value === "") return [];
        return [[field, field === "groups" || field === "aliases" ? value.split(/\s+/) : value]];
      }),
    ),
  );
  const short = users.findIndex(({ sipUri, account }) => sipUri === undefined || account === undefined);
  if (short >= 0) throw usage(`user ${short + 1} of ${file} has no SIP address or no account`, "Each needs both.");
  if (context.options.dryRun !== true) await confirmMany(context, `add ${counted(users.length, "user")}`);
  const wanted = users.map((fields) => ({ user: String(fields.sipUri), fields }));
  return inBatches(context, "/v1/users/batch", wanted, (part) => ({
    rows: part.map(({ fields }) => ({ op: "create", ...fields })),
  }));
}

export const set = asking({
  help: `When the command returns, the settings are in force everywhere. The UPN is by what the user is signed on to the
Front-End, and a name to sign in by. The previous UPN no longer works; nothing else ends.`,
  words: ["USER"],
  options: {
    upn: text("upn", "the user principal name in Active Directory"),
    ...PROFILE,
    group: texts(
      "name",
      "a word that rules match on, such as site=berlin; several replace the groups that the user has",
    ),
    noGroups: flag("takes all groups away"),
    enrolment: oneOf(
      ["open", "window", "self", "approval", "closed", AS_THE_POLICY],
      `"${AS_THE_POLICY}": as the policy says`,
    ),
    maxDevices: {
      ...{ value: "n", brief: `at most so many devices, 0 to ${MAX_DEVICES}; "${AS_THE_POLICY}": as the policy says` },
      read: (given: string, now: number) =>
        given === AS_THE_POLICY ? AS_THE_POLICY : (count("", 0, MAX_DEVICES).read?.(given, now) ?? 0),
    },
  },
  examples: `user set bob@contoso.test --upn bob@contoso.test
user set bob@contoso.test --group executives --max-devices 2`,
  least: "Give at least one option: npx postern user set --help",
  ask: "PATCH /v1/users/{USER}",
  body({ options: { group, noGroups, enrolment, maxDevices, ...rest } }) {
    excluding("--group and --no-groups", group, noGroups);
    return {
      ...rest,
      groups: noGroups === true ? [] : group,
      enrolment: enrolment === AS_THE_POLICY ? null : enrolment,
      maxDevices: maxDevices === AS_THE_POLICY ? null : maxDevices,
    };
  },
  said: (json: A.WholeUserAnswer) => userText(json, "In force from now on: "),
});

export const rename = asking({
  help: `The user keeps devices and app passwords. Tickets end, so clients sign in again. The old SIP address becomes free for
somebody else, unless it stays a name of the user.`,
  words: ["USER"],
  options: {
    sipUri: text("uri", "the new SIP address"),
    upn: text("upn", "the new user principal name"),
    account: text("account", "the new Active Directory account"),
    keepOldAddress: flag("the old SIP address stays a name to sign in by"),
  },
  examples: "user rename alice@contoso.test --sip-uri sip:alice.smith@contoso.test --keep-old-address --why marriage",
  least: "Give --sip-uri, --upn or --account.",
  ask: "POST /v1/users/{USER}/rename",
  said({ id, sipUri, upn, account, changed, released, inPolicy }: A.Renamed) {
    const lines = facts({ id, account, UPN: upn ?? "-", "free now": released.join(", ") });
    const policy = inPolicy ? "\n\nThe policy names the old address or UPN: npx postern policy show" : "";
    const head = changed ? "Tickets ended: clients sign in again as" : "Nothing changed:";
    return `${head} ${sipUri}\n${lines}${policy}`;
  },
});

export const addAlias = asking({
  words: ["USER", "ALIAS"],
  examples: "user alias add alice@contoso.test corp.contoso.test/alice",
  ask: "POST /v1/users/{USER}/aliases",
  body: ({ words: [, name], options }) => ({ name, ...options }),
  said: ({ user, alias, changed }: A.AliasChanged) =>
    `${user} ${changed ? "may sign in" : "could sign in before"} as ${alias}.`,
});

export const removeAlias = asking({
  words: ["USER", "ALIAS"],
  examples: "user alias remove alice@contoso.test corp.contoso.test/alice",
  ask: "DELETE /v1/users/{USER}/aliases/{ALIAS}",
  said: ({ user, alias }: A.AliasChanged) => `${alias} leads to nobody any more: it was an alias of ${user}.`,
});

const SHAPE = { words: ["[USER...]"], options: { ...MANY, ...WHY }, changes: true } as const;
type Op = "disable" | "enable" | "delete";
type Changed = Partial<A.UserChangedAnswer & Pick<A.UserDeleted, "comesBack">> &
  Pick<A.UserChangedAnswer & A.UserDeleted, "user" | "revokeCertificates">;

export const disable = command({
  ...SHAPE,
  help: `When the command returns, the gateway serves none of the user's devices. Names, app passwords and devices are kept;
"user enable" undoes it. With several users, or --file, the answer reports each.`,
  examples: ["user disable bob@contoso.test --why 'left the company'", "user disable --file leavers.txt --dry-run"],
  run: (context) =>
    each(context, "disable", ({ user, changed, revokeCertificates = null }) => {
      const said = `${user} ${changed ? "is disabled" : "was disabled already"}. Nothing more is served to this user.`;
      return said + certificatesText(revokeCertificates);
    }),
});

export const enable = command({
  ...SHAPE,
  examples: `user enable bob@contoso.test
user list --state disabled --all --csv | npx postern user enable --file -`,
  run: (context) =>
    each(context, "enable", ({ user, changed }) => {
      const account = "The next ticket says which account of Active Directory this is.";
      return `${user} ${changed ? `may sign in again. ${account}` : "was enabled already."}`;
    }),
});

export const remove = command({
  ...SHAPE,
  help: `Ends everything that is served to the user, deletes the user with app passwords and devices, and frees the names for
somebody else. The audit keeps its events. "user erase" also decides about the audit. It cannot be undone.`,
  examples: ["user delete bob@contoso.test --yes", "user delete --file leavers.txt --why 'left the company'"],
  run: (context) =>
    each(context, "delete", ({ user, comesBack, revokeCertificates = null }) => {
      const said = `${user} is deleted. Nothing more is served to this user, and the names are free.`;
      const again = comesBack ? `\n\n${COMES_BACK}` : "";
      return said + again + certificatesText(revokeCertificates);
    }),
});

type Several = Many & { readonly words: readonly [(string[] | undefined)?] };

async function each(context: Several, op: Op, said: (one: Changed) => string): Promise<Answer> {
  const { words, options, api } = context;
  const { file, dryRun = false, why } = options;
  const inFile = file === undefined ? [] : (await rowsOf(context, file, 1)).map(([name = ""]) => name);
  const names = [...(words[0] ?? []), ...inFile].map((name) => userIn(name));
  const [only] = names;
  if (only === undefined) throw usage(`"user ${op}" needs USER or --file`, `See: npx postern user ${op} --help`);
  const what = `${op} ${names.length === 1 ? only : counted(names.length, "user")}`;
  if (!dryRun) await (op === "delete" ? confirm(context, what) : names.length > 1 && confirmMany(context, what));
  if (names.length === 1 && file === undefined && !dryRun) {
    const json =
      op === "delete"
        ? await api().ask<Changed>("DELETE", userPath(only), { why })
        : await api().post<Changed>(`${userPath(only)}/${op}`, { why });
    return { text: said(json), json };
  }
  const rows = names.map((user) => ({ op, user }));
  return inBatches(context, "/v1/users/batch", rows, (part) => ({ rows: part }));
}
