// `postern user …`: who may sign in, and the settings of each user's devices that differ from the policy.

import { command, count, excluding, flag, LIST, oneOf, text, texts, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import { userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { listed } from "../text/answer.ts";
import { MORE_USER_COLUMNS, USER_COLUMNS, userText } from "../text/user.ts";

/** With this word, the policy decides a setting again. */
const AS_THE_POLICY = "policy" as const;
const MAX_DEVICES = 100;

export const list = command({
  options: {
    query: text("text", "whose names contain this"),
    state: oneOf(["enabled", "disabled"], "only these"),
    group: text("name", "only users of this group"),
    ...LIST,
  },
  examples: ["user list --state disabled", "user list --query bob", "user list --all --csv > users.csv"],
  async run({ options, api, progress }) {
    const { query: q, state, group } = options;
    const users = await api().pages<A.UserAnswer>("/v1/users", { q, state, group }, options, (rows) =>
      progress?.(`${rows} users`),
    );
    progress?.("");
    return listed(users, USER_COLUMNS, { empty: "No such users.", also: MORE_USER_COLUMNS });
  },
});

export const show = command({
  words: ["USER"],
  examples: ["user show alice@contoso.test", "user show CONTOSO/alice --json"],
  async run({ words: [user], api }) {
    const json = await api().get<A.WholeUserAnswer>(userPath(user));
    return { text: userText(json), json };
  },
});

export const add = command({
  help: "The case of names does not matter. Two users cannot have the same name.",
  words: ["SIP_URI"],
  options: {
    account: text("account", "the Active Directory account, 'CONTOSO\\alice' (quote the backslash) or CONTOSO/alice"),
    upn: text("upn", 'the user principal name; a user without one cannot be signed on; "user set" changes it'),
    name: texts("alias", "one more name to sign in by; may be given several times"),
    displayName: text("text", "what people call the user"),
    group: texts("name", "a word that rules match on; may be given several times"),
    ...WHY,
  },
  examples: ["user add sip:bob@contoso.test --account 'CONTOSO\\bob' --upn bob@contoso.test"],
  changes: true,
  async run({ words: [sipUri], options, api }) {
    const { account, upn, name: aliases, displayName, group: groups, why } = options;
    if (account === undefined) {
      throw usage(
        '"user add" needs --account',
        "Give the Active Directory account: --account CONTOSO/alice, or --account 'CONTOSO\\alice'.",
      );
    }
    const json = await api().post<A.WholeUserAnswer>("/v1/users", {
      sipUri,
      account,
      upn,
      aliases,
      displayName,
      groups,
      why,
    });
    return { text: userText(json, "Added "), json };
  },
});

export const set = command({
  help: `When the command returns, the settings are in force everywhere. The UPN is by what the user is signed on to the
Front-End, and a name to sign in by. The previous UPN no longer works; nothing else ends.`,
  words: ["USER"],
  options: {
    upn: text("upn", "the user principal name in Active Directory"),
    displayName: text("text", "what people call the user"),
    group: texts(
      "name",
      "a word that rules match on, such as site=berlin; several replace the groups that the user has",
    ),
    noGroups: flag("takes all groups away"),
    enrolment: oneOf(["open", "window", "approval", "closed", AS_THE_POLICY], `"${AS_THE_POLICY}": as the policy says`),
    maxDevices: {
      ...{ value: "n", brief: `at most so many devices, 0 to ${MAX_DEVICES}; "${AS_THE_POLICY}": as the policy says` },
      read: (given: string, now: number) =>
        given === AS_THE_POLICY ? AS_THE_POLICY : (count("", 0, MAX_DEVICES).read?.(given, now) ?? 0),
    },
    ...WHY,
  },
  examples: [
    "user set bob@contoso.test --upn bob@contoso.test",
    "user set bob@contoso.test --group executives --max-devices 2",
  ],
  changes: true,
  async run({ words: [user], options, api }) {
    const { upn, displayName, group, noGroups, enrolment, maxDevices, why } = options;
    excluding("--group and --no-groups", group, noGroups);
    const change = {
      ...{ upn, displayName },
      maxDevices: maxDevices === AS_THE_POLICY ? null : maxDevices,
      groups: noGroups === true ? [] : group,
      enrolment: enrolment === AS_THE_POLICY ? null : enrolment,
    };
    if (Object.values(change).every((value) => value === undefined)) {
      throw usage("there is nothing to set", "Give at least one option: npx postern user set --help");
    }
    const json = await api().patch<A.WholeUserAnswer>(userPath(user), { ...change, why });
    return { text: userText(json, "In force from now on: "), json };
  },
});
