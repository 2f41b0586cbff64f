// `postern user import` on the started gateway: a file of a directory comes in, is compared again, and a leaver goes.
// What the person who signs in notices of it is asked over HTTP.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { UserAnswer } from "../../src/api/schemas/directory.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { PASSWORD_GRANT } from "./support/passwords.ts";

const PEOPLE = 450;
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ simulator: { newcomersAt: "contoso.test" } });
});
afterAll(() => gateway?.stop());

type Report = { readonly counts: Readonly<Record<string, number>>; readonly untouched: number };

/** A file as PowerShell 5 writes it with -Encoding Unicode. */
function fileOf(lines: readonly string[]): string {
  const file = join(gateway.home, "people.csv");
  const head = '#TYPE Selected.User\r\n"SipAddress","UserPrincipalName","SamAccountName","DisplayName"\r\n';
  writeFileSync(file, `\ufeff${head}${lines.join("\r\n")}\r\n`, "utf16le");
  return file;
}
const quoted = (...cells: string[]) => cells.map((cell) => `"${cell}"`).join(",");
const lineOf = (account: string, name: string) =>
  quoted(`sip:${account}@contoso.test`, `${account}@contoso.test`, account, name);
/** More than two batches of people, with names as there are. */
const people = Array.from({ length: PEOPLE }, (_, at) => lineOf(`jörg.o'brien${at}`, `O'Brien, Jörg ${at}`));
const importing = (lines: readonly string[], ...words: string[]): Promise<Report> =>
  operator(gateway, "user", "import", fileOf(lines), "--domain", "CONTOSO", ...words) as Promise<Report>;
const users = () => operator(gateway, "user", "list", "--all") as Promise<UserAnswer[]>;

it("S-10: brings a directory in, does nothing twice, follows changes, and disables who left only when told to", async () => {
  const before = await users();
  const some = lineOf("newcomer1", "New Comer");
  const all = [...people, some];

  expect(await importing(all)).toMatchObject({ counts: { add: PEOPLE + 1 }, untouched: before.length });
  expect(await users()).toHaveLength(before.length);

  // A part is there already, as after a break.
  expect(await importing(people.slice(0, 250), "--apply")).toMatchObject({ counts: { added: 250 } });
  expect(await importing(all, "--apply")).toMatchObject({ counts: { unchanged: 250, added: PEOPLE - 249 } });
  expect(await importing(all, "--apply")).toMatchObject({
    counts: { unchanged: PEOPLE + 1 },
    untouched: before.length,
  });
  expect(await users()).toContainEqual(
    expect.objectContaining({ displayName: "O'Brien, Jörg 7", account: "CONTOSO\\jörg.o'brien7" }),
  );

  expect(await importing([lineOf("newcomer1", "Other Name")], "--apply")).toMatchObject({ counts: { changed: 1 } });
  expect(await users()).toContainEqual(expect.objectContaining({ displayName: "Other Name" }));

  const created = await operator(gateway, "password", "create", "newcomer1@contoso.test");
  const { password } = created as { readonly password: string };
  const signIn = async (name: string) => (await gateway.send(PASSWORD_GRANT.request(name, password))).status;
  expect(await signIn("newcomer1@contoso.test")).toBe(200);

  const renamed = quoted("sip:newcomer2@contoso.test", "newcomer1@contoso.test", "newcomer1", "Married Comer");
  expect(await importing([...people, renamed], "--apply")).toMatchObject({ counts: { rename: 1, changed: 0 } });
  expect(await importing([...people, renamed], "--apply", "--rename")).toMatchObject({ counts: { renamed: 1 } });
  expect(await users()).toContainEqual(
    expect.objectContaining({ sipUri: "sip:newcomer2@contoso.test", displayName: "Married Comer" }),
  );
  expect(await signIn("CONTOSO\\newcomer1")).toBe(200);

  const gone = ["--disable-missing", "--apply", "--yes"];
  await expect(importing(people.slice(30), ...gone)).rejects.toThrow("nothing was done: it would disable");
  expect(await signIn("CONTOSO\\newcomer1")).toBe(200);
  expect(await importing(people, ...gone)).toMatchObject({ counts: { disabled: before.length + 1 } });
  expect(await signIn("CONTOSO\\newcomer1")).not.toBe(200);
}, 240_000);
