// S-40: on the started gateway, one command shows everything that is kept of one person, and another deletes it.
// Afterwards the test reads every table of every database, and searches every file byte by byte.

import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasCode } from "../../cli/local-keys.ts";
import { newSealingKey } from "../../cli/sealing-keys.ts";
import type { AuditPurgedAnswer, ErasedAnswer, PersonAnswer, PersonAuditAnswer } from "../../src/api/person-answers.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { PASSWORD_GRANT } from "./support/passwords.ts";
import { Events, openDevice, type PollingDevice, startPolls } from "./support/polls.ts";
import { asCompact, asProof, creation } from "./support/presenting.ts";
import { accessTokenIn, compactTicket, samlTicket, tokenRequest, WINDOWS_GRANT } from "./support/tickets.ts";

const userAt = (account: string) => ({
  sipUri: `sip:${account}@contoso.test`,
  upn: `${account}@contoso.test`,
  domain: "CONTOSO",
  account,
});
const HOME = "203.0.113.50";
const OFFICE = "203.0.113.51";
const GUESSER = "198.51.100.77";
const LABEL = "red phone of Z";
/** Long enough for the guards' alarms to send their events to D1. */
const FLUSHED_MS = 8_000;

let gateway: TestGateway;
beforeAll(async () => {
  const moreUsers = ["zoequixote", "zoequixote", "yanother", "xerxesq"].map(userAt);
  const sealingKeys = newSealingKey();
  gateway = await startTestGateway({ sealingKeys, moreUsers, simulator: { newcomersAt: "contoso.test" } });
  writeFileSync(join(gateway.home, "local.json"), JSON.stringify({ sealingKeys }), { mode: 0o600 });
});
afterAll(() => gateway?.stop());

const from = <R extends { readonly headers?: Readonly<Record<string, string>> }>(request: R, network: string) => ({
  ...request,
  headers: { ...request.headers, "cf-connecting-ip": network, "user-agent": "Z-Client/1.0" },
});

/** Makes a full life: devices of both kinds, places, mistakes, a guesser, and somebody who names the same device. */
async function live(zoe: Person, desk: Person, yan: Person, phone: string): Promise<PollingDevice> {
  const device = await openDevice(gateway, zoe, { endpointId: phone, source: HOME, applications: [] });
  const grant = PASSWORD_GRANT.request(desk.upn, desk.password);
  expect((await gateway.send(from(grant, OFFICE))).status).toBe(200);
  const home: TestGateway = { ...gateway, send: (request) => gateway.send(from(request, HOME)) };
  expect((await home.send(asProof(await samlTicket(home, desk), zoe.upn))).status).toBe(200);
  for (let i = 0; i < 12; i++) {
    const guess = PASSWORD_GRANT.request(zoe.upn, `not-${i}-the-password-of-this-one`);
    expect((await gateway.send(from(guess, GUESSER))).status).not.toBe(200);
  }
  const foreign = accessTokenIn((await gateway.send(PASSWORD_GRANT.request(yan.upn, yan.password))).text);
  const headers = { "x-ms-webticket": `cwt=${foreign}`, "content-type": "application/json" };
  expect((await gateway.send({ ...creation(phone), headers })).status).toBe(403);
  return device;
}

/** The texts that say who somebody is, in any store. */
const tracesOf = (who: Person, phone: string): string[] => [who.account, phone, LABEL];

type Store = { readonly file: string; readonly text: string };

/** Every row of every table, and of every file the bytes. */
function stores(): { readonly rows: Store[]; readonly bytes: Store[] } {
  const copy = mkdtempSync(join(tmpdir(), "postern-stores-"));
  try {
    copyOf(join(gateway.home, "state"), copy);
    const files = readdirSync(copy, { recursive: true })
      .map((name) => join(copy, String(name)))
      .filter((name) => statSync(name).isFile());
    const rows = files.filter((file) => file.endsWith(".sqlite")).map((file) => ({ file, text: rowsIn(file) }));
    // The program that closes a database last folds the log into it. SQLite in workerd does this by itself now and
    // then.
    const left = files.filter((file) => existsSync(file));
    const bytes = left.map((file) => ({ file, text: readFileSync(file, "latin1") }));
    return { rows, bytes };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/**
 * Copies a folder whose databases may fold their logs away meanwhile. It tries again until no file vanishes during the
 * copy.
 */
function copyOf(folder: string, copy: string): void {
  for (let tries = 1; ; tries++) {
    try {
      cpSync(folder, copy, { recursive: true });
      return;
    } catch (fault) {
      if (tries === 20 || !hasCode(fault, "ENOENT")) throw fault;
      rmSync(copy, { recursive: true });
    }
  }
}

function rowsIn(file: string): string {
  const db = new DatabaseSync(file);
  try {
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    return tables.map(({ name }) => rowsOf(db, String(name))).join("\n");
  } finally {
    db.close();
  }
}

function rowsOf(db: DatabaseSync, table: string): string {
  const rows = db.prepare(`SELECT * FROM "${table}"`);
  rows.setReadBigInts(true); // the times of alarms are in nanoseconds
  return JSON.stringify(rows.all(), (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

const where = (among: readonly Store[], traces: readonly string[]): string[] =>
  among.flatMap(({ file, text }) =>
    traces.flatMap((trace) =>
      text.toLowerCase().includes(trace.toLowerCase()) ? [`${trace} in ${file.split("/").slice(-3).join("/")}`] : [],
    ),
  );

// Each waits for alarms of the guards more than once.
describe("S-40: a person", { timeout: 240_000 }, () => {
  it("is exported by one command, and erased by another, with all that was given out", async () => {
    const [zoe, desk, yan] = gateway.others as [Person, Person, Person];
    const phone = "endpoint-of-z-4711";
    await operator(gateway, "password", "create", zoe.upn, "--label", LABEL);
    const device = await live(zoe, desk, yan, phone);
    const polls = startPolls(gateway, device);
    const events = new Events(gateway);
    await events.fire(zoe);
    await expect.poll(() => polls.every(({ deliveries }) => deliveries.length > 0)).toBe(true);
    await pause(FLUSHED_MS);
    const traces = tracesOf(zoe, phone);
    expect(new Set(where(stores().rows, traces).map((each) => each.split(" in ")[0]))).toEqual(new Set(traces));

    const before = (await operator(gateway, "user", "export", zoe.upn)) as PersonAnswer & PersonAuditExport;
    const text = JSON.stringify(before);
    for (const trace of [...traces, zoe.sipUri, zoe.upn, HOME, OFFICE, GUESSER, "DESKTOP-7F3K2QA", "Z-Client"]) {
      expect(text, trace).toContain(trace);
    }
    expect(before.devices.map(({ key }) => key?.split(":")[0]).sort()).toEqual(["device", "endpoint"]);
    expect(before.appPasswords).toHaveLength(3);
    expect(before.contests).toContainEqual(expect.objectContaining({ user: yan.sipUri, holder: zoe.sipUri }));
    expect(before.guard).toMatchObject({
      pairs: expect.arrayContaining([expect.objectContaining({ network: OFFICE, familiar: true })]),
      relayed_tickets: expect.arrayContaining([
        expect.objectContaining({ kind: "user", workstation: "DESKTOP-7F3K2QA" }),
      ]),
      applications: [expect.objectContaining({ at: expect.stringContaining("T") })],
      named_places: expect.arrayContaining([expect.objectContaining({ network: expect.any(String) })]),
    });
    expect(before.networks).toContainEqual({ network: OFFICE, signedInAt: [expect.any(String), expect.any(String)] });
    const reasons = new Set(before.audit.map(({ reason }) => reason));
    for (const reason of ["cwt", "saml", "enrolled", "wrong-password", "waiting", "device-of-another-user"]) {
      expect([...reasons], reason).toContain(reason);
    }
    expect(before.audit.some(({ user }) => user === yan.sipUri)).toBe(true);
    for (const secret of [zoe.password, desk.password, ...device.tickets, "ntHashes", "nt_hashes"]) {
      expect(text).not.toContain(secret);
    }

    // During all of this, somebody tries to get in with the right password.
    const trying = new AbortController();
    const statuses: number[] = [];
    const tries = (async () => {
      while (!trying.signal.aborted) {
        const headers = { ...grantOf(zoe).headers, "cf-connecting-ip": HOME, "user-agent": "Late/1.0" };
        statuses.push((await gateway.send({ ...grantOf(zoe), headers })).status);
      }
    })();
    await expect.poll(() => statuses.length).toBeGreaterThan(2);
    const erased = (await operator(gateway, "user", "erase", zoe.upn, "--audit", "pseudonymise")) as ErasedAnswer;
    const returned = Date.now();
    const ids = [before.user.id, ...before.appPasswords.map(({ id }) => id), ...before.devices.map(({ id }) => id)];
    const gone = [...traces, ...ids.map(String)];
    const atOnce = stores();
    // The user's own guard is a new file. SQLite keeps what was deleted in unused parts of the others: docs/people.md
    // says so.
    const guards = atOnce.bytes.filter(({ file }) => file.includes("UserGuard"));
    expect(where(guards, [zoe.account, LABEL, "DESKTOP-7F3K2QA"])).toEqual([]);
    expect(where(atOnce.rows, [...gone, "DESKTOP-7F3K2QA", "Z-Client"])).toEqual([]);
    trying.abort();
    await tries;
    await events.fire(zoe);
    for (const cwt of device.tickets) expect((await gateway.send(asCompact(cwt))).status).toBe(401);
    expect((await signIn(gateway, WINDOWS_GRANT, zoe)).status).toBe(401);
    expect((await signIn(gateway, tokenRequest("saml", zoe.sipUri), desk)).status).toBe(401);
    await pause(FLUSHED_MS);
    await Promise.all(polls.map((poll) => poll.stop()));
    expect(polls.flatMap(({ deliveries }) => deliveries).filter(({ at }) => at > returned)).toEqual([]);

    expect(erased).toMatchObject({
      user: zoe.sipUri,
      pseudonym: expect.stringMatching(/^x_/),
      networksLeft: 0,
      policies: [],
    });
    // A client that goes on trying is unknown now: the audit has its network and machine, and no name.
    expect(where(stores().rows, gone)).toEqual([]);
    const audit = (await operator(gateway, "audit", "--limit", "1000")) as PersonAuditAnswer["events"];
    const theirs = audit.filter(({ userId }) => userId === erased.pseudonym);
    expect(theirs.length).toBe(erased.events + 1);
    expect(theirs.some(({ reason }) => reason === "cwt")).toBe(true);
    expect(theirs.find(({ reason }) => reason === "user-erased")).toMatchObject({ channel: "command", user: null });
    expect(new Set(theirs.filter(({ channel }) => channel !== "command").map(({ source }) => source))).toEqual(
      new Set(["unknown"]),
    );
    // The other user has lost nothing except the id of a device that belonged to somebody else.
    expect(audit.filter(({ user }) => user === yan.sipUri).length).toBeGreaterThan(0);
    expect((await gateway.send(PASSWORD_GRANT.request(yan.upn, yan.password))).status).toBe(200);

    for (const command of ["export", "erase"]) {
      const choice = command === "erase" ? ["--audit", "purge"] : [];
      await expect(operator(gateway, "user", command, zoe.upn, ...choice)).rejects.toThrow("Nobody has this name");
    }
  });

  it("is erased with the audit, may come back, and begins anew", async () => {
    const xerxes = gateway.others[3] as Person;
    await compactTicket(gateway, xerxes);
    await pause(FLUSHED_MS);
    expect(where(stores().rows, [xerxes.account])).not.toEqual([]);
    await expect(operator(gateway, "user", "erase", xerxes.upn)).rejects.toThrow("2 ");
    const erased = (await operator(gateway, "user", "erase", xerxes.upn, "--audit", "purge")) as ErasedAnswer;
    expect(erased.events).toBeGreaterThan(0);
    expect(where(stores().rows, [xerxes.account])).toEqual([]);
    const audit = (await operator(gateway, "audit", "--reason", "user-erased")) as PersonAuditAnswer["events"];
    expect(audit[0]).toMatchObject({ userId: null, user: null, by: { kind: "key" } });
    await operator(gateway, "user", "add", xerxes.sipUri, "--account", "CONTOSO/xerxesq", "--upn", xerxes.upn);
    const shown = (await operator(gateway, "user", "export", xerxes.upn)) as PersonAnswer & PersonAuditExport;
    expect(shown.audit).toMatchObject([{ reason: "user-created" }]); // of the user who came back
    expect([shown.devices, shown.appPasswords]).toEqual([[], []]);
  });
});

it("S-44: old events of the audit are deleted by one command, which says how many and is in the audit", {
  timeout: 240_000,
}, async () => {
  await gateway.send(from(PASSWORD_GRANT.request("mallory@contoso.test", "wrong-wrong"), GUESSER));
  await pause(FLUSHED_MS);
  const audit = async () => (await operator(gateway, "audit", "--limit", "1000")) as PersonAuditAnswer["events"];
  const before = await audit();
  expect(before.some(({ reason }) => reason === "unknown-user")).toBe(true);
  expect(await operator(gateway, "audit", "purge", "--before", "1")).toMatchObject({ deleted: 0 });
  expect(await audit()).toEqual(before);
  const purged = (await operator(gateway, "audit", "purge", "--before", new Date().toISOString())) as AuditPurgedAnswer;
  expect(purged.deleted).toBeGreaterThanOrEqual(before.length);
  expect(await audit()).toMatchObject([
    { reason: "audit-purged", outcome: "changed", why: `${purged.deleted} events before ${purged.before}` },
  ]);
  for (const argv of [[], ["--before", "soon"], ["--before", "2999-01-01"]]) {
    await expect(operator(gateway, "audit", "purge", ...argv)).rejects.toThrow("2 ");
  }
});

type PersonAuditExport = { readonly audit: PersonAuditAnswer["events"] };
const grantOf = ({ upn, password }: Person) => PASSWORD_GRANT.request(upn, password);
