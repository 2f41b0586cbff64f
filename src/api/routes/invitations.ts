// Invitations with which a user comes into the portal: they are made, listed and withdrawn.

import { openDatabase } from "../../store/database.ts";
import { userById } from "../../store/directory.ts";
import { userOfDirectoryKey } from "../../store/user-invitations.ts";
import { inviteUser, shownInvitations, withdrawInvitation } from "../invitations.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { onlyWhy, userParams } from "../schemas/common.ts";
import {
  directoryInvitation,
  invitationParams,
  invitationToMake,
  madeInvitation,
  userInvitations,
  withdrawnInvitation,
} from "../schemas/invitations.ts";
import { knownUser } from "../users.ts";

const PATH = "/v1/users/{user}/invitations";

const noInvitation = problem("no-such-invitation", "The user has no invitation with this id.");
const nobody = problem("no-such-user", "Nobody who came from a directory has this key.", {
  fix: "The next sync adds the person: agent check says whether it runs.",
});
const notIn = problem("directory-says-no", "The directory does not let this person in now.");

export const invitationOperations = [
  operation({
    ...{ id: "invitations.create", method: "POST", path: PATH, scope: "helpdesk", status: 201, secret: true },
    summary: "Invites a user: makes a link that lets the person into the portal, once",
    description:
      "The link opens a page on PORTAL_HOST. A newer invitation of the user ends every earlier one. So does disabling, deleting or renaming the user.",
    params: userParams,
    body: invitationToMake,
    answer: madeInvitation,
    problems: ["no-mail", "no-portal", "no-such-user", "too-many-requests", "unusable-name", "user-disabled"],
    handle: async (call, { params, body }) => {
      const user = await knownUser(call.env, params.user);
      return user.ok ? inviteUser(call, user.value, body) : user;
    },
  }),

  operation({
    ...{ id: "directory.invite", method: "POST", path: "/v1/directory/invitations", scope: ["admin", "directory"] },
    ...{ status: 201, secret: true },
    summary: "Invites a person whom a directory lets in, for ten minutes at most",
    description: "For the page on the LAN that knows by Kerberos who asks.",
    body: directoryInvitation,
    answer: madeInvitation,
    problems: ["directory-says-no", "no-portal", "no-such-user", "too-many-requests", "user-disabled"],
    handle: async (call, { body: { key, minutes } }) => {
      const db = openDatabase(call.env.DB);
      const link = await userOfDirectoryKey(db, key);
      if (link === undefined) return nobody;
      if (!link.isIn) return notIn;
      const user = await userById(db, link.userId);
      return user === undefined ? nobody : inviteUser(call, user, { minutes, why: "" });
    },
  }),

  operation({
    ...{ id: "invitations.list", method: "GET", path: PATH, scope: "read" },
    summary: "Lists a user's invitations of the last 30 days, the newest first",
    params: userParams,
    answer: userInvitations,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { params }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      return done({ user: user.value.sipUri, items: await shownInvitations(call, user.value.id) });
    },
  }),

  operation({
    ...{ id: "invitations.withdraw", method: "POST", path: `${PATH}/{invitation}/withdraw`, scope: "helpdesk" },
    summary: "Ends an invitation, so that nobody can use it any more",
    params: invitationParams,
    body: onlyWhy,
    answer: withdrawnInvitation,
    problems: ["no-such-invitation", "no-such-user", "unusable-name"],
    handle: async (call, { params, body: { why } }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const invitation = await withdrawInvitation(call, user.value, { id: params.invitation, why });
      return invitation === undefined ? noInvitation : done({ user: user.value.sipUri, invitation });
    },
  }),
];
