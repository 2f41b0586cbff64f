// How D1 carries out every query of this room. A query that reads a whole large table fails, unless it is named below
// with the reason.

import { env } from "cloudflare:test";
import { beforeAll, describe, expect, it } from "vitest";
import { eventAt } from "../../test/kit/events.ts";
import { planOf, type Recorded, recordedDatabase } from "../../test/kit/recorded-database.ts";
import { type Call, type Calls, NOW } from "../../test/kit/store-calls/calls.ts";
import { directoryCalls } from "../../test/kit/store-calls/directory.ts";
import { noticeCalls } from "../../test/kit/store-calls/notices.ts";
import type { Partnership } from "../core/device/partnership.ts";
import { UNKNOWN_DEVICE } from "../core/device/types.ts";
import { DEFAULT_POLICY } from "../core/policy/read.ts";
import * as actors from "./actors.ts";
import * as addUsers from "./add-users.ts";
import * as administrators from "./administrators.ts";
import * as apiTokens from "./api-tokens.ts";
import * as appPasswords from "./app-passwords.ts";
import * as audit from "./audit.ts";
import * as auditList from "./audit-list.ts";
import * as ceremonies from "./ceremonies.ts";
import * as changeUser from "./change-user.ts";
import * as changeUsers from "./change-users.ts";
import type { Database } from "./database.ts";
import * as deviceList from "./device-list.ts";
import { addUser } from "./directory.ts";
import * as homePools from "./home-pools.ts";
import * as invitations from "./invitations.ts";
import * as keyAges from "./key-ages.ts";
import * as partnerships from "./partnerships.ts";
import * as passkeys from "./passkeys.ts";
import * as person from "./person.ts";
import * as policies from "./policies.ts";
import * as statistics from "./statistics.ts";
import * as userList from "./user-list.ts";
import * as usersNamed from "./users-named.ts";
import * as webSessions from "./web-sessions.ts";

const { db, taken } = recordedDatabase(env.DB);
const page = { limit: 10 };
const device: Partnership & { readonly key: string } = {
  ...{ id: "d_1", key: "endpoint:1", provisional: false, credentialId: null, state: "allowed", decision: null },
  ...{ decidedBy: "policy", decidedAt: 0, reason: "enrolled", facts: UNKNOWN_DEVICE, firstSeenAt: 0, lastSeenAt: 0 },
  source: { network: "203.0.113.7", country: "DE", asn: 3320 },
};
const upn = { spelt: "a@b", key: "a@b" };
const applied = { at: 0, by: "k", why: null, policy: DEFAULT_POLICY, text: null };
const somebody = { id: "u_1", sipUri: "sip:a@b" };
const token: apiTokens.StoredToken = {
  ...{ id: "t_1", name: "a", scope: "read", hash: "", createdAt: 0, createdBy: "t_0", expiresAt: NOW },
  ...{ lastUsedAt: null, revokedAt: null, revokedBy: null, networks: null },
};
const administrator: administrators.Administrator = {
  ...{
    id: "a_1",
    name: "a",
    email: "a@b",
    role: "admin",
    createdAt: 0,
    createdBy: "t_0",
    disabledAt: null,
    revision: 0,
    source: "invited",
    subject: null,
  },
};
const invitation: invitations.Invitation = {
  ...{ id: "i_1", administratorId: "a_0", hash: "", createdAt: 0, createdBy: "t_0", expiresAt: NOW, usedAt: null },
};
const passkey: passkeys.Passkey = {
  ...{ id: "c", administratorId: "a_0", userHandle: "h", publicKey: Uint8Array.of(1), counter: 0, transports: [] },
  ...{ name: "", deviceType: "multiDevice", backedUp: true, rpId: "b", createdAt: 0, lastUsedAt: null },
};
const session: webSessions.WebSession = {
  ...{ hash: "", id: "s_1", administratorId: "a_0", createdAt: 0, seenAt: 0, expiresAt: NOW, freshAt: 0 },
  ...{ how: "passkey", subject: null, source: "", userAgent: "" },
};
const clock = { now: NOW, idleMs: 1 };
/** A row for a person who does not exist is refused. The statement has been recorded by then. */
const refused = (write: Promise<unknown>) => write.catch(() => "there is no such administrator");
const renewal = { ntHashes: "", renewedAt: NOW, expiresAt: null, oldUntil: NOW };

const users = (filter: userList.UserFilter): Call[] =>
  [undefined, "sip:m"].map((after) => (db) => userList.pageOfUsers(db, filter, { ...page, after }));
const devices = (filter: deviceList.DeviceFilter): Call[] =>
  [undefined, { id: "d_m", seen: 5 }].map((after) => (db) => deviceList.pageOfDevices(db, filter, { ...page, after }));
const events = (filter: audit.AuditFilter): Call[] =>
  [undefined, "e_m"].flatMap((after) =>
    (["desc", "asc"] as const).map(
      (order): Call =>
        (db) =>
          auditList.pageOfEvents(db, filter, { ...page, order, after }),
    ),
  );

/** Calls every query of the room. A new query does not compile until it stands here. */
const CALLS = {
  actors: {
    actorsOf: (db) => actors.actorsOf(db, ["t_1", "a_1"]),
    actorOf: (db) => actors.actorOf(db, "a_1"),
  } satisfies Calls<typeof actors>,
  apiTokens: {
    tokenById: (db) => apiTokens.tokenById(db, "t_1"),
    revokeToken: (db) => apiTokens.revokeToken(db, "t_1", "t_0", NOW),
    countTokensEnding: (db) => apiTokens.countTokensEnding(db, NOW, NOW + 1),
    tokensEnding: (db) => apiTokens.tokensEnding(db, NOW, NOW + 1, 10),
    storedToken: (db) => apiTokens.storedToken(db, "t_1"),
    addToken: (db) => apiTokens.addToken(db, token),
    listTokens: (db) => apiTokens.listTokens(db, { ...page, after: "" }),
    touchToken: (db) => apiTokens.touchToken(db, "t_1", NOW),
  } satisfies Calls<typeof apiTokens>,
  addUsers: {
    addUsers: (db) => addUsers.addUsers(db, [{ sipUri: "sip:new@b", account: "B\\new" }], NOW),
  } satisfies Calls<typeof addUsers>,
  administrators: {
    addAdministrator: (db) => administrators.addAdministrator(db, administrator),
    listAdministrators: (db) => administrators.listAdministrators(db, { ...page, after: "" }),
    administratorById: (db) => administrators.administratorById(db, "a_1"),
    changeAdministrator: (db) => administrators.changeAdministrator(db, administrator, { name: "b" }, true),
    hasOtherAdmin: (db) => administrators.hasOtherAdmin(db, "a_1"),
  } satisfies Calls<typeof administrators>,
  appPasswords: {
    changeAppPassword: (db) => appPasswords.changeAppPassword(db, "u_1", "p_1", { label: "x" }),
    renewAppPassword: (db) => appPasswords.renewAppPassword(db, "u_1", "p_1", renewal),
    passwordsRunningOut: [
      (db) => appPasswords.passwordsRunningOut(db, NOW, { from: 0, limit: 10 }),
      (db) => appPasswords.passwordsRunningOut(db, NOW, { from: 0, after: { expiresAt: 5, id: "p_1" }, limit: 10 }),
    ],
    noteUsed: (db) => appPasswords.noteUsed(db, "p_1", NOW),
  } satisfies Calls<typeof appPasswords>,
  audit: {
    insertEvents: (db) => audit.insertEvents(db, [eventAt(NOW)]),
    lastSwitch: (db) => audit.lastSwitch(db, "u_1"),
    waitingUsers: (db) => audit.waitingUsers(db, NOW),
    waitingSources: (db) => audit.waitingSources(db, NOW),
    purgeEvents: (db) => audit.purgeEvents(db, NOW + 1, () => eventAt(NOW + 2)),
    eventById: (db) => audit.eventById(db, "e_1"),
  } satisfies Calls<typeof audit>,
  auditList: {
    pageOfEvents: [
      {},
      { since: 5, until: NOW },
      ...[{ userId: "u_1" }, { source: "x" }, { outcome: "refused" }, { outcome: "signed-in" }, { reason: "enrolled" }],
      ...[{ reason: "saml" }, { device: "d_1" }, { by: "t_1" }, { requestId: "9a3c5e7f1b2d4c6e" }],
      {
        userId: "u_1",
        source: "x",
        outcome: "refused",
        reason: "waiting",
        device: "d_1",
        by: "t",
        since: 1,
        until: NOW,
      },
    ].flatMap((filter) => events(filter as audit.AuditFilter)),
    arrivedEvents: (db) => auditList.arrivedEvents(db, { userId: "u_1", since: 5 }, { ...page, after: 0 }),
    lastArrival: (db) => auditList.lastArrival(db),
  } satisfies Calls<typeof auditList>,
  ceremonies: {
    putCeremony: (db) => ceremonies.putCeremony(db, { hash: "", kind: "test", data: "{}", expiresAt: NOW }),
    takeCeremony: (db) => ceremonies.takeCeremony(db, { hash: "", kind: "test", now: 0 }),
    readCeremony: (db) => ceremonies.readCeremony(db, { hash: "", kind: "test", now: 0 }),
    stepCeremony: (db) => ceremonies.stepCeremony(db, "", 0, "{}"),
    purgeCeremonies: (db) => ceremonies.purgeCeremonies(db, NOW),
  } satisfies Calls<typeof ceremonies>,
  changeUser: {
    changeUser: (db) => changeUser.changeUser(db, userId, { groups: ["sales"] }, upn),
  } satisfies Calls<typeof changeUser>,
  changeUsers: {
    changeUsers: (db) => {
      const event = { ...eventAt(NOW + 1), userId };
      return changeUsers.changeUsers(db, [{ userId, settings: { groups: ["sales"] }, event }]);
    },
  } satisfies Calls<typeof changeUsers>,
  deviceList: {
    pageOfDevices: [
      {},
      ...[{ userId: "u_1" }, { state: "allowed" }, { state: "pending" }, { type: "phone" }, { product: "OC" }],
      ...[
        { version: "16.0" },
        { seenBefore: 5 },
        { seenAfter: 5 },
        { q: "pc-17 anna" },
        { q: "müller", userId: "u_1" },
      ],
      { state: "allowed", type: "phone", product: "OC", version: "16", seenBefore: 9, seenAfter: 5 },
      { state: "blocked", type: "phone", q: "anna@", seenBefore: 9 },
    ].flatMap((filter) => devices(filter as deviceList.DeviceFilter)),
  } satisfies Calls<typeof deviceList>,
  ...directoryCalls,
  homePools: {
    homePoolsOf: (db) => homePools.homePoolsOf(db),
  } satisfies Calls<typeof homePools>,
  invitations: {
    addInvitation: (db) => refused(invitations.addInvitation(db, invitation)),
    invitationByHash: (db) => invitations.invitationByHash(db, "", NOW),
    useInvitation: (db) => invitations.useInvitation(db, "", NOW),
    endInvitationsOf: (db) => invitations.endInvitationsOf(db, "a_0"),
    purgeInvitations: (db) => invitations.purgeInvitations(db, NOW),
  } satisfies Calls<typeof invitations>,
  keyAges: {
    agesOfKeys: [
      (db) => keyAges.agesOfKeys(db, [{ kind: "admin", id: "1" }], NOW),
      (db) => keyAges.agesOfKeys(db, [{ kind: "admin", id: "1" }], NOW),
    ],
  } satisfies Calls<typeof keyAges>,
  partnerships: {
    partnershipsOfUser: (db) => partnerships.partnershipsOfUser(db, "u_1"),
    claimDevice: async (db) => partnerships.claimDevice(db, "u_1", device, NOW).catch(() => "there is no such user"),
    ownerOfDevice: (db) => partnerships.ownerOfDevice(db, "u_1", "endpoint:1", NOW),
    savePartnerships: async (db) =>
      partnerships.savePartnerships(db, "u_1", [device], ["d_2"]).catch(() => "there is no such user"),
    listPartnerships: [
      (db) => partnerships.listPartnerships(db, page),
      (db) => partnerships.listPartnerships(db, { ...page, after: "d_m" }),
      (db) => partnerships.listPartnerships(db, { ...page, seenSince: NOW }),
    ],
    usersWithDevices: (db) => partnerships.usersWithDevices(db, { ...page, after: "" }),
    listContests: (db) => partnerships.listContests(db, "u_1"),
    pageOfContests: [
      (db) => partnerships.pageOfContests(db, page),
      (db) => partnerships.pageOfContests(db, { ...page, after: { at: 5, key: "endpoint:1", userId: "u_m" } }),
      (db) => partnerships.pageOfContests(db, { ...page, userId: "u_1" }),
    ],
    holdersOf: (db) => partnerships.holdersOf(db, ["endpoint:1", "d_1"]),
  } satisfies Calls<typeof partnerships>,
  passkeys: {
    addPasskey: (db) => refused(passkeys.addPasskey(db, passkey)),
    passkeyById: (db) => passkeys.passkeyById(db, "c"),
    passkeysOf: (db) => passkeys.passkeysOf(db, "a_0"),
    renamePasskey: (db) => passkeys.renamePasskey(db, "a_0", "c", "my phone"),
    removePasskey: (db) => passkeys.removePasskey(db, "a_0", "c"),
    notePasskeyUsed: (db) => passkeys.notePasskeyUsed(db, "c", { counter: 1, backedUp: true, at: NOW }),
    countPasskeysOfOtherRp: (db) => passkeys.countPasskeysOfOtherRp(db, "b"),
  } satisfies Calls<typeof passkeys>,
  person: {
    deviceKeysOf: (db) => person.deviceKeysOf(db, "u_1"),
    eventsAbout: (db) => person.eventsAbout(db, somebody, { after: "", limit: 10 }),
    networksOf: (db) => person.networksOf(db, "u_1", 0),
    policiesNaming: (db) => person.policiesNaming(db, ["a@b"]),
    forgetInAudit: [
      (db) => person.forgetInAudit(db, somebody, "purge", "x_1"),
      (db) => person.forgetInAudit(db, somebody, "pseudonymise", "x_1"),
    ],
    deleteUser: [
      (db) => person.deleteUser(db, somebody, ["endpoint:1"], eventAt(NOW), "kept"),
      (db) => person.deleteUser(db, somebody, ["endpoint:1"], eventAt(NOW), "taken-out"),
    ],
  } satisfies Calls<typeof person>,
  policies: {
    currentPolicy: (db) => policies.currentPolicy(db),
    policyOfVersion: (db) => policies.policyOfVersion(db, 1),
    policyHistory: (db) => policies.policyHistory(db, page),
    currentVersion: (db) => policies.currentVersion(db),
    applyPolicy: (db) => policies.applyPolicy(db, 0, applied),
  } satisfies Calls<typeof policies>,
  statistics: {
    completeHours: (db) => statistics.completeHours(db, 24, NOW),
    liveHour: (db) => statistics.liveHour(db, NOW),
    purgeHours: (db) => statistics.purgeHours(db, NOW),
  } satisfies Calls<typeof statistics>,
  userList: {
    pageOfUsers: [
      {},
      ...[
        { disabled: true },
        { disabled: false },
        { group: "sales" },
        { group: "Ärzte" },
        { group: "sales", disabled: true },
      ],
      ...[{ q: "anna" }, { q: "anna müller" }, { q: "@contoso" }, { q: "anna@" }, { q: "contoso\\anna" }],
      { q: "anna", disabled: true, group: "sales" },
      ...([{ origin: "manual" }, { origin: "scim", q: "anna" }, { origin: "directory", group: "sales" }] as const),
    ].flatMap((filter) => [
      ...users(filter),
      (db: Database) => userList.pageOfUsers(db, filter, page, { commonFrom: -1, maxJudged: 5 }),
    ]),
  } satisfies Calls<typeof userList>,
  ...noticeCalls,
  usersNamed: {
    usersNamed: (db) => usersNamed.usersNamed(db, ["a@b", "u_1"]),
  } satisfies Calls<typeof usersNamed>,
  webSessions: {
    addWebSession: (db) => refused(webSessions.addWebSession(db, session)),
    webSessionByHash: (db) => webSessions.webSessionByHash(db, "", clock),
    touchWebSession: (db) => webSessions.touchWebSession(db, "", NOW),
    refreshWebSession: (db) => webSessions.refreshWebSession(db, "", NOW),
    webSessionsOf: (db) => webSessions.webSessionsOf(db, "a_0", clock),
    endWebSession: (db) => webSessions.endWebSession(db, "a_0", "s_1"),
    endWebSessionsOf: [
      (db) => webSessions.endWebSessionsOf(db, "a_0"),
      (db) => webSessions.endWebSessionsOf(db, "a_0", "s_1"),
    ],
    purgeWebSessions: (db) => webSessions.purgeWebSessions(db, NOW),
  } satisfies Calls<typeof webSessions>,
} as const;

/** The queries that may read a whole table. */
const SMALL: readonly (readonly [RegExp, string])[] = [
  [
    /^SCAN (?:latest|examined|found|theirs|seen|oldest|each_word|\(subquery-\d+\))$/,
    "a part of the same statement, which a limit or a search bounds",
  ],
  [/^SCAN \S+ VIRTUAL TABLE/, "the members of a list in JSON"],
  [/^SCAN (?:CONSTANT ROW|\d+-ROW VALUES CLAUSE)$/, "what is given"],
  [
    /^SCAN (?:api_tokens|administrators|others|passkeys|key_ages)/,
    "a row for each token, administrator, passkey of one, or key",
  ],
  [/^SCAN idempotency/, "a row for each write with a key within a day, read when somebody is erased"],
  [/^SCAN notices USING INDEX notices_waiting/, "the mail that waits: for three days at most"],
  [/^SCAN addressless/, "everybody who may sign in, counted when somebody looks at the page about mail"],
  [/^SCAN directory_sources/, "a row for each source of people, of which there are ten at most"],
  [/^SCAN policies/, "a row for each policy that was ever applied"],
];

let userId = "";

beforeAll(async () => {
  const added = await addUser(db, { sipUri: "sip:a@contoso.test", account: "CONTOSO\\a" }, NOW);
  userId = added.ok ? added.value.id : "";
  taken();
});

const named = Object.entries(CALLS).flatMap(([room, calls]) =>
  Object.entries(calls as Record<string, Call | Call[]>).map(
    ([name, call]) => [`${room}.${name}`, [call].flat()] as const,
  ),
);

async function scansOf(statements: readonly Recorded[]): Promise<string[]> {
  const scans: string[] = [];
  for (const statement of statements) {
    const plan = await planOf(env.DB, statement);
    const bad = plan.filter((step) => /\bSCAN\b/.test(step) && !SMALL.some(([pattern]) => pattern.test(step)));
    scans.push(...bad.map((step) => `${step} in ${statement.sql.slice(0, 2_000)}`));
  }
  return scans;
}

describe("no query reads a large table from one end to the other", () => {
  it.each(named)("%s", async (_name, calls) => {
    taken();
    for (const call of calls) await call(db);
    const statements = taken();
    expect(statements.length).toBeGreaterThan(0);
    expect(await scansOf(statements)).toEqual([]);
  });

  it.each([
    ["words_of_names where name = 'a'"],
    ["words_of_names where user_id = 'a'"],
    ["words_of_display_names where user_id = 'a'"],
    ["words_of_devices where device_id = 'a'"],
  ])("nor do the triggers that keep the words: %s", async (from) => {
    const plan = await planOf(env.DB, { sql: `select word from ${from}`, params: [] });
    expect(plan.filter((step) => /^SCAN (?!words_of_\w+$|part VIRTUAL)/.test(step))).toEqual([]);
  });
});
