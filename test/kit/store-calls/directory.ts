// Calls of the queries about users and their app passwords, and about the people who come from a directory.

import type { DirectoryState } from "../../../src/core/directory/plan.ts";
import type { Database } from "../../../src/store/database.ts";
import type { User } from "../../../src/store/directory.ts";
import * as directory from "../../../src/store/directory.ts";
import * as directoryLinks from "../../../src/store/directory-links.ts";
import * as directorySources from "../../../src/store/directory-sources.ts";
import * as directoryUnlink from "../../../src/store/directory-unlink.ts";
import * as leavers from "../../../src/store/leavers.ts";
import * as retention from "../../../src/store/retention.ts";
import * as scimPeople from "../../../src/store/scim-people.ts";
import { eventAt } from "../events.ts";
import { type Calls, NOW } from "./calls.ts";

const password = { id: "p_1", userId: "u_1", label: "", ntHashes: "" };
const state: DirectoryState = "out";
const details = {
  displayName: null,
  mail: null,
  mobile: null,
  sid: null,
  language: null,
  pool: null,
  groups: ["sales"],
};
const report = { reportedAt: NOW, reportedBy: "t_1", people: 1, report: "{}" };
/** A user who is there. Adding this person again is refused; the statements have been recorded by then. */
const somebody = async (db: Database): Promise<User> => {
  const user = await directory.showUser(db, "a@contoso.test");
  if (user === undefined) throw new Error("the test adds this user before");
  return user;
};
let events = 0;
const event = () => eventAt(NOW + ++events);

export const directoryCalls = {
  directory: {
    findForSignIn: [
      (db) => directory.findForSignIn(db, "a@b", NOW),
      (db) => directory.findForSignIn(db, ["a@b", "b\\a"], NOW),
    ],
    addUser: (db) => directory.addUser(db, { sipUri: "sip:z@contoso.test", account: "CONTOSO\\z" }, NOW),
    showUser: (db) => directory.showUser(db, "a@b"),
    userById: (db) => directory.userById(db, "u_1"),
    namesOfUser: (db) => directory.namesOfUser(db, "u_1"),
    disableUser: (db) => directory.disableUser(db, "u_1", NOW),
    enableUser: (db) => directory.enableUser(db, "u_1"),
    countOpenWindows: (db) => directory.countOpenWindows(db, NOW),
    addAppPassword: async (db) => directory.addAppPassword(db, password, NOW).catch(() => "there is no such user"),
    listAppPasswords: (db) => directory.listAppPasswords(db, "u_1"),
    revokeAppPassword: (db) => directory.revokeAppPassword(db, "u_1", "p_1", NOW),
    resealAppPassword: (db) => directory.resealAppPassword(db, "p_1", { before: "a", after: "b" }),
  } satisfies Calls<typeof directory>,
  directoryLinks: {
    linkedByKeys: (db) => directoryLinks.linkedByKeys(db, ["ad:1", "ad:2"]),
    linksOfUsers: (db) => directoryLinks.linksOfUsers(db, ["u_1", "u_2"]),
    usersByIds: (db) => directoryLinks.usersByIds(db, ["u_1", "u_2"]),
    pageOfPeople: ["", "ad:1"].map((after) => (db) => directoryLinks.pageOfPeople(db, "ad", { after, limit: 10 })),
    countStates: (db) => directoryLinks.countStates(db, "ad"),
    ownersOf: (db) => directoryLinks.ownersOf(db, ["a@b", "b\\a"]),
    holdersOfSids: (db) => directoryLinks.holdersOfSids(db, ["S-1-5-21-1"]),
    addPeople: async (db) => {
      const person = { user: await somebody(db), names: [], key: "ad:9", event: event() };
      return directoryLinks.addPeople(db, [person], NOW);
    },
    adoptUsers: async (db) =>
      directoryLinks.adoptUsers(db, [{ user: await somebody(db), key: "ad:9", event: event() }], NOW),
    shutOutUsers: (db) => directoryLinks.shutOutUsers(db, [{ userId: "u_1", state }], [event()], NOW),
    letInUsers: (db) => directoryLinks.letInUsers(db, [{ userId: "u_1", enabling: true, event: event() }], NOW),
    setDetails: (db) => directoryLinks.setDetails(db, [{ userId: "u_1", ...details }], [event()], ["u_1"]),
    noteTold: (db) => directoryLinks.noteTold(db, ["u_1"], true),
  } satisfies Calls<typeof directoryLinks>,
  directoryUnlink: {
    untoldOf: (db) => directoryUnlink.untoldOf(db, "ad", 10),
    unlinkSource: (db) => directoryUnlink.unlinkSource(db, "ad", 1, event()),
  } satisfies Calls<typeof directoryUnlink>,
  leavers: {
    pageOfLeavers: [
      (db) => leavers.pageOfLeavers(db, { after: undefined, limit: 10 }),
      (db) => leavers.pageOfLeavers(db, { after: { since: 1, userId: "u_1" }, limit: 10 }),
    ],
    leaversDue: (db) => leavers.leaversDue(db, NOW, ["ad"], 10),
    countDue: (db) => leavers.countDue(db, NOW),
    isStillDue: (db) => leavers.isStillDue(db, { id: "u_1" }, NOW),
    keepLeaver: (db) => leavers.keepLeaver(db, "u_1", true),
    erasedByClock: (db) => leavers.erasedByClock(db, NOW),
    syncLastSeen: (db) => leavers.syncLastSeen(db),
  } satisfies Calls<typeof leavers>,
  retention: {
    purgeOld: (db) => retention.purgeOld(db, NOW, 180),
  } satisfies Calls<typeof retention>,
  directorySources: {
    listSources: (db) => directorySources.listSources(db),
    findSource: (db) => directorySources.findSource(db, "ad"),
    countSources: (db) => directorySources.countSources(db),
    keepSource: (db) => directorySources.keepSource(db, { source: "ad", ...report }),
    allowAdoption: (db) => directorySources.allowAdoption(db, "ad", NOW),
  } satisfies Calls<typeof directorySources>,
  scimPeople: {
    scimPersonById: (db) => scimPeople.scimPersonById(db, "u_1"),
    scimPersonByKey: (db) => scimPeople.scimPersonByKey(db, "scim:1"),
    scimPersonByName: (db) => scimPeople.scimPersonByName(db, "a@b"),
    scimPeople: (db) => scimPeople.scimPeople(db, { offset: 0, limit: 10 }),
    rekey: (db) => scimPeople.rekey(db, "u_1", "scim:2"),
  } satisfies Calls<typeof scimPeople>,
} as const;
