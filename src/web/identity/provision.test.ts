// From an identity to somebody who administrates, against D1 in workerd.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { findEvents } from "../../../test/kit/stored-events.ts";
import type { EventContext } from "../../audit/event.ts";
import {
  type Administrator,
  addAdministrator,
  administratorById,
  changeAdministrator,
  listAdministrators,
} from "../../store/administrators.ts";
import { openDatabase } from "../../store/database.ts";
import { newAdministratorId } from "../../store/ids.ts";
import { type Identity, subjectKey } from "./identity.ts";
import { administratorFor } from "./provision.ts";
import type { RoleMapping } from "./roles.ts";

const db = openDatabase(env.DB);
const NOW = 1_795_000_000_000;
const ROLES: RoleMapping = {
  claim: "groups",
  byValue: new Map([
    ["lync-admins", "admin"],
    ["auditors", "viewer"],
  ]),
};
const WITHOUT_ROLES: RoleMapping = { claim: "groups", byValue: new Map() };

let people = 0;
let carol: Identity;
let about: EventContext;

beforeEach(() => {
  const subject = `s-${++people}`;
  carol = {
    ...{ source: "oidc", issuer: "https://id.contoso.test", subject, name: "Carol", emailVerified: true },
    ...{ email: `carol-${people}@contoso.test`, claims: { groups: ["auditors"] } },
  };
  about = {
    ...{ requestId: `r-${people}`, channel: "command", host: "console.contoso.test", source: "192.0.2.1" },
    ...{ userAgent: "", workstation: "" },
  };
});

const come = (identity: Partial<Identity> = {}, roles = ROLES) =>
  administratorFor({ ...carol, ...identity }, { db, roles, about, now: NOW });
const let_in = async (...asked: Parameters<typeof come>): Promise<Administrator> => {
  const outcome = await come(...asked);
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
};
const reason = async (...asked: Parameters<typeof come>) => {
  const outcome = await come(...asked);
  return outcome.ok ? "let in" : outcome.reason;
};
const invite = async (changes: Partial<Administrator> = {}): Promise<Administrator> => {
  const row: Administrator = {
    ...{
      id: newAdministratorId(),
      name: "Invited",
      email: carol.email,
      role: "helpdesk",
      createdAt: NOW,
      createdBy: "t_1",
    },
    ...{ disabledAt: null, revision: 0, source: "invited", subject: null, ...changes },
  };
  expect(await addAdministrator(db, row)).toMatchObject({ ok: true });
  return row;
};
const disable = (row: Administrator) => changeAdministrator(db, row, { disabledAt: NOW }, false);
const events = async () => (await findEvents(db, { requestId: about.requestId }, 20)).toReversed();
const administrates = { groups: ["lync-admins"] };

describe("somebody whom the identity provider signs in", () => {
  it("S-39: is added at the first sign-in with the role of the claims, and the audit says so", async () => {
    const row = await let_in();
    expect(row).toMatchObject({ name: "Carol", email: carol.email, role: "viewer", source: "oidc", createdBy: row.id });
    expect(await administratorById(db, row.id)).toEqual(row);
    const [event, ...others] = await events();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      reason: "administrator-created",
      by: row.id,
      outcome: "changed",
      source: "192.0.2.1",
    });
    expect(event?.why).toContain("role by the claim groups of https://id.contoso.test");
    expect(JSON.parse(event?.change ?? "")).toEqual({
      before: {},
      after: { id: row.id, name: "Carol", email: carol.email, role: "viewer", subject: subjectKey(carol) },
    });
  });

  it("is the same one the next time, also under another address, and nothing is written", async () => {
    const row = await let_in();
    expect(await let_in({ email: "married@contoso.test", name: "Carol New" })).toEqual(row);
    expect(await events()).toHaveLength(1);
  });

  it("S-39: has the role that the claims give now", async () => {
    const row = await let_in();
    expect(await let_in({ claims: administrates })).toMatchObject({ id: row.id, role: "admin", revision: 1 });
    const [, event] = await events();
    expect(event).toMatchObject({ reason: "administrator-changed", by: row.id });
    expect(JSON.parse(event?.change ?? "")).toEqual({ before: { role: "viewer" }, after: { role: "admin" } });
    expect(await let_in()).toMatchObject({ role: "viewer", revision: 2 });
  });

  it("is not let in without a role, and not added", async () => {
    expect(await reason({ claims: { groups: ["staff"] } })).toBe("no-role");
    expect(await reason({ claims: { hasgroups: true } })).toBe("groups-left-out");
    const row = await let_in();
    expect(await reason({ claims: {} })).toBe("no-role");
    expect(await administratorById(db, row.id)).toEqual(row);
  });

  it("is another person at another issuer under the same subject", async () => {
    const row = await let_in();
    const other = { issuer: "https://id.fabrikam.test", email: `other-${people}@contoso.test` };
    expect((await let_in(other)).id).not.toBe(row.id);
  });

  it("stays out when an administrator took the role away", async () => {
    const row = await let_in();
    await disable(row);
    expect(await reason({ claims: administrates })).toBe("disabled");
    expect(await reason({ claims: administrates, email: `new-${people}@contoso.test` })).toBe("disabled");
  });

  it("stays out when an administrator took the role of the same address away", async () => {
    await disable(await invite());
    expect(await reason({ claims: administrates })).toBe("disabled");
  });

  it("of several requests at one moment is added once", async () => {
    const rows = await Promise.all(Array.from({ length: 6 }, () => let_in()));
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1);
    const all = await listAdministrators(db, { after: "", limit: 200 });
    expect(all.filter(({ email }) => email === carol.email)).toHaveLength(1);
    expect(await events()).toHaveLength(1);
  });

  it("of several requests at one moment gets a new role once", async () => {
    await let_in();
    const rows = await Promise.all(Array.from({ length: 6 }, () => let_in({ claims: administrates })));
    expect(new Set(rows.map(({ role, revision }) => `${role} ${revision}`))).toEqual(new Set(["admin 1"]));
    expect(await events()).toHaveLength(2);
  });
});

describe("somebody who was invited", () => {
  it("S-39: is found by the verified address, once, and has the role of the claims from then on", async () => {
    const invited = await invite();
    const row = await let_in({ claims: administrates });
    expect(row).toEqual({ ...invited, role: "admin", subject: subjectKey(carol), revision: 1 });
    const [event] = await events();
    expect(event).toMatchObject({ reason: "administrator-changed", by: invited.id });
    expect(JSON.parse(event?.change ?? "")).toEqual({
      before: { role: "helpdesk", subject: null },
      after: { role: "admin", subject: subjectKey(carol) },
    });
    expect(await let_in({ email: "another@contoso.test", claims: administrates })).toEqual(row);
  });

  it("is not found by an address that the provider does not vouch for", async () => {
    const invited = await invite();
    expect(await reason({ emailVerified: false })).toBe("invited-unverified");
    expect(await administratorById(db, invited.id)).toEqual(invited);
    expect(await events()).toEqual([]);
  });

  it("is not found by somebody else who comes to have the address", async () => {
    const row = await let_in();
    expect(await reason({ subject: "another", claims: administrates })).toBe("address-of-another");
    expect(await administratorById(db, row.id)).toEqual(row);
  });

  it("again after the role was taken away is found, and is the one who was invited last", async () => {
    const before = await let_in();
    await disable(before);
    const again = await invite();
    expect((await let_in()).id).toBe(again.id);
    expect((await let_in()).id).toBe(again.id);
    expect(await administratorById(db, before.id)).toMatchObject({ subject: null });
  });

  it("of several requests at one moment is linked once", async () => {
    const invited = await invite();
    const rows = await Promise.all(Array.from({ length: 6 }, () => let_in()));
    expect(new Set(rows.map(({ id, revision }) => `${id} ${revision}`))).toEqual(new Set([`${invited.id} 1`]));
    expect(await events()).toHaveLength(1);
  });

  it("keeps the role of the console where the provider gives none, and nobody else is let in", async () => {
    expect(await reason({}, WITHOUT_ROLES)).toBe("not-invited");
    const invited = await invite();
    const row = await let_in({ claims: administrates }, WITHOUT_ROLES);
    expect(row).toMatchObject({ id: invited.id, role: "helpdesk" });
    expect(await let_in({ claims: {} }, WITHOUT_ROLES)).toEqual(row);
    const [event] = await events();
    expect(event?.why).toContain("signed in at https://id.contoso.test");
  });
});
