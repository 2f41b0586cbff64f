// What must hold at once, disabling, enabling and revoking: through the gateway, or in the database with a fault that says what
// that leaves.

import { beforeEach, describe, expect, it } from "vitest";
import type { ProblemCode } from "../src/api/problem.ts";
import { UNKNOWN_DEVICE } from "../src/core/device/types.ts";
import { addAppPassword, addUser } from "../src/store/directory.ts";
import type { AdminAnswer, AdminRequest } from "./admin-api.ts";
import { databaseThrough } from "./d1.ts";
import { CliFault } from "./fault.ts";
import { type MemoryDatabase, memoryDatabase } from "./test/memory-database.ts";
import { type Run, runIn } from "./test/run.ts";
import type { Target } from "./wrangler.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const ALICE = "sip:alice@contoso.test";
const PATH = "/v1/users/alice%40contoso.test";
const SILENT = new CliFault("failure", "the local gateway is not running", 'Start it with "npm start".');

let database: MemoryDatabase;
let asked: AdminRequest[];
let targets: Target[];
let userId: string;

beforeEach(async () => {
  database = memoryDatabase();
  const db = databaseThrough(database.execute);
  const added = await addUser(db, { sipUri: ALICE, account: "CONTOSO\\alice" }, 0);
  if (!added.ok) expect.fail(added.reason);
  userId = added.value.id;
  for (const id of ["p_phone", "p_laptop"]) await addAppPassword(db, { id, userId, label: id, ntHashes: "" }, 0);
  database.executed.length = 0;
  asked = [];
  targets = [];
});

/** Runs one command; the gateway gives this answer, or none. */
function run(answer: AdminAnswer | CliFault, ...argv: string[]): Promise<Run> {
  const adminOf = () => async (request: AdminRequest) => {
    asked.push(request);
    if (answer instanceof CliFault) throw answer;
    return answer;
  };
  const executeOn = (target: Target) => {
    targets.push(target);
    return database.execute;
  };
  return runIn({ now: () => NOW, adminOf, executeOn }, argv);
}
const ok = (value: unknown): AdminAnswer => ({ ok: true, value });
const no = (code: ProblemCode): AdminAnswer => ({ ok: false, error: { code, message: "The gateway says why." } });
const disabledAt = (): unknown => database.rows("select disabled_at from users")[0]?.disabled_at;
const revoked = (): unknown[] =>
  database.rows("select id from app_passwords where revoked_at is not null").map(({ id }) => id);

describe("through the gateway", () => {
  it("a user is disabled and enabled, and the database is the gateway's to change", async () => {
    const disabled = await run(ok({ user: ALICE, changed: true }), "user", "disable", "Alice@contoso.test");
    expect(disabled.code).toBe(0);
    expect(disabled.out).toContain(`${ALICE} is disabled. Nothing more is served to this user.`);
    expect(disabled.out).toContain(`Revoke-CsClientCertificate -Identity '${ALICE}'`);
    const again = await run(ok({ user: ALICE, changed: false }), "user", "disable", ALICE);
    expect(again.out).toContain("was disabled already");
    expect((await run(ok({ user: ALICE, changed: true }), "user", "enable", ALICE)).out).toContain("may sign in again");
    expect((await run(ok({ user: ALICE, changed: false }), "user", "enable", ALICE)).out).toContain(
      "was enabled already",
    );
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST ${PATH}/disable`,
      `POST ${PATH}/disable`,
      `POST ${PATH}/enable`,
      `POST ${PATH}/enable`,
    ]);
    expect(database.executed).toEqual([]);
  });

  it("an app password is revoked, and its device is named", async () => {
    const device = { id: "d_1", key: "device:x", facts: { ...UNKNOWN_DEVICE, product: "OC", version: "15.0" } };
    const revokeCertificates = `Revoke-CsClientCertificate -Identity '${ALICE}'`;
    const answer = { user: ALICE, id: "p_phone", revokedAt: "2026-11-23T12:00:00.000Z", device, revokeCertificates };
    const { code, out } = await run(ok(answer), "password", "revoke", ALICE, "p_phone");
    expect(code).toBe(0);
    expect(out).toContain(`p_phone of ${ALICE} is revoked since 2026-11-23T12:00:00.000Z`);
    expect(out).toContain("The device d_1, OC 15.0, may come back with another app password.");
    expect(out).toContain(revokeCertificates);
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/passwords/p_phone/revoke` }]);
    expect(database.executed).toEqual([]);
    const expected = { ...device, state: "pending" };
    const pending = await run(ok({ ...answer, device: expected }), "password", "revoke", ALICE, "p_phone");
    expect(pending.out).toContain("No device is expected with it any more.");
    const alone = await run(
      ok({ ...answer, device: null, revokeCertificates: null }),
      "password",
      "revoke",
      ALICE,
      "p_phone",
    );
    expect(alone.out).toBe(
      `p_phone of ${ALICE} is revoked since 2026-11-23T12:00:00.000Z. Nothing more is served to who signed in with it.\n`,
    );
  });

  it.each([
    [["user", "disable", ALICE], "no-such-user"],
    [["password", "revoke", ALICE, "p_phone"], "no-such-password"],
  ] as const)("%j: a no of the gateway is a no, exit code 3", async (argv, code) => {
    expect((await run(no(code), ...argv)).code).toBe(3);
    expect(database.executed).toEqual([]);
  });

  it.each(["", ".", "..", "p_1/x", "nothing like it?"])("the app password %j is nobody's", async (id) => {
    expect((await run(SILENT, "password", "revoke", ALICE, id)).code).toBe(3);
    expect([asked, database.executed]).toEqual([[], []]);
  });
});

describe("without the gateway", () => {
  it.each<[AdminAnswer | CliFault, string]>([
    [SILENT, "the local gateway is not running"],
    [no("unavailable"), "the gateway cannot answer now"],
    [no("no-such-resource"), "the gateway does not know this command"],
  ])("%j: a user is disabled in the database, exit code 1, and what that leaves is said", async (answer, why) => {
    const { code, out, err } = await run(answer, "user", "disable", "contoso/alice");
    expect([code, out, disabledAt()]).toEqual([1, "", NOW]);
    expect(err).toContain(`${ALICE} is disabled, but only in the database: ${why}.`);
    expect(err).toContain("Tickets that were given out before live on until they expire");
    expect(err).toContain("Then give this command again");
  });

  it("a user is enabled, which each sign-in reads in the database", async () => {
    await run(SILENT, "user", "disable", ALICE);
    const { code, err } = await run(SILENT, "user", "enable", ALICE);
    expect([code, disabledAt()]).toEqual([1, null]);
    expect(err).toContain("Sign-ins are accepted from now on.");
    expect(err).not.toContain("Tickets");
  });

  it("one app password is revoked, as often as you like, and no other's", async () => {
    for (let times = 0; times < 2; times++) {
      const { code, err } = await run(SILENT, "password", "revoke", ALICE, "p_phone");
      expect([code, revoked()]).toEqual([1, ["p_phone"]]);
      expect(err).toContain("Tickets that were given out before live on");
    }
    expect((await run(SILENT, "password", "revoke", ALICE, "p_wrong")).code).toBe(3);
    const db = databaseThrough(database.execute);
    await addUser(db, { sipUri: "sip:bob@contoso.test", account: "CONTOSO\\bob" }, 0);
    expect((await run(SILENT, "password", "revoke", "bob@contoso.test", "p_laptop")).code).toBe(3);
    expect(revoked()).toEqual(["p_phone"]);
  });

  it("a user nobody is, is not found", async () => {
    expect((await run(SILENT, "user", "disable", "mallory@contoso.test")).code).toBe(3);
  });

  it("--json says so, and --env names the database", async () => {
    const argv = ["user", "disable", ALICE, "--remote", "--env", "production", "--json"];
    const { code, err } = await run(SILENT, ...argv);
    expect(code).toBe(1);
    expect(JSON.parse(err)).toMatchObject({ error: { kind: "failure", databaseOnly: true } });
    expect(targets).toEqual([{ kind: "remote", environment: "production" }]);
  });

  it("what only the gateway can do is not done", async () => {
    for (const argv of [
      ["device", "block", ALICE, "d_phone"],
      ["user", "set", ALICE, "--group", "staff"],
    ]) {
      expect((await run(SILENT, ...argv)).code).toBe(1);
    }
    expect(database.executed).toEqual([]);
  });
});
