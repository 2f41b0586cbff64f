// `postern user invite` and `postern invitation …`: the link with which a person comes into the portal. It is
// printed once, and appears in no other output or file.

import { renderUnicodeCompact } from "uqr";
import { path } from "../../src/core/text/api-address.ts";
import { command, count, flag, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import { userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { asking } from "../shapes.ts";
import { listed } from "../text/answer.ts";

/** Three days. */
const MAX_MINUTES = 72 * 60;

export const invite = asking({
  help: `The person opens the link, or scans the code, and chooses how to sign in to the portal from now on: docs/portal.md. For
somebody who can sign in already it adds a way, and ends every session. A new invitation ends the one before. So does
disabling, renaming or deleting the user.`,
  words: ["USER"],
  options: {
    minutes: count(`for how many minutes it is good (default ${MAX_MINUTES}: three days)`, 1, MAX_MINUTES),
    mail: flag("send the link to the person's mail address, too"),
  },
  examples:
    "user invite alice@contoso.test\nuser invite alice@contoso.test --minutes 15\nuser invite alice@contoso.test --mail",
  ask: "POST /v1/users/{USER}/invitations",
  body: ({ options }) => options,
  said: (json: A.MadeUserInvitationAnswer) => `${renderUnicodeCompact(json.link, { border: 2 })}

The link for ${json.user}, shown this once:

    ${json.link}

It works once, until ${json.expiresAt}. Give it to nobody else: whoever opens it first is ${json.user} in the portal.${json.mailed ? "\nA mail with it is on its way to the person." : ""}`,
});

export const list = command({
  help: "Those of the last 30 days, the newest first. Never the links themselves.",
  words: ["USER"],
  examples: ["invitation list alice@contoso.test"],
  async run({ words: [user], api }) {
    const { items } = await api().get<A.UserInvitationsAnswer>(`${userPath(user)}/invitations`);
    return listed(
      { items, next: null },
      {
        ...{ ID: "id", STATE: "state", CREATED: "createdAt" },
        BY: ({ createdBy }) => createdBy.name ?? createdBy.id,
        ...{ "GOOD UNTIL": "expiresAt", USED: "usedAt", ENDED: "endedAt" },
      },
      { empty: `${user} has no invitations.` },
    );
  },
});

export const withdraw = command({
  help: "Without ID: the one that is open.",
  words: ["USER", "[ID]"],
  options: WHY,
  examples: [
    "invitation withdraw alice@contoso.test",
    "invitation withdraw alice@contoso.test i_4f6z --why 'wrong person'",
  ],
  changes: true,
  async run({ words: [user, given], options, api }) {
    const at = `${userPath(user)}/invitations`;
    const id = given ?? (await api().get<A.UserInvitationsAnswer>(at)).items.find(({ state }) => state === "open")?.id;
    if (id === undefined) throw usage(`${user} has no open invitation`, "postern invitation list shows all of them.");
    const json = await api().post<A.WithdrawnInvitationAnswer>(`${at}${path`/${id}/withdraw`}`, options);
    const { state } = json.invitation;
    return {
      text:
        state === "ended"
          ? `The invitation ${id} opens nothing any more.`
          : `The invitation ${id} was ${state} already.`,
      json,
    };
  },
});
