// The import of the console over HTTP: a file is sent, shown line by line, applied in parts, and nothing else is done.

import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import type { UserAnswer } from "../../src/api/schemas/directory.ts";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";

let gateway: TestGateway;
let admin: ConsoleUser;
beforeAll(async () => {
  gateway = await startTestGateway();
  admin = await consoleAs(gateway, "admin");
});
afterAll(() => gateway?.stop());

const HEAD = "SipAddress,UserPrincipalName,SamAccountName,DisplayName,Groups";
const line = (account: string, name = "", groups = "") =>
  `sip:${account}@contoso.test,${account}@contoso.test,${account},${name},${groups}`;
const crowd = Array.from({ length: 650 }, (_, at) => line(`crowd${at}`, `Crowd ${at}`, "all"));
const users = () => operator(gateway, "user", "list", "--all") as Promise<UserAnswer[]>;

/** Sends a file as a browser does. */
function send(who: ConsoleUser, content: string | Buffer, fields = {}, headers = {}): Promise<TestResponse> {
  const boundary = "----postern";
  const part = (name: string, more = "") =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n`;
  const plain = Object.entries({ csrf: who.csrf, domain: "CONTOSO", encoding: "", ...fields });
  const body = Buffer.concat([
    Buffer.from(plain.map(([name, value]) => `${part(name)}\r\n${value}\r\n`).join("")),
    Buffer.from(`${part("file", '; filename="users.csv"')}Content-Type: text/csv\r\n\r\n`),
    Buffer.from(content),
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const host = gateway.consoleHost;
  return gateway.send({
    ...{ host, path: "/users/import", method: "POST", body },
    headers: {
      ...{ cookie: who.cookie, origin: `http://${host}`, "content-length": String(body.length) },
      ...{ "content-type": `multipart/form-data; boundary=${boundary}`, ...headers },
    },
  });
}

const csv = (...lines: string[]) => [HEAD, ...lines].join("\r\n");
/** Sends a file; the path of its report. */
async function sent(content: string | Buffer, fields = {}): Promise<string> {
  const { status, headers, text } = await send(admin, content, fields);
  expect(status, text).toBe(303);
  return headers.location ?? "";
}
async function page(path: string): Promise<string> {
  const { status, text } = await admin.get(path);
  expect(status, text).toBe(200);
  expect(Buffer.byteLength(text)).toBeLessThan(100_000);
  return text;
}
const shownIn = (html: string): string => /name="shown" value="([^"]+)"/.exec(html)?.[1] ?? "";

/**
 * Applies what the report shows, and goes on until it is finished. Returns the last page, and how many parts it took.
 */
async function applied(report: string, fields = {}): Promise<{ readonly html: string; readonly parts: number }> {
  const begun = await admin.post(report, { shown: shownIn(await page(report)), ...fields });
  expect(begun.status, begun.text).toBe(303);
  const run = begun.headers.location ?? "";
  for (let parts = 0; ; parts++) {
    const html = await page(run);
    if (html.includes("The import is finished")) return { html, parts };
    expect((await admin.post(run)).status).toBe(303);
    expect(parts).toBeLessThan(10);
  }
}

it("S-10: shows each line before anything is written, then does exactly that, in parts, and nothing twice", async () => {
  const before = (await users()).length;
  const report = await sent(csv(...crowd, line("no?")));
  const html = await page(report);
  expect(html).toContain("651 lines of users.csv");
  expect(html).toMatch(/To add 650[\s\S]*Refused 1/);
  expect(html).toContain("crowd0@contoso.test");
  expect(await page(`${report}?show=refused`)).toContain("has lost letters");
  expect(await page(`${report}?show=add&after=600`)).toContain("crowd649@contoso.test");
  expect(await users()).toHaveLength(before);

  const { html: end, parts } = await applied(report, { why: "day one" });
  expect(end).toContain("Done: 650 of 650.");
  expect(parts).toBe(2);
  expect(await users()).toHaveLength(before + 650);
  // The same file once more: nothing is left to do.
  expect(await page(report)).toMatch(/Unchanged 650/);

  const changed = await sent(csv(line("crowd1", "New Name", "sales;berlin"), line("crowd2", "Crowd 2", "all")));
  const differs = await page(changed);
  expect(differs).toMatch(/Name: <del>Crowd 1<\/del> → <ins>New Name<\/ins>/);
  expect(differs).toMatch(/Groups: <del>all<\/del> → <ins>sales;berlin<\/ins>/);
  expect((await applied(changed)).html).toContain("Done: 1 of 1.");
  expect(await users()).toContainEqual(
    expect.objectContaining({ displayName: "New Name", groups: ["sales", "berlin"] }),
  );
}, 240_000);

it("S-48: renames and disables only what is ticked, and many only when that is confirmed", async () => {
  const married = "sip:wife@contoso.test,wife@contoso.test,crowd3,Crowd 3,all";
  const report = await sent(csv(married, ...crowd.slice(4)));
  const html = await page(report);
  expect(html).toMatch(/To rename 1[\s\S]*Not in the file/);
  const shown = shownIn(html);
  expect((await applied(report)).html).toContain("Done: 0 of 0.");
  const all = { shown, rename: "yes", missing: "yes" };

  const some = csv(married, ...crowd.slice(0, 3), ...crowd.slice(4, 400));
  const braked = await sent(some);
  const refused = await admin.post(braked, { ...all, shown: shownIn(await page(braked)) });
  expect([refused.status, refused.text]).toEqual([409, expect.stringContaining("only if you confirm it")]);
  expect((await users()).filter(({ disabledAt }) => disabledAt !== null)).toEqual([]);
  expect((await applied(braked, { rename: "yes" })).html).toContain("Done: 2 of 2."); // crowd1 gets its name back
  expect(await users()).toContainEqual(expect.objectContaining({ sipUri: "sip:wife@contoso.test" }));
  const confirmed = await applied(braked, { missing: "yes", confirm: "yes" });
  expect(confirmed.html).toContain("The import is finished");
  expect((await users()).filter(({ disabledAt }) => disabledAt !== null).length).toBeGreaterThan(200);
}, 240_000);

it("says what changed since the report was seen, and does nothing then", async () => {
  const report = await sent(csv(line("crowd5", "Seen")));
  const shown = shownIn(await page(report));
  await operator(gateway, "user", "set", "crowd5@contoso.test", "--display-name", "Meanwhile");
  const { status, text } = await admin.post(report, { shown });
  expect([status, text]).toEqual([409, expect.stringContaining("Something changed since you looked")]);
  expect(text).toContain("<del>Meanwhile</del>");
  // Between the permission and the part: the line is not done, and the page says why.
  const begun = await admin.post(report, { shown: shownIn(await page(report)) });
  await operator(gateway, "user", "set", "crowd5@contoso.test", "--display-name", "Late");
  await admin.post(begun.headers.location ?? "");
  expect(await page(begun.headers.location ?? "")).toContain("It changed since you looked");
  expect(await users()).toContainEqual(expect.objectContaining({ displayName: "Late" }));
}, 60_000);

it("reads the encodings of PowerShell and Excel, and says of a file that cannot be read what to do", async () => {
  const text = csv(line("jörg", "Jörg Müller"));
  const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
  for (const content of [text, utf16]) expect(await page(await sent(content))).toContain("Jörg Müller");
  const ansi = Buffer.from(text, "latin1");
  const refused = await send(admin, ansi);
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining("choose Windows-1252")]);
  expect(await page(await sent(ansi, { encoding: "windows-1252" }))).toContain("Jörg Müller");
  expect((await send(admin, "")).text).toContain("Choose a file.");
  expect((await send(admin, `${HEAD}\n`)).text).toContain("It names nobody");
  expect((await send(admin, csv(line("a")), { domain: "a b" })).text).toContain("not a NetBIOS domain");
}, 60_000);

it("S-51: takes a file only from an administrator, from its own form, of 5 MB at most", async () => {
  const file = csv(line("eve"));
  const viewer = await consoleAs(gateway, "viewer");
  expect((await send(viewer, file)).status).toBe(403);
  expect((await viewer.get("/users/import")).status).toBe(403);
  expect((await send(admin, file, { csrf: "wrong" })).status).toBe(403);
  expect((await send(admin, file, {}, { origin: "https://evil.test" })).status).toBe(403);
  const nobody = await send({ ...admin, cookie: "a=b" }, file);
  expect([nobody.status, nobody.headers.location]).toEqual([303, expect.stringContaining("/sign-in")]);
  const large = await send(admin, "x".repeat(5 * 1024 * 1024 + 17 * 1024));
  expect([large.status, large.text]).toEqual([413, expect.stringContaining("more than 5 MB")]);
  // A report belongs to the session that sent the file.
  const report = await sent(file);
  const other = await consoleAs(gateway, "admin");
  expect((await other.get(report)).status).toBe(410);
  expect((await other.post(report, { shown: "x" })).status).toBe(410);
  // Applying asks who is there.
  const old = await consoleAs(gateway, "admin", { provedAgo: 3_600_000 });
  const theirs = (await send(old, file)).headers.location ?? "";
  const asked = await old.post(theirs, { shown: shownIn((await old.get(theirs)).text) });
  expect([asked.status, asked.headers.location]).toEqual([403, undefined]);
}, 60_000);

it("speaks German", async () => {
  const report = await sent(csv(line("no?"), line("neu", "Neu")));
  const { text } = await admin.get(`${report}?show=refused`, { "accept-language": "de" });
  expect(text).toContain("sind Buchstaben verloren");
  expect(text).toContain("Es wurde noch nichts geschrieben.");
}, 60_000);
