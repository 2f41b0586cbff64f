// The pages of users over HTTP: what each role sees and may send, and what a help desk does with a phone in one hand.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withAuthenticator } from "../kit/gateway/code-password.ts";
import { type ConsoleUser, consoleAs } from "../kit/gateway/console.ts";
import { desktopTicket, phoneOf, phoneTicket, startApplication } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { portalPerson } from "./support/portal.ts";
import { asBearer } from "./support/presenting.ts";
import { compactTicket } from "./support/tickets.ts";

let gateway: TestGateway;
let viewer: ConsoleUser;
let helpdesk: ConsoleUser;
let admin: ConsoleUser;
let spare: Person[];

beforeAll(async () => {
  const user = (account: string) => {
    const upn = `${account}@contoso.test`;
    return { sipUri: `sip:${upn}`, upn, domain: "CONTOSO", account };
  };
  const moreUsers = Array.from({ length: 16 }, (_, n) => user(`dan${n}`));
  gateway = await startTestGateway({ moreUsers, simulator: { newcomersAt: "contoso.test" } });
  spare = [...gateway.others];
  viewer = await consoleAs(gateway, "viewer");
  helpdesk = await consoleAs(gateway, "helpdesk");
  admin = await consoleAs(gateway, "admin");
});
afterAll(() => gateway?.stop());

/** Somebody whom no test has touched, and the path of the person's page. */
async function somebody(): Promise<Person & { readonly at: string }> {
  const person = spare.pop();
  if (person === undefined) throw new Error("more users are needed");
  return { ...person, at: await pageOf(person.upn) };
}

async function pageOf(name: string): Promise<string> {
  const { status, headers } = await viewer.get(`/users/${encodeURIComponent(name)}`);
  expect(status).toBe(302);
  return headers.location ?? "";
}

async function page(who: ConsoleUser, path: string): Promise<string> {
  const { status, text } = await who.get(path);
  expect(status, text).toBe(200);
  return text;
}

/** Sends a form, and follows its answer. */
async function done(who: ConsoleUser, path: string, fields = {}): Promise<string> {
  const { status, headers, text } = await who.post(path, fields);
  expect(status, text).toBe(303);
  return page(who, (headers.location ?? "").replace(/#.*/, ""));
}

/** The value of a field of a page. */
const typedIn = (html: string, name: string): string =>
  new RegExp(`name="${name}"[^>]*? value="([^"]*)"`).exec(html)?.[1] ?? "";
const secretIn = (html: string): string => /<output id="secret"[^>]*>([^<]+)</.exec(html)?.[1] ?? "";
/** The id of the device on a person's page. */
const deviceIn = (html: string): string => /\/devices\/(d_\w+)/.exec(html)?.[1] ?? "";

describe("the list of users", () => {
  it("finds by the beginning of any word, filters, and links each person", async () => {
    const found = await page(viewer, "/users?q=ali");
    expect(found).toContain("alice@contoso.test");
    expect(found).not.toContain("bob@contoso.test");
    expect(await page(viewer, "/users?state=disabled")).not.toContain("alice@contoso.test");
    expect(await page(viewer, "/users?group=nobody-has-it")).toContain("Nobody was found");
  });

  it("gives a script the rows alone, and a browser that goes back the whole page", async () => {
    const rows = (await viewer.get("/users?q=ali", { "hx-request": "true" })).text;
    expect(rows).toMatch(/^<section id="found"/);
    const again = { "hx-request": "true", "hx-history-restore-request": "true" };
    expect((await viewer.get("/users?q=ali", again)).text).toMatch(/^<!doctype html>/);
  });

  it("shows what was searched as text, whatever it is", async () => {
    const html = await page(viewer, `/users?q=${encodeURIComponent('"><script>alert(1)</script>')}`);
    expect(html).not.toContain("<script>alert");
  });

  it("goes on behind the last row", async () => {
    const rows = Array.from({ length: 60 }, (_, n) => ({
      ...{ op: "create", sipUri: `zed${n}@contoso.test`, account: `CONTOSO\\zed${n}`, upn: `zed${n}@contoso.test` },
    }));
    await administer("/v1/users/batch", { rows });
    const first = await page(viewer, "/users?q=zed");
    const next = /href="([^"]+)" rel="next"/.exec(first)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await page(viewer, next);
    const count = (html: string): number => html.match(/<th scope="row">/g)?.length ?? 0;
    expect(count(first) + count(second)).toBe(60);
  });
});

describe("a search for words that thousands have", () => {
  it("says that not everybody was looked at, and goes on", async () => {
    const crowd = (word: string, many: number): string[] => {
      const each = `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})`;
      const [id, address] = [`'u_${word}' || i`, `'${word}' || i || '@crowd.test'`];
      return [
        `INSERT INTO users (id, sip_uri, domain, account, created_at)
         ${each} SELECT ${id}, 'sip:' || ${address}, 'CONTOSO', '${word}' || i, 0 FROM n`,
        `INSERT INTO names (name, kind, user_id) ${each} SELECT ${address}, 'sip', ${id} FROM n`,
      ];
    };
    await gateway.execute([...crowd("crowd", 2_500), ...crowd("left.zone", 10_100)]);
    let html = await page(viewer, "/users?q=left+zone");
    expect(html).toContain("not all were looked at");
    for (let pages = 1; html.includes("Search on") && pages < 5; pages++) {
      html = await page(viewer, (/<a href="([^"]+)">Search on/.exec(html)?.[1] ?? "").replaceAll("&amp;", "&"));
    }
    expect(html).toContain("left.zone");
  });
});

async function administer(path: string, body: object, method = "POST"): Promise<string> {
  const { status, text } = await gateway.send({
    ...{ path, method, host: gateway.adminHost, body: JSON.stringify(body) },
    headers: { authorization: `Bearer ${gateway.adminKey}`, "content-type": "application/json" },
  });
  expect(status, text).toBeLessThan(300);
  return text;
}

describe("roles", () => {
  const GETS = ["", "/new-password", "/lost", "/expect", "/edit", "/rename", "/disable", "/delete"];
  const HELP = ["/new-password", "/lost", "/expect", "/unlock", "/window", "/enable", "/disable"];
  const ADMIN = ["/edit", "/rename", "/aliases", "/aliases/remove", "/delete"];
  /** Fields with which every form says something that the API would take. */
  const FIELDS = { label: "x", audit: "delete", sure: "yes", name: "x@contoso.test", upn: "other@contoso.test" };

  it("a viewer sees everything of a person and no button, and no form does anything", async () => {
    const { at, upn } = await somebody();
    const html = await page(viewer, at);
    expect(html).toContain(upn);
    const [, main = ""] = html.split("<main");
    expect(main.split("</main>")[0]).not.toMatch(/<form|<button|class="task/);
    for (const path of [...HELP, ...ADMIN]) {
      const { status } = await viewer.post(`${at}${path}`, { ...FIELDS, lost: await passwordOf(at) });
      expect(status, path).toBe(403);
    }
    expect((await viewer.get(`${at}/export`)).status).toBe(403);
    expect((await viewer.post("/users/new", { sipUri: "n@contoso.test", account: "CONTOSO\\n" })).status).toBe(403);
    expect(await page(viewer, `${at}?`)).toContain("May sign in");
  });

  it("a help desk may help, and may not change who somebody is", async () => {
    const { at } = await somebody();
    const html = await page(helpdesk, at);
    for (const link of ["new-password", "lost", "expect", "disable"]) expect(html).toContain(`${at}/${link}"`);
    for (const link of ["edit", "rename", "delete", "aliases"]) expect(html).not.toContain(`${at}/${link}"`);
    for (const path of ADMIN) expect((await helpdesk.post(`${at}${path}`, FIELDS)).status, path).toBe(403);
  });

  it("each page is there for an administrator, in both languages", async () => {
    const { at } = await somebody();
    for (const path of GETS) {
      expect((await admin.get(at + path)).status, path).toBe(200);
      const german = await admin.get(at + path, { "accept-language": "de" });
      expect(german.text, path).toContain('<html lang="de">');
    }
  });

  it("nobody without a session or the form's token gets anything", async () => {
    const { at } = await somebody();
    const { status, headers } = await viewer.get(at, { cookie: "" });
    expect([status, headers.location]).toEqual([303, `/sign-in?next=${encodeURIComponent(at)}`]);
    expect((await admin.post(`${at}/unlock`, { csrf: "x" })).status).toBe(403);
    expect((await admin.post(`${at}/unlock`, {}, { origin: "https://evil.example" })).status).toBe(403);
  });

  it("somebody who is not there is a page that is not there", async () => {
    for (const path of [
      "/users/u_aaaaaaaaaaaaaaaa",
      "/users/nobody@contoso.test",
      "/users/alice@contoso.test/devices/d_x",
    ]) {
      expect((await admin.get(path)).status, path).toBe(404);
    }
  });
});

/** The id of the only live app password on a person's page, as somebody who may use it sees it. */
async function passwordOf(at: string): Promise<string> {
  return /\/passwords\/(p_\w+)\/revoke/.exec(await page(helpdesk, at))?.[1] ?? "";
}

describe("a new app password", () => {
  it("S-64: asks for a code where that is ticked, and the page says how it is typed", async () => {
    const { upn, at } = await somebody();
    const fields = { label: "desktop", code: "yes" };
    const refused = await helpdesk.post(`${at}/new-password`, fields);
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining("no authenticator app")]);
    expect(refused.text).toMatch(/name="code"[^>]* checked/);
    await withAuthenticator(gateway, (...argv) => operator(gateway, ...argv), upn);
    const made = await helpdesk.post(`${at}/new-password`, fields);
    const secret = secretIn(made.text);
    expect(secret).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    expect(made.text).toContain(`such as ${secret}123456.`);
    expect(await page(helpdesk, at)).toContain("asks for a code each time");
  });

  it("is shown once with what to type, and opens a sign-in", async () => {
    const person = await somebody();
    const form = await page(helpdesk, `${person.at}/new-password`);
    const fields = { label: "iPhone", days: "90", once: typedIn(form, "once") };
    const made = await helpdesk.post(`${person.at}/new-password`, fields);
    expect(made.status, made.text).toBe(200);
    const password = secretIn(made.text);
    for (const said of [person.upn, `CONTOSO\\${person.account}`])
      expect(made.text).toContain(`<b translate="no">${said}`);
    await expect(compactTicket(gateway, { ...person, password })).resolves.toBeTypeOf("string");
    const after = await page(helpdesk, person.at);
    expect(after).toContain("iPhone");
    expect(after).not.toContain(password);
    const again = await helpdesk.post(`${person.at}/new-password`, fields);
    expect(again.status).toBe(409);
    expect(secretIn(again.text)).toBe("");
  });

  it("asks first for a proof that is fresh", async () => {
    const { at } = await somebody();
    const stale = await consoleAs(gateway, "helpdesk", { provedAgo: 10 * 60_000 });
    const { status, text } = await stale.post(`${at}/new-password`, { label: "x" });
    expect(status).toBe(403);
    expect(text).toContain("Is it you?");
    expect(secretIn(text)).toBe("");
    expect((await stale.post(`${at}/disable`)).text).toContain("Is it you?");
  });

  it("opens the window where one is needed, is renewed, changed and revoked", async () => {
    const { at } = await somebody();
    const id = await passwordOf(at);
    await administer(`/v1${at}`, { enrolment: "window" }, "PATCH");
    expect(await page(helpdesk, `${at}/new-password`)).toContain('name="window"');
    const made = await helpdesk.post(`${at}/new-password`, { label: "tablet", window: "yes" });
    expect(made.text).toContain("A new device may enrol until");
    expect(await done(helpdesk, `${at}/window`, { minutes: "0" })).toContain("The window is closed.");
    const renewed = await helpdesk.post(`${at}/passwords/${id}/renew`, { old: "7", days: "" });
    expect(secretIn(renewed.text)).not.toBe("");
    expect(await done(helpdesk, `${at}/passwords/${id}/change`, { label: "desk", ends: "30" })).toContain("desk");
    const refused = await helpdesk.post(`${at}/passwords/${id}/change`, { label: "x".repeat(101), ends: "keep" });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain("x".repeat(101));
    expect(await done(helpdesk, `${at}/passwords/${id}/revoke`, { why: "sold" })).toContain("is revoked");
  });
});

describe("devices", () => {
  it("one that waits stands at the top with its place, and is let in by one click", async () => {
    const person = await somebody();
    await administer(`/v1${person.at}`, { enrolment: "approval" }, "PATCH");
    const cwt = await compactTicket(gateway, person);
    await startApplication(gateway, cwt, "phone").catch(() => undefined);
    await expect.poll(() => page(helpdesk, person.at), { timeout: 60_000 }).toContain('id="waiting"');
    const html = await page(helpdesk, person.at);
    const at = `${person.at}/devices/${deviceIn(html)}`;
    expect(await page(viewer, at)).toContain("New devices wait until somebody approves them.");
    expect(await done(helpdesk, `${at}/approve`, { to: "person" })).toContain("The device is approved.");
    await startApplication(gateway, await compactTicket(gateway, person), "phone");
    expect(await done(helpdesk, `${at}/block`, { why: "odd" })).toContain("Somebody blocked it.");
    expect(await done(helpdesk, `${at}/forget`)).toContain("The device is forgotten.");
  });

  it("a lost phone is ended with its app password and the person's sessions, at once", async () => {
    const person = await somebody();
    const portal = await portalPerson(gateway, person.account);
    const cwt = await phoneTicket(gateway, person);
    await expect.poll(() => page(helpdesk, person.at), { timeout: 60_000 }).toContain("Let in");
    const form = await page(helpdesk, `${person.at}/lost`);
    const lost = /name="lost" value="(d_\w+)"/.exec(form)?.[1] ?? "";
    expect((await helpdesk.post(`${person.at}/lost`, {})).text).toContain("Which device is lost?");
    const ended = await helpdesk.post(`${person.at}/lost`, { lost, why: "left in a taxi" });
    expect(ended.status, ended.text).toBe(200);
    expect(ended.text).toMatch(/Since .* nothing more is served to it\./);
    expect(ended.text).toContain("is revoked");
    expect(ended.text).toContain("signed out of the portal");
    expect((await portal.get("/devices")).status).toBe(303);
    expect((await gateway.send(asBearer(cwt))).status).not.toBe(200);
    await expect(compactTicket(gateway, person)).rejects.toThrow();
    const after = await page(helpdesk, person.at);
    expect(after).toContain("Blocked");
    expect(after).toContain("One revoked app password");
    expect(await page(helpdesk, `${person.at}/lost`)).toContain("There is no device or app password");
  });

  it("a desktop's key stands on its page, and is ended by one click", async () => {
    const person = await somebody();
    await desktopTicket(gateway, person);
    await expect.poll(() => page(helpdesk, person.at), { timeout: 60_000 }).toContain("Let in");
    const at = `${person.at}/devices/${deviceIn(await page(helpdesk, person.at))}`;
    const html = await page(helpdesk, at);
    const key = /name="key" value="([0-9a-f]{64})"/.exec(html)?.[1] ?? "";
    expect(await page(viewer, at)).toContain(key.slice(0, 16));
    expect((await viewer.post(`${at}/reset-key`, { key })).status).toBe(403);
    expect((await helpdesk.post(`${at}/approve-key`, { key })).status).toBe(404);
    expect(await done(helpdesk, `${at}/reset-key`, { key })).toContain("The key is ended.");
    expect(await page(helpdesk, at)).not.toContain(key);
  });

  it("one can be expected with an app password", async () => {
    const person = await somebody();
    const password = await passwordOf(person.at);
    const wrong = await helpdesk.post(`${person.at}/expect`, { password, key: "no kind" });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain("no kind");
    const key = `endpoint:${phoneOf(person)}`;
    expect(await done(helpdesk, `${person.at}/expect`, { password, key })).toContain("The device is expected.");
  });
});

describe("who must wait", () => {
  it("stands on the page with the end of the wait, and may try again after a click", async () => {
    const person = await somebody();
    const wrong = { ...person, password: "wrong" };
    const headers = { "cf-connecting-ip": "198.51.100.66" };
    const there = {
      ...gateway,
      send: (request: Parameters<TestGateway["send"]>[0]) =>
        gateway.send({ ...request, headers: { ...request.headers, ...headers } }),
    };
    for (let n = 0; n < 8; n++) await compactTicket(there, wrong).catch(() => undefined);
    const html = await page(helpdesk, person.at);
    expect(html).toContain("198.51.100.66");
    expect(html).toContain("must wait until");
    expect(await done(helpdesk, `${person.at}/unlock`)).toContain("All failures are forgotten.");
    expect(await page(helpdesk, person.at)).toContain("Nothing counts against this person.");
  });
});

describe("settings and names", () => {
  it("two who edit at once: the second sees what the first did, and loses nothing", async () => {
    const { at } = await somebody();
    const form = await page(admin, `${at}/edit`);
    const seen = {
      etag: typedIn(form, "etag").replaceAll("&quot;", '"'),
      seen: typedIn(form, "seen"),
      ...{ "was-displayName": "", "was-groups": "", "was-enrolment": "", "was-maxDevices": "" },
    };
    const other = await consoleAs(gateway, "admin", { name: "Ottilie Weber" });
    const first = { ...seen, displayName: "", groups: "berlin", enrolment: "", maxDevices: "" };
    expect(await done(other, `${at}/edit`, first)).toContain("The changes are saved.");
    const mine = { ...seen, displayName: "Dan the Second", groups: "", enrolment: "", maxDevices: "2" };
    const collided = await admin.post(`${at}/edit`, mine);
    expect(collided.status).toBe(412);
    expect(collided.text).toContain("It was Ottilie Weber");
    expect(typedIn(collided.text, "displayName")).toBe("Dan the Second");
    expect(typedIn(collided.text, "maxDevices")).toBe("2");
    expect(typedIn(collided.text, "groups")).toBe("berlin");
    expect(collided.text).toContain("Somebody changed this to: berlin");
    const again = {
      ...{ displayName: "Dan the Second", groups: "berlin", enrolment: "", maxDevices: "2" },
      etag: typedIn(collided.text, "etag").replaceAll("&quot;", '"'),
    };
    const saved = await done(admin, `${at}/edit`, again);
    for (const said of ["Dan the Second", "berlin"]) expect(saved).toContain(said);
    const refused = await admin.post(`${at}/edit`, { ...again, maxDevices: "1000" });
    expect([refused.status, typedIn(refused.text, "maxDevices")]).toEqual([422, "1000"]);
  });

  it("somebody is added, gets an alias, is renamed, disabled, enabled and deleted", async () => {
    const typed = { displayName: "Nora New", sipUri: "nora@contoso.test", account: "CONTOSO\\nora", groups: "a b" };
    const refused = await admin.post("/users/new", { ...typed, account: "nora" });
    expect([refused.status, typedIn(refused.text, "displayName")]).toEqual([422, "Nora New"]);
    expect(await done(admin, "/users/new", typed)).toContain("Nora New");
    const at = await pageOf("nora@contoso.test");
    expect(await done(admin, `${at}/aliases`, { name: "n.new@contoso.test" })).toContain("n.new@contoso.test");
    expect((await admin.post(`${at}/aliases`, { name: "alice@contoso.test" })).text).toContain("is a name of");
    const rename = await page(admin, `${at}/rename`);
    const renamed = await admin.post(`${at}/rename`, {
      ...{ sipUri: "nora.young@contoso.test", upn: "", account: "CONTOSO\\nora", keep: "yes" },
      etag: typedIn(rename, "etag").replaceAll("&quot;", '"'),
    });
    expect(renamed.text).toContain("The person is renamed");
    const after = await page(admin, at);
    for (const said of ["nora.young@contoso.test", "nora@contoso.test"]) expect(after).toContain(said);
    expect(await done(admin, `${at}/aliases/remove`, { name: "nora@contoso.test" })).toContain(
      "The name is taken away.",
    );
    const disabled = await admin.post(`${at}/disable`, { why: "on leave" });
    expect(disabled.text).toContain("Revoke-CsClientCertificate");
    expect(await page(admin, at)).toContain("Disabled since");
    expect(await done(admin, `${at}/enable`)).toContain("The person may sign in again.");
    const exported = await admin.get(`${at}/export`);
    expect(exported.headers["content-disposition"]).toMatch(/^attachment; filename="u_\w+\.json"$/);
    expect((await admin.post(`${at}/delete`, { audit: "delete" })).text).toContain("What becomes of the audit?");
    expect((await admin.post(`${at}/delete`, { audit: "delete", sure: "yes" })).text).toContain(
      "The person is deleted",
    );
    expect((await admin.get(at)).status).toBe(404);
  });

  it("an erased person is a pseudonym in the audit", async () => {
    const { at } = await somebody();
    const erased = await admin.post(`${at}/delete`, { audit: "pseudonymise", sure: "yes", why: "asked" });
    expect(erased.text).toMatch(/In the audit the person is called x_\w+\./);
    expect((await admin.get(at)).status).toBe(404);
  });

  it("says only what really happened, whatever the address says", async () => {
    const { at } = await somebody();
    expect(await page(viewer, `${at}?done=toString`)).not.toContain('role="status"');
  });
});
