// `postern user export`, `user erase` and `audit purge` from command line to exit code, with an API of the tests' own.

import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Asked, no, ok, type Run, runAgainst } from "../test/kit/gateway/command.ts";

const ALICE = "alice@contoso.test";
const PATH = `/v1/users/${encodeURIComponent(ALICE)}`;
const NOW = Date.parse("2026-11-23T12:00:00Z");
let asked: Asked[] = [];
let questions: string[] = [];
let folder = "";

beforeEach(() => {
  asked = [];
  questions = [];
  folder = mkdtempSync(join(tmpdir(), "postern-person-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

type Answers = Readonly<Record<string, readonly unknown[]>>;

/** Runs a command. `answers` has the answers for each path in turn; `typed` is what somebody types at the terminal. */
function run(answers: Answers, argv: readonly string[], typed?: string): Promise<Run> {
  const left = new Map(Object.entries(answers).map(([path, values]) => [path, [...values]]));
  const answer = ({ path }: Asked) => {
    const value = left.get(path)?.shift();
    return value === undefined ? no("no-such-user") : ok(value);
  };
  const question = async (text: string): Promise<string> => {
    questions.push(text);
    return typed ?? "";
  };
  const terminal = typed === undefined ? {} : { question };
  return runAgainst(answer, asked, argv, { now: () => NOW, ...terminal });
}

const person = { user: { sipUri: `sip:${ALICE}` }, names: [], leftOut: {} };
const exported: Answers = {
  [`${PATH}/export`]: [person],
  [`${PATH}/export/audit`]: [{ events: [{ id: "e_1" }], next: "e_1" }],
  [`${PATH}/export/audit?after=e_1`]: [{ events: [{ id: "e_2" }], next: null }],
};
const done = {
  ...{ user: `sip:${ALICE}`, events: 7, more: false, pseudonym: "x_abcdefghijklmnop", networks: 2, networksLeft: 0 },
  ...{ policies: [], revokeCertificates: "Revoke-CsClientCertificate -Identity 'sip:alice@contoso.test'" },
};

describe("S-40: user export", () => {
  it("prints one document with all pages of the audit, with --json and without", async () => {
    for (const json of [[], ["--json"]]) {
      const { code, out } = await run(exported, ["user", "export", ALICE, ...json]);
      expect([code, JSON.parse(out)]).toEqual([0, { ...person, audit: [{ id: "e_1" }, { id: "e_2" }] }]);
    }
  });

  it("writes it to a file that only its owner may read, and overwrites none", async () => {
    const file = join(folder, "alice.json");
    const { code, out } = await run(exported, ["user", "export", ALICE, "--file", file]);
    expect([code, out]).toEqual([0, `Wrote all that is kept of sip:${ALICE} to ${file}.\n`]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ audit: [{ id: "e_1" }, { id: "e_2" }] });
    expect(await run(exported, ["user", "export", ALICE, "--file", file])).toMatchObject({ code: 4 });
    expect(await run(exported, ["user", "export", ALICE, "--file", join(folder, "no", "x")])).toMatchObject({
      code: 1,
    });
  });

  it("says that nobody has the name", async () => {
    expect(await run({}, ["user", "export", ALICE])).toMatchObject({ code: 3, out: "" });
  });
});

describe("S-40: user erase", () => {
  const path = `${PATH}/erase`;
  const argv = ["user", "erase", ALICE, "--audit", "pseudonymise"];

  it("goes on under one pseudonym until it is done, and says what is left", async () => {
    const more = { ...done, events: 40_000, more: true };
    const last = { ...done, networksLeft: 3, policies: [4] };
    const { code, out } = await run({ [path]: [more, last] }, argv);
    expect(code).toBe(0);
    expect(asked.map(({ body }) => body)).toEqual([
      { audit: "pseudonymise" },
      { audit: "pseudonymise", pseudonym: done.pseudonym },
    ]);
    for (const said of ["40007 events", done.pseudonym, "Of 3 more", "version 4", "Revoke-CsClientCertificate"]) {
      expect(out).toContain(said);
    }
  });

  it("needs to be told what becomes of the audit, and asks the gateway nothing before", async () => {
    for (const choice of [[], ["--audit", "keep"]]) {
      expect(await run({ [path]: [done] }, ["user", "erase", ALICE, ...choice])).toMatchObject({ code: 2, out: "" });
    }
    expect(asked).toEqual([]);
  });

  it("asks at a terminal, and not where nobody is or --yes is given", async () => {
    expect(await run({ [path]: [done] }, argv, "no")).toMatchObject({ code: 2, out: "" });
    expect([asked, questions.length]).toEqual([[], 1]);
    expect(await run({ [path]: [done] }, argv, ALICE)).toMatchObject({ code: 0 });
    expect(await run({ [path]: [done] }, [...argv, "--yes"], "no")).toMatchObject({ code: 0 });
    expect(questions).toHaveLength(2);
  });

  it("erased twice: nobody has the name", async () => {
    const { code, err } = await run({}, argv);
    expect([code, err]).toEqual([3, expect.stringContaining("npx postern user list")]);
  });
});

describe("S-44: audit purge", () => {
  const path = "/v1/audit/purge";

  it("asks until there is no more, and says how many", async () => {
    const pages = [
      { deleted: 5_000, more: true },
      { deleted: 1, more: false },
    ];
    const { code, out } = await run({ [path]: pages }, ["audit", "purge", "--before", "90"]);
    expect(code).toBe(0);
    expect(out).toMatch(/^Deleted 5001 events from before 2026-08-25T12:00:00\.000Z\.\n\nTarget: 127/);
    expect(asked.map(({ body }) => body)).toEqual(Array(2).fill({ before: "2026-08-25T12:00:00.000Z" }));
  });

  it.each(["90d", "2026-08-25T12:00:00Z"])("takes %s", async (before) => {
    await run({ [path]: [{ deleted: 0, more: false }] }, ["audit", "purge", "--before", before]);
    expect(asked[0]?.body).toEqual({ before: "2026-08-25T12:00:00.000Z" });
  });

  it.each([[[]], [["--before", "soon"]], [["--before", "2027-01-01"]], [["--before", "99999"]], [["--since", "1d"]]])(
    "does not take %j",
    async (options) => {
      expect(await run({}, ["audit", "purge", ...options])).toMatchObject({ code: 2, out: "" });
      expect(asked).toEqual([]);
    },
  );
});
