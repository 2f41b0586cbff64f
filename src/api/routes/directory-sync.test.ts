// People of a directory, as a program inside sends them.

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiProblem, tokenOf } from "../../../test/kit/api.ts";
import type { WholeUserAnswer } from "../schemas/directory.ts";
import type { PeopleAppliedAnswer, PeoplePageAnswer, SourceStatusAnswer } from "../schemas/directory-sync.ts";

beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

let people = 0;
const guid = (n: number): string => `ad:00000000-0000-0000-0000-${String(n).padStart(12, "0")}`;

type Person = Record<string, unknown> & { sipUri: string; account: string };
const person = (more: object = {}) => {
  const n = ++people;
  const whole: Person = { sipUri: `p${n}@corp.test`, account: `CORP\\p${n}`, upn: `p${n}@ad.test`, ...more };
  return { key: guid(n), state: "in", person: whole };
};
type Row = { key: string; state: string; person?: Person };

const apply = async (rows: readonly Row[], more: object = {}) =>
  apiAnswer<PeopleAppliedAnswer>("POST", "/v1/directory/apply", {
    token: await tokenOf("directory"),
    body: { source: "ad", rows, ...more },
  });
const statuses = async (rows: readonly Row[], more: object = {}) =>
  (await apply(rows, more)).rows.map(({ status, code }) => (code === undefined ? status : `${status} ${code}`));
const userOf = (row: Row) =>
  apiAnswer<WholeUserAnswer>("GET", `/v1/users/${encodeURIComponent(row.person?.sipUri ?? "")}`);
const gone = ({ key }: Row, state = "deleted"): Row => ({ key, state });
const changed = (row: Row & { person: Person }, more: object): Row & { person: Person } => ({
  ...row,
  person: { ...row.person, ...more },
});

const reasonsOf = async (user: string): Promise<string[]> => {
  const { results } = await env.DB.prepare("select reason from audit_events where user_id = ? order by id")
    .bind(user)
    .all<{ reason: string }>();
  return results.map(({ reason }) => reason);
};

describe("S-55: people of a directory", () => {
  it("are added, changed, renamed, shut out and let in again, and the same rows change nothing", async () => {
    const ada = person({
      displayName: "Ada Łovelace",
      mail: "ada@corp.test",
      groups: ["staff"],
      sid: "S-1-5-21-1-2-3-1",
    });
    const bob = person();
    expect(await statuses([ada, bob])).toEqual(["created", "created"]);
    expect(await statuses([ada, bob])).toEqual(["unchanged", "unchanged"]);
    const { id } = await userOf(ada);
    const other = changed(ada, { displayName: "Ada King", groups: ["staff", "london"], mail: null });
    expect(await statuses([other, bob])).toEqual(["changed", "unchanged"]);
    expect(await userOf(ada)).toMatchObject({ displayName: "Ada King", groups: ["staff", "london"], id });
    const married = changed(other, { sipUri: "ada.king@corp.test", upn: null });
    expect(await statuses([married])).toEqual(["renamed"]);
    expect(await userOf(married)).toMatchObject({ id, upn: null });
    expect(await apiProblem("GET", `/v1/users/${ada.person.sipUri}`)).toEqual([404, "no-such-user"]);
    expect(await statuses([gone(married, "expired"), bob])).toEqual(["disabled", "unchanged"]);
    expect(await userOf(married)).toMatchObject({ disabledAt: expect.any(String) });
    expect(await statuses([gone(married, "expired")])).toEqual(["unchanged"]);
    expect(await statuses([gone(married, "deleted")])).toEqual(["changed"]);
    expect(await statuses([married])).toEqual(["enabled"]);
    expect(await statuses([married, bob])).toEqual(["unchanged", "unchanged"]);
    expect(await userOf(married)).toMatchObject({ disabledAt: null });
    expect(await reasonsOf(id)).toEqual(
      "user-created user-groups-name-details user-renamed user-disabled directory-state user-enabled".split(" "),
    );
  });

  it("who are unknown and not in are nobody's business", async () => {
    expect(await statuses([gone(person())])).toEqual(["unchanged"]);
  });

  it("S-46: are held when an administrator disabled them, whatever the directory says", async () => {
    const eve = person();
    await apply([eve]);
    await apiAnswer("POST", `/v1/users/${eve.person.sipUri}/disable`, { body: {} });
    for (const row of [eve, gone(eve), eve]) await apply([row]);
    expect(await userOf(eve)).toMatchObject({ disabledAt: expect.any(String) });
    await apiAnswer("POST", `/v1/users/${eve.person.sipUri}/enable`, { body: {} });
    expect(await userOf(eve)).toMatchObject({ disabledAt: null });
    expect(await statuses([eve])).toEqual(["unchanged"]);
  });

  it("S-10: keep their names: the first one stays, and the answer says who has it", async () => {
    const one = person();
    const two = person({ sipUri: one.person.sipUri.toUpperCase() });
    expect(await statuses([one, two])).toEqual(["created", "conflict name-taken"]);
    const { rows } = await apply([two]);
    expect(rows[0]).toMatchObject({
      status: "conflict",
      code: "name-taken",
      message: expect.stringContaining(one.key),
    });
    expect(await statuses([gone(one), two])).toEqual(["disabled", "conflict name-taken"]);
  });

  it("S-10: never share a SID: who had it keeps it, and of two who are new neither is taken", async () => {
    const sid = "S-1-5-21-7-7-7-1104";
    const [ada, bob, one, two] = [person({ sid }), person(), person({ sid: `${sid}1` }), person({ sid: `${sid}1` })];
    expect(await statuses([one, ada, two])).toEqual(["conflict sid-taken", "created", "conflict sid-taken"]);
    expect(await statuses([one])).toEqual(["created"]);
    const { rows } = await apply([two, person({ sid })], { dryRun: true });
    expect(rows).toMatchObject([
      { status: "conflict", code: "sid-taken", message: expect.stringContaining(one.key) },
      { status: "conflict", code: "sid-taken", message: expect.stringContaining(ada.key) },
    ]);
    // Somebody known keeps what was right, and everything else follows.
    await apply([bob]);
    const mixed = changed(bob, { sid, displayName: "Bob" });
    expect(await statuses([mixed])).toEqual(["conflict sid-taken"]);
    expect(await userOf(bob)).toMatchObject({ sid: null, displayName: "Bob" });
    expect(await statuses([gone(mixed, "disabled")])).toEqual(["disabled"]);
    expect(await statuses([mixed])).toEqual(["conflict sid-taken"]);
    expect(await userOf(bob)).toMatchObject({ disabledAt: expect.any(String) });
    // A SID that is given up is free, in the same request too.
    expect(await statuses([mixed, changed(ada, { sid: `${sid}2` })])).toEqual(["enabled", "changed"]);
    expect(await userOf(bob)).toMatchObject({ sid, disabledAt: null });
  });

  it("pass names on, and swap them, within one request", async () => {
    const [a, b, c] = [person(), person(), person()];
    await apply([a, b, c]);
    const ids = await Promise.all([a, b, c].map(async (row) => (await userOf(row)).id));
    const names = ({ person: { sipUri, account, upn } }: typeof a) => ({ sipUri, account, upn });
    const swapped = [changed(a, names(b)), changed(b, names(a))];
    const free = changed(c, { sipUri: "free@corp.test" });
    const heir = person({ sipUri: c.person.sipUri });
    expect(await statuses([heir, ...swapped, free])).toEqual(["created", "renamed", "renamed", "renamed"]);
    expect((await userOf(a)).id).toBe(ids[1]);
    expect((await userOf(b)).id).toBe(ids[0]);
    expect((await userOf(free)).id).toBe(ids[2]);
    expect(await statuses([heir, ...swapped, free])).toEqual(Array(4).fill("unchanged"));
  });

  it("S-10: cannot have the names of people who are parked, and nobody can by hand", async () => {
    const rows = [
      person({ account: "PARKED\\x" }),
      person({ account: "parked/u_1" }),
      person({ sipUri: "SIP:u_1@Parked.Invalid." }),
      person({ upn: "x@parked.invalid" }),
    ];
    expect(await statuses(rows)).toEqual(Array(4).fill("conflict invalid"));
    expect((await apply(rows)).rows[0]?.message).toContain("Postern keeps names of");
    const { sipUri } = person().person;
    const made = { sipUri, account: "PARKED\\x" };
    expect(await apiProblem("POST", "/v1/users", { body: made })).toEqual([422, "invalid"]);
    expect(await apiProblem("POST", "/v1/users/batch", { body: { rows: [{ op: "create", ...made }] } })).toEqual([
      422,
      "invalid",
    ]);
    await apiAnswer("POST", "/v1/users", { body: { sipUri, account: "CORP\\x" } });
    expect(await apiProblem("POST", `/v1/users/${sipUri}/rename`, { body: { account: "PARKED\\x" } })).toEqual([
      422,
      "invalid",
    ]);
    expect(await apiProblem("POST", `/v1/users/${sipUri}/aliases`, { body: { name: "a@parked.invalid" } })).toEqual([
      422,
      "invalid",
    ]);
  });

  it("are not users who were made by hand, unless an administrator lets the directory take them over", async () => {
    const row = person();
    const { sipUri, account } = row.person;
    await apiAnswer("POST", "/v1/users", { body: { sipUri, account, displayName: "By hand" } });
    const { id } = await userOf(row);
    expect(await statuses([row])).toEqual(["conflict made-by-hand"]);
    expect(await userOf(row)).toMatchObject({ id, displayName: "By hand", upn: null });
    const open = { body: { minutes: 5, why: "the first sync" } };
    expect(
      await apiProblem("POST", "/v1/directory/ad/adoption", { ...open, token: await tokenOf("directory") }),
    ).toEqual([...[403, "forbidden-scope"]]);
    await apiAnswer("POST", "/v1/directory/ad/adoption", open);
    expect(await statuses([row], { dryRun: true })).toEqual(["adopted"]);
    expect(await statuses([row])).toEqual(["adopted"]);
    expect(await userOf(row)).toMatchObject({ id, displayName: null, upn: row.person.upn });
    expect(await statuses([row])).toEqual(["unchanged"]);
    await apiAnswer("POST", "/v1/directory/ad/adoption", { body: { minutes: 0 } });
    const next = person();
    await apiAnswer("POST", "/v1/users", { body: { sipUri: next.person.sipUri, account: next.person.account } });
    expect(await statuses([next])).toEqual(["conflict made-by-hand"]);
  });

  it("are judged one by one: one unusable row stops no other", async () => {
    const bad = person({ account: "nobody" });
    const good = person({ displayName: "Ζωή O'Brien\u0000", mail: "a@b.test, c@d.test", language: "Deutsch!" });
    const foreign = { ...person(), key: "scim:1" };
    expect(await statuses([bad, good, good, foreign])).toEqual([
      ...["conflict invalid", "created", "failed twice", "failed invalid"],
    ]);
    expect(await userOf(good)).toMatchObject({ displayName: "Ζωή O'Brien\ufffd" });
  });

  it("S-39: have display names with joiners, and names to sign in by without", async () => {
    const displayName = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627 \u{1f469}\u200d\u{1f680}";
    const ali = person({ displayName });
    expect(await statuses([ali, person({ sipUri: "\u06cc\u200c\u0631@corp.test" })])).toEqual([
      "created",
      "conflict invalid",
    ]);
    expect(await userOf(ali)).toMatchObject({ displayName });
    await apply([changed(ali, { displayName: `${displayName}\u202e` })]);
    expect(await userOf(ali)).toMatchObject({ displayName: `${displayName}\ufffd` });
    const byHand = { ...person().person, displayName };
    expect(await apiAnswer("POST", "/v1/users", { body: byHand })).toMatchObject({ displayName });
    const hides = { ...person().person, displayName: `${displayName}\u202e` };
    expect(await apiProblem("POST", "/v1/users", { body: hides })).toEqual([422, "invalid"]);
  });

  it("are listed by key, and only of the source", async () => {
    const rows = [person(), person()];
    await apply(rows);
    const token = await tokenOf("directory");
    const list = (query: string) =>
      apiAnswer<PeoplePageAnswer>("GET", `/v1/directory/people?source=ad${query}`, { token });
    const { items } = await list("");
    expect(items.map(({ key }) => key)).toEqual(items.map(({ key }) => key).toSorted());
    const seen: string[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const page: PeoplePageAnswer = await list(`&limit=3&after=${encodeURIComponent(after)}`);
      seen.push(...page.items.map(({ key }) => key));
      after = page.next;
    }
    expect(seen).toEqual(items.map(({ key }) => key));
    expect((await list(`&key=${rows[0]?.key}`)).items).toMatchObject([{ key: rows[0]?.key, state: "in", held: false }]);
  });

  it("are reported about, and the status says whether that is long ago", async () => {
    const report = { cursor: "usn=5", inStep: true, compared: true, people: 7, problems: [] };
    const token = await tokenOf("directory");
    const put = (more: object) =>
      apiAnswer<SourceStatusAnswer>("PUT", "/v1/directory/ad/report", { token, body: { ...report, ...more } });
    expect(await put({})).toMatchObject({ cursor: "usn=5", people: 7, stale: false, brake: null, problemCount: 0 });
    const brake = { wanted: 40, of: 100, examples: ["Ada"] };
    const { brake: stopped } = await put({ inStep: false, brake, cursor: undefined });
    expect(stopped).toMatchObject({ ...brake, since: expect.any(String) });
    const read = await apiAnswer<{ sources: SourceStatusAnswer[] }>("GET", "/v1/directory", {
      token: await tokenOf("read"),
    });
    expect(read.sources).toMatchObject([{ source: "ad", brake, inStepAt: expect.any(String) }]);
    expect(read.sources[0]).not.toHaveProperty("cursor");
  });

  it("S-58: have ten sources at most, so that no token fills the status with others", async () => {
    const token = await tokenOf("directory");
    const body = { inStep: true, compared: true, people: 1 };
    for (let n = 0; n < 10; n++) {
      await apiAnswer("PUT", `/v1/directory/${n === 0 ? "ad" : `other${n}`}/report`, { token, body });
    }
    expect(await apiProblem("PUT", "/v1/directory/eleventh/report", { token, body })).toEqual([422, "invalid"]);
    await apiAnswer("PUT", "/v1/directory/ad/report", { token, body });
  });

  it("sent twice at one moment are no conflict with themselves", async () => {
    const row = person();
    const both = (await Promise.all([statuses([row]), statuses([row])])).flat();
    expect(both).toContain("created");
    expect(["created", "unchanged", "failed later"]).toEqual(expect.arrayContaining(both));
    expect(await statuses([row])).toEqual(["unchanged"]);
  });
});
