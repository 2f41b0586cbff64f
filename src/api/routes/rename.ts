// A person's names are changed, and a person is deleted. docs/people.md says what each of these ends.

import type { User } from "../../store/directory.ts";
import { MAX_ALIASES, type TakenName } from "../../store/rename-user.ts";
import type { Commanding } from "../devices.ts";
import { syncedFields } from "../directory/by-hand.ts";
import { done, operation } from "../operation.ts";
import { deletePerson } from "../person.ts";
import { type Problem, problem } from "../problem.ts";
import { type AliasReason, giveAlias, type RenameReason, renamePerson, takeAlias } from "../rename.ts";
import { onlyWhy, userParams } from "../schemas/common.ts";
import { aliasChanged, aliasParams, newAlias, renamed, renaming, userDeleted } from "../schemas/rename.ts";
import { knownUser } from "../users.ts";

export const renameOperations = [
  operation({
    ...{ id: "users.rename", method: "POST", path: "/v1/users/{user}/rename", scope: "admin" },
    summary: "Gives a user another SIP address, UPN or account",
    description:
      "The user keeps the id, app passwords, devices and groups. Tickets end; open polls end within seconds. The old names are free afterwards, unless `keepOldAddress` keeps them as aliases. When the answer comes, earlier tickets are worth nothing. After a 503 the same request may be made again; a change of the SIP address that has begun goes on by itself, and a rename to the address that the user still has gives it up.",
    params: userParams,
    body: renaming,
    answer: renamed,
    ifMatch: "optional",
    problems: [
      ...(["no-such-user", "unusable-name", "invalid", "name-taken", "move-in-progress"] as const),
      ...(["changed-meanwhile", "synced-field"] as const),
    ],
    handle: async (call, { params, body, precondition }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const stale = precondition(versionOf(user.value));
      if (stale !== undefined) return stale;
      const { why, ...change } = body;
      if (change.sipUri === undefined && change.upn === undefined && change.account === undefined) return NOTHING;
      const { sipUri: address, upn: name, account: login } = change;
      const locked = await syncedFields(call, user.value, { sipUri: address, upn: name, account: login });
      if (locked !== undefined) return locked;
      const outcome = await renamePerson({ call, why }, user.value, change);
      if (!outcome.ok) return refused(outcome.reason, outcome.taken);
      const { user: now, changed, released, inPolicy } = outcome.value;
      const { id, sipUri, upn, domain, account } = now;
      const answer = { id, sipUri, upn, account: `${domain}\\${account}`, changed, released, inPolicy };
      return done(answer, { etag: versionOf(now) });
    },
  }),

  operation({
    ...{ id: "users.aliases.add", method: "POST", path: "/v1/users/{user}/aliases", scope: "admin" },
    summary: "Adds another name to sign in by",
    params: userParams,
    body: newAlias,
    answer: aliasChanged,
    problems: ["no-such-user", "unusable-name", "invalid", "name-taken", "too-many-aliases", "changed-meanwhile"],
    handle: (call, { params, body: { name, why } }) =>
      withUser({ call, why }, params.user, async (by, user) => {
        const given = await giveAlias(by, user, name);
        if (!given.ok) return refused(given.reason, given.taken, "name");
        return done({ user: user.sipUri, alias: given.value.name, changed: given.value.changed });
      }),
  }),

  operation({
    ...{ id: "users.aliases.remove", method: "DELETE", path: "/v1/users/{user}/aliases/{name}", scope: "admin" },
    summary: "Removes a name to sign in by; another user may get it",
    description: "Only an alias: the SIP address, the UPN and the account are changed by a rename.",
    params: aliasParams,
    body: onlyWhy,
    answer: aliasChanged,
    problems: ["no-such-user", "unusable-name", "no-such-alias", "not-an-alias"],
    handle: (call, { params, body: { why } }) =>
      withUser({ call, why }, params.user, async (by, user) => {
        const taken = await takeAlias(by, user, params.name);
        if (!taken.ok) return refused(taken.reason, taken.taken);
        return done({ user: user.sipUri, alias: taken.value, changed: true });
      }),
  }),

  operation({
    ...{ id: "users.delete", method: "DELETE", path: "/v1/users/{user}", scope: "admin" },
    summary: "Deletes a user",
    description:
      "Nothing more is served to the user, and the user's app passwords and devices are deleted. Another user may get the names, and gets nothing else of this user. The audit keeps the user's events; `erase` removes those as well.",
    params: userParams,
    body: onlyWhy,
    answer: userDeleted,
    ifMatch: "optional",
    problems: ["no-such-user", "unusable-name", "changed-meanwhile"],
    handle: (call, { params, body: { why }, precondition }) =>
      withUser({ call, why }, params.user, async (by, user) => {
        const stale = precondition(versionOf(user));
        if (stale !== undefined) return stale;
        const { sipUri, ...rest } = await deletePerson(by, user);
        return done({ user: sipUri, ...rest });
      }),
  }),
];

const versionOf = ({ revision }: User): string => `r${revision}`;

async function withUser<Answer>(
  by: Commanding,
  name: string,
  act: (by: Commanding, user: User) => Promise<Answer | Problem>,
): Promise<Answer | Problem> {
  const user = await knownUser(by.call.env, name);
  return user.ok ? act(by, user.value) : user;
}

const NOTHING = problem("invalid", "Nothing is given to be changed.", {
  fix: "Give sipUri, upn or account.",
  errors: [{ path: "", message: "Give sipUri, upn or account." }],
});

const FIELDS = {
  "bad-sip-uri": ["sipUri", "It must be an address such as alice@contoso.com, with or without sip: before it."],
  "bad-upn": ["upn", "It must be user@domain, as in Active Directory."],
  "bad-account": ["account", "It must be DOMAIN\\user."],
} as const;

/** `field`: the field of the body that the name stood in, if it did. */
function refused(reason: RenameReason | AliasReason, taken: readonly TakenName[], field?: string): Problem {
  switch (reason) {
    case "bad-sip-uri":
    case "bad-upn":
    case "bad-account": {
      const [path, message] = FIELDS[reason];
      return problem("invalid", `${path}: ${message}`, { errors: [{ path, message }] });
    }
    case "name-taken":
      return nameTaken(taken);
    case "move-in-progress":
      return problem("move-in-progress", "The user is on the way to another address, because a move broke off.", {
        fix: "Wait until it is over, which Postern tries every ten seconds. To give it up, rename the user to the address that the user has.",
      });
    case "changed-meanwhile":
      return problem(
        "changed-meanwhile",
        "Somebody changed or deleted the user at the same time. Nothing was renamed.",
        {
          fix: "Look at the user and try again.",
        },
      );
    case "too-many":
      return problem("too-many-aliases", `A user may have ${MAX_ALIASES} aliases.`, {
        fix: "Take one away that nobody signs in by.",
      });
    case "no-such-alias":
      return problem("no-such-alias", "The user has no such name.");
    case "not-an-alias":
      return problem("not-an-alias", "It is the user's SIP address, UPN or account, and no alias.", {
        fix: "Change it by renaming the user.",
      });
    default: {
      const message = `This is not usable as a name: ${reason}.`;
      if (field === undefined) return problem("unusable-name", message);
      return problem("invalid", `${field}: ${message}`, { errors: [{ path: field, message }] });
    }
  }
}

function nameTaken(taken: readonly TakenName[]): Problem {
  const [first] = taken;
  if (first === undefined) return problem("name-taken", "Another user had the name at that moment. Try again.");
  const whose = taken.map(({ name, sipUri, userId }) => `${name} is a name of ${sipUri} (${userId})`).join("; ");
  return problem("name-taken", `${whose}. Nothing was changed.`, {
    fix: "Rename or delete that user first, or take the alias away. Two users who are to swap names need a third name in between.",
    more: { name: first.name, userId: first.userId },
  });
}
