// What happened, "this was not me", and "My data" in the portal, from outside, with real traffic: a stranger's wrong
// passwords, the person's own sign-ins, and a device that is refused.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { type PortalPerson, portalPerson } from "./support/portal.ts";
import { asCompact, creation } from "./support/presenting.ts";
import { compactTicket, WINDOWS_GRANT } from "./support/tickets.ts";

/** Where the person is, and where the stranger is. */
const HOME = "192.0.2.77";
const STRANGER = "203.0.113.7";
const IPHONE = "iPhoneLync/5.8.1346.0 (iPhone; iOS 9.3)";
/** Events reach D1 some seconds after they happened. */
const PATIENCE = { timeout: 60_000, interval: 500 };

let gateway: TestGateway;
const accounts = ["ada", "ben", "cleo", "dan", "eve"];
const userNamed = (account: string) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
});
const client = (account: string, password: string): Person => ({ ...userNamed(account), password });

beforeAll(async () => {
  gateway = await startTestGateway({ moreUsers: accounts.map(userNamed), simulator: { newcomersAt: "contoso.test" } });
  await gateway.execute(["DELETE FROM app_passwords WHERE user_id IN (SELECT id FROM users WHERE account <> 'bob')"]);
});
afterAll(() => gateway?.stop());

const plain = ({ text }: TestResponse): string =>
  text
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll(/\s+/g, " ");
const happened = async (who: PortalPerson, headers = {}): Promise<string> => plain(await who.get("/activity", headers));

/** The entry whose sentence has that text: its id for "this was not me", or undefined if it has none. */
async function entryWith(who: PortalPerson, sentence: string): Promise<string | undefined> {
  const { text } = await who.get("/activity");
  const entry = text.split("<li").find((each) => each.includes(sentence));
  return /event=(e_[0-9a-z]+)/.exec(entry ?? "")?.[1];
}

const tries = (account: string, from: string) =>
  signIn(
    gateway,
    { ...WINDOWS_GRANT, headers: { ...WINDOWS_GRANT.headers, "cf-connecting-ip": from } },
    client(account, "wrong-wrong-wrong"),
  );

async function arrives(account: string, password: string, endpointId: string) {
  const cwt = await compactTicket(gateway, client(account, password));
  const request = creation(endpointId);
  const body = JSON.stringify({ ...JSON.parse(request.body), userAgent: IPHONE });
  const headers = { ...request.headers, "x-ms-webticket": `cwt=${cwt}`, "user-agent": IPHONE };
  return { cwt, status: (await gateway.send({ ...request, headers, body })).status };
}

describe("what happened", () => {
  it("tells of a stranger's tries, of the own sign-ins, and of a device that was refused", async () => {
    const who = await portalPerson(gateway, "ada", HOME);
    const password = await who.newPassword("iphone");
    for (let n = 0; n < 3; n++) await tries("ada", STRANGER);
    expect((await arrives("ada", password, "iphone of ada")).status).toBe(201);
    expect((await arrives("ada", password, "another phone")).status).toBe(403);
    await expect
      .poll(() => happened(who), PATIENCE)
      .toMatch(/Somebody tried your account 3 times from the network 203\.0\.113\.\S*\. None got in\./);
    await expect.poll(() => happened(who), PATIENCE).toMatch(/was not let in, from/);
    const text = await happened(who);
    expect(text).toMatch(/“iPhone” signed in/);
    expect(text).toMatch(/“iPhone” \(iPhone, Lync 5\.8\) was let in, from/);
    expect(text).toContain("The password was right, but it belongs to another device");
    expect(text).toContain("A password for a device was made: “iPhone”. You did this.");
    expect(text).toContain("An invitation to this page was used in your name.");
    const german = await happened(who, { "accept-language": "de" });
    expect(german).toMatch(/Jemand hat Ihr Konto 3 Mal probiert, aus dem Netz 203\.0\.113\.\S*\. Niemand kam hinein\./);
  });

  it("has nobody else's events, and no secret", async () => {
    const who = await portalPerson(gateway, "ben", HOME);
    const password = await who.newPassword("iphone");
    await expect.poll(() => happened(who), PATIENCE).toContain("A password for a device was made");
    const { text, headers } = await who.get("/activity");
    expect(text).not.toContain(password);
    expect(text).not.toContain("ada");
    expect(headers["cache-control"]).toBe("no-store");
    expect((await who.get("/activity?after=%27%22%3E")).status).toBe(200);
  });
});

describe("this was not me", () => {
  it("S-63: ends the device and every other session at once, reports it, and leaves the person signed in here", async () => {
    const who = await portalPerson(gateway, "cleo", HOME);
    const password = await who.newPassword("iphone");
    const { cwt, status } = await arrives("cleo", password, "iphone of cleo");
    expect([status, (await gateway.send(asCompact(cwt))).status]).toEqual([201, 200]);
    const elsewhere = new Map(who.cookies);
    await who.signInWithPasskey(who.passkey);
    await expect.poll(() => entryWith(who, "was let in, from"), PATIENCE).toEqual(expect.any(String));
    const event = (await entryWith(who, "was let in, from")) ?? "";

    const asked = await who.get(`/activity/not-me?event=${event}`);
    expect(plain(asked)).toContain("“iPhone” is ended at once. Nothing is served to it any more.");
    expect((await gateway.send(asCompact(cwt))).status).toBe(200); // asking ends nothing
    const ended = await who.post("/activity/not-me", { event });
    expect([ended.status, plain(ended)]).toEqual([200, expect.stringContaining("It is ended")]);
    expect(plain(ended)).toContain("Now call your help desk"); // nobody there gets mail here
    expect((await gateway.send(asCompact(cwt))).status).not.toBe(200);
    expect((await signIn(gateway, WINDOWS_GRANT, client("cleo", password))).status).toBe(401);

    expect((await who.get("/security")).status).toBe(200);
    const cookie = [...elsewhere].map(([name, value]) => `${name}=${value}`).join("; ");
    const other = await gateway.send({ host: gateway.portalHost, path: "/security", headers: { cookie } });
    expect(other.status).toBe(303);
    const report = () => operator(gateway, "audit", "--user", "cleo@contoso.test", "--reason", "reported-not-me");
    await expect
      .poll(report, PATIENCE)
      .toEqual([expect.objectContaining({ channel: "portal", by: expect.objectContaining({ id: "self" }) })]);
    const text = await happened(who);
    expect(text).toContain("You reported: this was not me.");
    expect(text).toContain("You ended “iPhone”. Nothing is served to it any more."); // it keeps its name
  });

  it("answers 404 for another person's event, an event that was no success, and for no event", async () => {
    const [dan, eve] = [await portalPerson(gateway, "dan", HOME), await portalPerson(gateway, "eve", HOME)];
    const password = await dan.newPassword("iphone");
    await tries("eve", STRANGER);
    await expect.poll(() => entryWith(dan, "A password for a device was made"), PATIENCE).toEqual(expect.any(String));
    const event = (await entryWith(dan, "A password for a device was made")) ?? "";
    const failed = async () =>
      (await operator(gateway, "audit", "--user", "eve@contoso.test", "--outcome", "refused")) as { id: string }[];
    await expect.poll(async () => (await failed()).length, PATIENCE).toBe(1);
    const [{ id: tried } = { id: "" }] = await failed();
    for (const foreign of [event, tried, "e_0000000000", "' OR 1=1", ""]) {
      expect((await eve.get(`/activity/not-me?event=${encodeURIComponent(foreign)}`)).status).toBe(404);
      expect((await eve.post("/activity/not-me", { event: foreign })).status).toBe(404);
    }
    expect((await signIn(gateway, WINDOWS_GRANT, client("dan", password))).status).toBe(200);
  });
});

describe("my data", () => {
  it("says what is kept and gives a copy of it, without anything that opens something", async () => {
    const who = await portalPerson(gateway, "ben", HOME);
    const password = await who.newPassword("android");
    expect((await arrives("ben", password, "android of ben")).status).toBe(201);
    await expect.poll(() => happened(who), PATIENCE).toContain("was let in, from");
    expect(plain(await who.get("/my-data"))).toContain("What is not kept");
    const copy = await who.post("/my-data/download");
    expect([copy.status, copy.headers["content-disposition"], copy.headers["cache-control"]]).toEqual([
      200,
      expect.stringMatching(/^attachment; filename="ben@contoso\.test-\d{4}-\d\d-\d\d\.json"$/),
      "no-store",
    ]);
    const kept = JSON.parse(copy.text) as { readonly events: readonly { readonly userId: string }[] };
    expect(new Set(kept.events.map(({ userId }) => userId)).size).toBe(1);
    expect(copy.text).toContain("ben@contoso.test");
    for (const secret of [password, password.replaceAll("-", ""), [...who.cookies.values()].join()]) {
      expect(copy.text).not.toContain(secret);
    }
    expect(copy.text).not.toContain("cleo");
    await expect.poll(() => happened(who), PATIENCE).toContain("You downloaded what is kept about you.");
  });

  it("a form from another site gets no copy", async () => {
    const who = await portalPerson(gateway, "eve", HOME);
    const foreign = await who.post("/my-data/download", {}, { origin: "https://evil.example" });
    expect([foreign.status, foreign.headers["content-disposition"]]).toEqual([403, undefined]);
  });
});
