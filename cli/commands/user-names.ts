// `postern user rename` and `postern user alias …`: change a person's names. The person keeps devices and app
// passwords.

import { command, flag, text, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import { userIn, userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { path } from "../reach/api.ts";
import { facts } from "../text/answer.ts";

export const rename = command({
  help: `The user keeps devices and app passwords. Tickets end, so clients sign in again. The old SIP address becomes free for
somebody else, unless it stays a name of the user.`,
  words: ["USER"],
  options: {
    sipUri: text("uri", "the new SIP address"),
    upn: text("upn", "the new user principal name"),
    account: text("account", "the new Active Directory account"),
    keepOldAddress: flag("the old SIP address stays a name to sign in by"),
    ...WHY,
  },
  examples: ["user rename alice@contoso.test --sip-uri sip:alice.smith@contoso.test --keep-old-address --why marriage"],
  changes: true,
  async run({ words: [user], options: { sipUri, upn, account, ...rest }, api }) {
    if ([sipUri, upn, account].every((value) => value === undefined)) {
      throw usage("there is no new name", "Give --sip-uri, --upn or --account.");
    }
    const json = await api().post<A.Renamed>(`${userPath(user)}/rename`, { sipUri, upn, account, ...rest });
    return { text: renamedText(json), json };
  },
});

export const addAlias = command({
  words: ["USER", "ALIAS"],
  options: WHY,
  examples: ["user alias add alice@contoso.test corp.contoso.test/alice"],
  changes: true,
  async run({ words: [user, name], options, api }) {
    const json = await api().post<A.AliasChanged>(`${userPath(user)}/aliases`, { name, ...options });
    const { user: sipUri, alias, changed } = json;
    return { text: `${sipUri} ${changed ? "may sign in" : "could sign in before"} as ${alias}.`, json };
  },
});

export const removeAlias = command({
  words: ["USER", "ALIAS"],
  options: WHY,
  examples: ["user alias remove alice@contoso.test corp.contoso.test/alice"],
  changes: true,
  async run({ words: [user, name], options, api }) {
    const json = await api().remove<A.AliasChanged>(
      `${userPath(user)}${path`/aliases/${userIn(name, "ALIAS")}`}`,
      options,
    );
    return { text: `${json.alias} leads to nobody any more: it was an alias of ${json.user}.`, json };
  },
});

function renamedText({ id, sipUri, upn, account, changed, released, inPolicy }: A.Renamed): string {
  const lines = facts([
    ["id", id],
    ["account", account],
    ["UPN", upn ?? "-"],
    ["free now", released.join(", ")],
  ]);
  const policy = inPolicy ? "\n\nThe policy names the old address or UPN: npx postern policy show" : "";
  const head = changed ? "Tickets ended: clients sign in again as" : "Nothing changed:";
  return `${head} ${sipUri}\n${lines}${policy}`;
}
