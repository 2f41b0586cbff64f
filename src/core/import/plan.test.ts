// Who a line of a file means, and what would be done about it.

import { describe, expect, it } from "vitest";
import { readLine } from "./person.ts";
import { type KnownUser, type Plan, planOf } from "./plan.ts";
import { lineFaultText } from "./said.ts";
import type { Cells } from "./table.ts";

const user = (account: string, more: Partial<KnownUser> = {}): KnownUser => ({
  ...{ id: `u_${account}`, sipUri: `sip:${account}@contoso.test`, account: `CONTOSO\\${account}` },
  ...{ upn: `${account}@contoso.test`, displayName: null, groups: [], disabledAt: null },
  ...more,
});
const cells = (account: string, more: Cells = {}): Cells => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, account, ...more },
});
const planFor = (lines: readonly (Cells | undefined)[], users: readonly KnownUser[] = []): Plan =>
  planOf(
    lines.map((one, at) => readLine({ line: at + 2, cells: one }, "CONTOSO")),
    users,
  );
const actions = ({ rows }: Plan) => rows.map(({ action }) => action);
const reason = ({ rows: [row] }: Plan) => (row?.action === "refused" ? lineFaultText(row.because) : row?.action);

describe("a line of the file", () => {
  it("is somebody new, with umlauts and apostrophes, or somebody who is there, in any case", () => {
    const lines = [cells("jörg.o'brien"), cells("ALICE"), cells("bob", { domain: "FABRIKAM" })];
    const plan = planFor(lines, [user("alice"), user("bob", { account: "fabrikam\\bob" })]);
    expect(actions(plan)).toEqual(["add", "unchanged", "unchanged"]);
    expect(plan.rows[0]).toMatchObject({
      person: { sipUri: "sip:jörg.o'brien@contoso.test", account: "CONTOSO\\jörg.o'brien" },
    });
  });

  it("changes what differs, and what the file does not say stays", () => {
    const known = user("alice", { displayName: "Alice", groups: ["staff"] });
    expect(actions(planFor([cells("alice", { upn: "", displayName: "" })], [known]))).toEqual(["unchanged"]);
    const given = { upn: "alice@corp.test", displayName: "Alice S.", groups: "sales; staff" };
    expect(planFor([cells("alice", given)], [known]).rows[0]).toMatchObject({
      action: "change",
      changes: [
        { field: "upn", before: "alice@contoso.test", after: "alice@corp.test" },
        { field: "displayName", before: "Alice", after: "Alice S." },
        { field: "groups", before: "staff", after: "sales;staff" },
      ],
    });
  });

  it("changes nobody who comes from a directory, and nobody of a directory is missing (S-47)", () => {
    const directory = { source: "ad" };
    const users = [user("alice", { directory }), user("bob", { directory }), user("carol")];
    expect(planFor([cells("alice")], users)).toMatchObject({ rows: [{ action: "unchanged" }], missing: [users[2]] });
    const plan = planFor([cells("alice", { displayName: "Another" })], users);
    expect(reason(plan)).toBe('The user comes from the directory "ad", which says otherwise: change it there.');
  });

  it("with the same account and another SIP address is a rename", () => {
    const married = { sipUri: "alice.smith@contoso.test", upn: "alice.smith@contoso.test" };
    expect(planFor([cells("alice", married)], [user("alice")]).rows[0]).toMatchObject({
      action: "rename",
      changes: [
        { field: "sipUri", before: "sip:alice@contoso.test", after: "sip:alice.smith@contoso.test" },
        { field: "upn" },
      ],
    });
    expect(actions(planFor([cells("alice", { account: "asmith" })], [user("alice")]))).toEqual(["rename"]);
  });

  it("S-48: whose address alone is that of a user may be another person, and is refused", () => {
    const heir = cells("alice2", { sipUri: "sip:alice@contoso.test" });
    expect(reason(planFor([heir], [user("alice")]))).toContain("this may be another person");
  });

  it("with a name of another user is refused", () => {
    const line = cells("alice", { upn: "bob@contoso.test" });
    expect(reason(planFor([line], [user("alice"), user("bob")]))).toBe(
      "bob@contoso.test is a name of sip:bob@contoso.test, and this line means sip:alice@contoso.test.",
    );
  });

  it("S-10: two accounts whose names fold to one key are both refused, and neither is missing", () => {
    const lines = [cells("straße"), cells("strasse", { sipUri: "sip:s@contoso.test", upn: "" })];
    const plan = planFor(lines, [user("strasse")]);
    expect(actions(plan)).toEqual(["refused", "refused"]);
    expect(reason(plan)).toContain("Postern cannot tell the two apart: both are contoso\\strasse.");
    expect(plan.missing).toEqual([]);
  });

  it("that says again what another says is refused once; two with one address are both refused", () => {
    expect(actions(planFor([cells("alice"), cells("alice")]))).toEqual(["add", "refused"]);
    const plan = planFor([cells("alice"), cells("bob", { sipUri: "alice@contoso.test" })]);
    expect(actions(plan)).toEqual(["refused", "refused"]);
    expect(reason(plan)).toBe("Line 3 has the name alice@contoso.test too. Nobody is added or changed by either.");
  });

  it.each<[string, Cells | undefined]>([
    ["has no SIP address", cells("a", { sipUri: "" })],
    ["is not usable as a SIP address", cells("a", { sipUri: "a b@c" })],
    ["has no account", cells("a", { account: "" })],
    ["is not usable as an account", cells("a", { account: "B\\a\\b" })],
    ["is not usable as a UPN", cells("a", { upn: "CONTOSO\\a" })],
    ["is not usable as a SIP address", cells("a", { sipUri: "a@parked.invalid" })],
    ["is not usable as an account", cells("a", { account: "Parked\\a" })],
    ["is not usable as a UPN", cells("a", { upn: "a@parked.invalid" })],
    ["has lost letters", cells("J?rg")],
    ["is not one word", cells("a", { groups: "Sales Berlin" })],
    ["more than 50 groups", cells("a", { groups: Array.from({ length: 51 }, (_, at) => at).join(";") })],
    ["one line of at most 256", cells("a", { displayName: "x".repeat(257) })],
    ["too long", cells("a", { sipUri: `${"a".repeat(246)}@contoso.t` })],
    ["another number of values", undefined],
  ])("is refused: %s", (because, line) => {
    expect(reason(planFor([line]))).toContain(because);
  });

  it("needs a domain for its account", () => {
    const reading = readLine({ line: 2, cells: cells("alice") }, undefined);
    expect(reading).toMatchObject({ kind: "unusable", unusable: { because: { code: "needs-domain", text: "alice" } } });
  });
});

it("who is not in the file is missing; who is disabled, or may be meant by a refused line, is not", () => {
  const off = user("off", { disabledAt: "2026-11-02T08:00:00.000Z" });
  const lines = [cells("alice", { upn: "no upn" }), cells("carol", { enabled: "False" })];
  const plan = planFor(lines, [user("alice"), user("bob"), user("carol"), off]);
  expect(actions(plan)).toEqual(["refused", "left out"]);
  expect(plan.missing.map(({ id }) => id)).toEqual(["u_bob", "u_carol"]);
});
