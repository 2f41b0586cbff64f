// A person's own devices in the portal, from outside: a new one is set up and arrives, waits and is approved, is lost and
// ended. And what somebody gets who tries it with another person's device, or from another site.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestResponse } from "../../simulator/test-client.ts";
import { deviceNumber } from "../../src/core/device/number.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { signIn } from "./support/ntlm.ts";
import { operator } from "./support/operator.ts";
import { applicationsInside, Events, openDevice, startPolls } from "./support/polls.ts";
import { type PortalPerson, portalPerson } from "./support/portal.ts";
import { asBearer, asProof, creation } from "./support/presenting.ts";
import { compactTicket, samlTicket, WINDOWS_GRANT } from "./support/tickets.ts";

/** For how long a lost device is watched, which gets nothing more, ms. */
const WATCHED_MS = 5_000;
const PATIENCE = { timeout: 60_000, interval: 250 };
const IPHONE = "iPhoneLync/5.8.1346.0 (iPhone; iOS 9.3)";

let gateway: TestGateway;
const accounts = ["cora", "dora", "emil", "fay", "gus", "hal", "ida", "jon", "kim", "lea", "mia", "noa", "ola"];

beforeAll(async () => {
  gateway = await startTestGateway({ moreUsers: accounts.map(userNamed), simulator: { newcomersAt: "contoso.test" } });
  // Nobody begins with an app password that others made.
  await gateway.execute(["DELETE FROM app_passwords WHERE user_id IN (SELECT id FROM users WHERE account <> 'bob')"]);
});
afterAll(() => gateway?.stop());

const userNamed = (account: string) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
});
const client = (account: string, password: string): Person => ({ ...userNamed(account), password });

const secretIn = ({ text }: TestResponse): string | undefined => /<output id="secret"[^>]*>([^<]+)</.exec(text)?.[1];
const waitingIn = ({ text }: TestResponse): string =>
  (/hx-get="(\/devices\/waiting\/[^"]+)"/.exec(text)?.[1] ?? "").replaceAll("&amp;", "&");
const stateIn = ({ text }: TestResponse): string | undefined => /data-arrival="([^"]+)"/.exec(text)?.[1];
const onceIn = ({ text }: TestResponse): string => /name="once" value="([^"]+)"/.exec(text)?.[1] ?? "";
const idsIn = ({ text }: TestResponse): string[] => [
  ...new Set([...text.matchAll(/\/devices\/(d_[a-z2-7]{16})/g)].map(([, id = ""]) => id)),
];

type SetUp = { readonly password: string; readonly id: string; readonly now: string; readonly page: TestResponse };

/** The person sets up a device, and the page waits for it. */
async function setUp(who: PortalPerson, kind = "iphone", name = "My iPhone"): Promise<SetUp> {
  const form = await who.get(`/devices/new/${kind}`);
  const page = await who.post(`/devices/new/${kind}`, { name, once: onceIn(form) });
  const now = waitingIn(page);
  expect([page.status, secretIn(page)]).toEqual([200, expect.any(String)]);
  return { password: secretIn(page) ?? "", id: /p_[a-z2-7]{16}/.exec(now)?.[0] ?? "", now, page };
}

/** The device signs in with that password and names itself; the status of the naming, and the ticket. */
async function comes(account: string, password: string, endpointId: string, userAgent = IPHONE) {
  const cwt = await compactTicket(gateway, client(account, password));
  const request = creation(endpointId);
  const body = JSON.stringify({ ...JSON.parse(request.body), userAgent });
  const headers = { ...request.headers, "x-ms-webticket": `cwt=${cwt}` };
  const { status } = await gateway.send({ ...request, headers, body });
  return { status, cwt };
}

const signsIn = async (account: string, password: string): Promise<number> =>
  (await signIn(gateway, WINDOWS_GRANT, client(account, password))).status;

async function devicesOf(account: string): Promise<{ id: string; state: string; decidedBy: string }[]> {
  return (await operator(gateway, "device", "list", `${account}@contoso.test`)) as never;
}

describe("setting up a device", () => {
  it("S-66: shows the password once, with the fields of that app, and says within five seconds that it has come", async () => {
    const who = await portalPerson(gateway, "cora");
    const { password, now, page } = await setUp(who);
    for (const text of ["cora@contoso.test", "CONTOSO\\cora", "Auto-detect server"]) expect(page.text).toContain(text);
    expect(page.headers["cache-control"]).toBe("no-store");
    expect(page.text.replace(/<output id="secret"[^>]*>[^<]+</, "")).not.toContain(password);
    expect(stateIn(page)).toBe("waiting");
    expect((await who.get(now)).status).toBe(204); // nothing has changed
    expect((await comes("cora", password, "iphone of cora")).status).toBe(201);
    // The page looks every few seconds, and its first look sees it. So no busy machine counts against the five.
    expect(Number(/hx-trigger="every (\d+)s"/.exec(page.text)?.[1])).toBeLessThan(5);
    const here = await who.get(now);
    expect(stateIn(here)).toBe("here");
    expect(here.text).toContain("Here it is: iPhone, Lync 5.8");
    expect(here.text).not.toContain("hx-get"); // there is nothing more to wait for
    const list = await who.get("/devices");
    expect(list.text).toContain("My iPhone");
    expect(list.text).not.toContain(password);
    const events = await operator(gateway, "audit", "--user", "cora@contoso.test", "--reason", "password-created");
    expect(events).toEqual([
      expect.objectContaining({ channel: "portal", by: expect.objectContaining({ id: "self" }) }),
    ]);
  });

  it("S-66: makes one password for one form, however often and however fast it is sent", async () => {
    const who = await portalPerson(gateway, "dora");
    const once = onceIn(await who.get("/devices/new/android"));
    const all = await Promise.all(
      Array.from({ length: 6 }, () => who.post("/devices/new/android", { name: "Pixel", once })),
    );
    expect(all.filter((each) => secretIn(each) !== undefined)).toHaveLength(1);
    const again = await who.post("/devices/new/android", { name: "Pixel", once });
    expect([again.status, secretIn(again)]).toEqual([409, undefined]);
    expect(await operator(gateway, "password", "list", "dora@contoso.test")).toHaveLength(1);
  });

  it("offers the button that opens the app only on such a phone", async () => {
    const who = await portalPerson(gateway, "emil");
    const shown = async (kind: string, agent: string) => {
      const once = onceIn(await who.get(`/devices/new/${kind}`));
      return (await who.post(`/devices/new/${kind}`, { once }, { "user-agent": agent })).text;
    };
    const iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
    expect(await shown("iphone", iphone)).toContain('data-open="ms-sfb://start"');
    expect(await shown("windows", iphone)).not.toContain("data-open");
    expect(await shown("iphone", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)")).not.toContain("data-open");
  });

  it("says in plain words why a device does not come in", async () => {
    const who = await portalPerson(gateway, "fay");
    const { password, now } = await setUp(who);
    const told = async () => (await who.get(now)).text.replaceAll(/<[^>]+>/g, " ");
    await signsIn("fay", "wrong-wrong-wrong");
    expect(await told()).toContain("A wrong password was typed for your account");
    await operator(gateway, "user", "set", "fay@contoso.test", "--enrolment", "closed");
    expect((await comes("fay", password, "iphone of fay")).status).toBe(403);
    expect(await told()).toContain("only if your help desk expects them");
    await operator(gateway, "user", "set", "fay@contoso.test", "--enrolment", "open", "--max-devices", "0");
    await comes("fay", password, "iphone of fay");
    expect(await told()).toContain("as many devices as are allowed");
    const german = await who.get(now, { "accept-language": "de" });
    expect(german.text).toContain("so viele Geräte, wie erlaubt sind");
  });

  it("S-66: waits on a page of its own without a script, which never shows the password", async () => {
    const who = await portalPerson(gateway, "gus");
    const { id, password, page } = await setUp(who);
    expect(page.text).toContain(`href="/devices/waiting/${id}"`);
    const waiting = await who.get(`/devices/waiting/${id}`);
    expect(waiting.text).toMatch(/<noscript><meta http-equiv="refresh"/); // with a script it would reload, too
    expect(waiting.text.match(/http-equiv/g)).toHaveLength(1);
    expect(waiting.text).not.toContain(password);
    await comes("gus", password, "iphone of gus");
    const here = await who.get(`/devices/waiting/${id}`);
    expect([stateIn(here), here.text.includes("http-equiv")]).toEqual(["here", false]);
  });
});

describe("S-62: a device that waits for its own user", () => {
  it("is shown with what it is, where, when and its number; yes lets it in", async () => {
    await operator(gateway, "user", "set", "hal@contoso.test", "--enrolment", "self");
    const who = await portalPerson(gateway, "hal");
    const { password, now } = await setUp(who);
    expect((await comes("hal", password, "iphone of hal")).status).toBe(403);
    const waiting = await who.get(now);
    expect([stateIn(waiting), ...idsIn(waiting)]).toEqual(["kept-out", expect.stringMatching(/^d_/)]);
    const [id = ""] = idsIn(waiting);
    const home = await who.get("/");
    expect(home.text).toContain("A new device wants to use your account: iPhone, Lync 5.8");
    const asked = await who.get(`/devices/${id}/approve`);
    expect(asked.text).toContain(deviceNumber(id));
    expect(asked.text).toContain("My iPhone");
    const shown = /name="shown" value="(\d+)"/.exec(asked.text)?.[1] ?? "";
    const approved = await who.post(`/devices/${id}/approve`, { shown });
    expect([approved.status, approved.headers.location]).toEqual([303, "/devices?done=approved"]);
    expect((await comes("hal", password, "iphone of hal")).status).toBe(201);
    expect((await who.get(`/devices/${id}/approve`)).status).toBe(409);
  });

  it("is not let in by a link, or by a page that is older than the device's last visit", async () => {
    await operator(gateway, "user", "set", "ida@contoso.test", "--enrolment", "self");
    const who = await portalPerson(gateway, "ida");
    const { password } = await setUp(who);
    await comes("ida", password, "iphone of ida");
    const [id = ""] = idsIn(await who.get("/devices"));
    for (const path of [`/devices/${id}/approve`, `/devices/${id}/approve?shown=9999999999999`]) await who.get(path);
    const late = await who.post(`/devices/${id}/approve`, { shown: "1" });
    expect([late.status, late.text.includes("come again from elsewhere")]).toEqual([409, true]);
    expect((await devicesOf("ida")).map(({ state }) => state)).toEqual(["quarantined"]);
  });

  it("is kept out by no, at once and without a fresh factor, and its password is over", async () => {
    await operator(gateway, "user", "set", "jon@contoso.test", "--enrolment", "self");
    const who = await portalPerson(gateway, "jon");
    const { password } = await setUp(who);
    await comes("jon", password, "iphone of jon");
    const [id = ""] = idsIn(await who.get("/devices"));
    const answer = await who.post(`/devices/${id}/approve/not-mine`);
    expect([answer.status, /Ended at \d/.test(answer.text)]).toEqual([200, true]);
    expect(await signsIn("jon", password)).toBe(401);
    expect((await devicesOf("jon")).map(({ state }) => state)).toEqual(["blocked"]);
  });
});

describe("S-63: a lost phone", () => {
  it("gets nothing more from when the page says so: its open poll ends, its tickets and its password are over", async () => {
    const who = await portalPerson(gateway, "kim");
    const { password } = await setUp(who);
    const person = client("kim", password);
    const applications = await applicationsInside(gateway, person, 2);
    const device = await openDevice(gateway, person, {
      endpointId: "iphone of kim",
      source: "192.0.2.8",
      applications,
    });
    const events = new Events(gateway);
    const polls = startPolls(gateway, device);
    const before = await events.fire(person);
    await expect
      .poll(() => polls.every(({ deliveries }) => deliveries.some(({ n }) => n === before)), PATIENCE)
      .toBe(true);

    const page = await who.get("/devices/lost");
    const [id = ""] = /d_[a-z2-7]{16}/.exec(page.text) ?? [];
    expect(page.text).toContain("checked"); // with one device only, one press is enough
    const ended = await who.post("/devices/lost", { lost: id });
    const returnedAt = Date.now();
    expect(ended.status).toBe(200);
    expect(ended.text).toMatch(/Ended at \d/);
    expect(ended.text).toContain("Nothing is served to it any more.");

    const last = await events.fireUntil(() => Date.now() > returnedAt + WATCHED_MS, 250, person);
    expect(last).toBeGreaterThan(before);
    const late = polls
      .flatMap(({ deliveries }) => deliveries)
      .filter(({ n }) => (events.firedAt[n] ?? 0) >= returnedAt);
    expect(late).toEqual([]);
    await Promise.all(polls.map((poll) => poll.stop()));
    expect((await gateway.send(asBearer(device.tickets[0] ?? "", `${device.applications[0]}/me`))).status).toBe(401);
    expect(await signsIn("kim", password)).toBe(401);
    expect(await devicesOf("kim")).toMatchObject([{ state: "blocked", decidedBy: "self" }]);
    const again = await who.post("/devices/lost", { lost: id });
    expect(again.status).toBe(404);
    expect((await who.get("/devices")).text).toContain("My iPhone"); // it keeps its name
    expect((await who.get("/devices/lost")).text).toContain("There is nothing to end");
  });

  it("leaves the certificate of a computer to an administrator, and says so to both", async () => {
    const who = await portalPerson(gateway, "ola");
    const { password } = await setUp(who, "windows", "Laptop");
    const ticket = await samlTicket(gateway, client("ola", password));
    expect((await gateway.send(asProof(ticket, "ola@contoso.test"))).status).toBe(200);
    const [id = ""] = idsIn(await who.get("/devices"));
    const ended = await who.post("/devices/lost", { lost: id });
    expect([ended.status, ended.text.includes("Please end the certificates of my computers")]).toEqual([200, true]);
    const events = await operator(gateway, "audit", "--user", "ola@contoso.test", "--reason", "certificate-left");
    const why = "Revoke-CsClientCertificate -Identity 'sip:ola@contoso.test'";
    expect(events).toEqual([expect.objectContaining({ channel: "portal", device: id, why })]);
  });

  it("ends a password with which no device has come", async () => {
    const who = await portalPerson(gateway, "lea");
    const { password, id } = await setUp(who);
    expect((await who.get("/devices/lost")).text).toContain("with which no device has come");
    expect((await who.post("/devices/lost", { lost: id })).text).toMatch(/Ended at \d/);
    expect(await signsIn("lea", password)).toBe(401);
  });
});

describe("my devices", () => {
  it("are renamed, blocked and removed; what an administrator blocked stays the administrator's", async () => {
    const who = await portalPerson(gateway, "mia");
    const { password } = await setUp(who);
    await comes("mia", password, "iphone of mia");
    const [id = ""] = idsIn(await who.get("/devices"));
    expect((await who.post(`/devices/${id}/rename`, { name: "  Phone <b>of</b> Mia " })).status).toBe(303);
    const renamed = await who.get(`/devices/${id}`);
    expect([renamed.text.includes("Phone &lt;b&gt;of&lt;/b&gt; Mia"), renamed.text.includes("<b>of</b>")]).toEqual([
      true,
      false,
    ]);
    expect((await who.post(`/devices/${id}/block`)).headers.location).toBe(`/devices/${id}?done=blocked`);
    expect(await signsIn("mia", password)).toBe(401);
    expect((await who.post(`/devices/${id}/forget`)).headers.location).toBe("/devices?done=forgotten");
    expect(await devicesOf("mia")).toEqual([]);

    const second = await setUp(who, "android", "Pixel");
    await comes("mia", second.password, "pixel of mia", "AndroidLync/6.25.0.38 (Pixel 8 Android 14)");
    const [blocked = ""] = idsIn(await who.get("/devices"));
    await operator(gateway, "device", "block", "mia@contoso.test", blocked);
    expect((await who.get(`/devices/${blocked}`)).text).toContain("Blocked by your help desk");
    expect((await who.post(`/devices/${blocked}/forget`)).status).toBe(409);
    await who.post(`/devices/${blocked}/block`);
    expect(await devicesOf("mia")).toMatchObject([
      { state: "blocked", decidedBy: expect.stringMatching(/^[0-9a-f]{8}$/) },
    ]);
  });

  it("are renewed beside the old password, once for one form, and stay the same device", async () => {
    const who = await portalPerson(gateway, "noa");
    const { password, id } = await setUp(who);
    await comes("noa", password, "iphone of noa");
    const inThreeDays = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await operator(gateway, "password", "change", "noa@contoso.test", id, "--expires", inThreeDays);
    expect((await who.get("/")).text).toContain("The password of “My iPhone” ends on");
    const path = `/devices/passwords/${id}/renew`;
    const form = { renewed: /name="renewed" value="(\d+)"/.exec((await who.get(path)).text)?.[1] ?? "" };
    const renewed = await who.post(path, form);
    expect([renewed.status, secretIn(renewed)]).toEqual([200, expect.any(String)]);
    const again = await who.post(path, form);
    expect([again.status, secretIn(again)]).toEqual([409, undefined]);
    const fresh = secretIn(renewed) ?? "";
    expect(fresh).not.toBe(password);
    expect([await signsIn("noa", fresh), await signsIn("noa", password)]).toEqual([200, 200]);
    expect((await comes("noa", fresh, "iphone of noa")).status).toBe(201);
    expect(await devicesOf("noa")).toHaveLength(1);
  });
});

describe("somebody else's devices", () => {
  it("S-66: are not found, whatever is asked of them, and nothing changes", async () => {
    const [who, thief] = [await portalPerson(gateway, "alice"), await portalPerson(gateway, "bob")];
    const { password, id } = await setUp(who);
    await comes("alice", password, "iphone of alice");
    const [device = ""] = idsIn(await who.get("/devices"));
    const asked = [
      ...[`/devices/${device}`, `/devices/${device}/approve`, `/devices/waiting/${id}`],
      `/devices/passwords/${id}/renew`,
    ];
    for (const path of asked) expect([path, (await thief.get(path)).status]).toEqual([path, 404]);
    const posted = [
      ...["rename", "block", "forget", "approve", "approve/not-mine"].map((deed) => `/devices/${device}/${deed}`),
      ...["renew", "end"].map((deed) => `/devices/passwords/${id}/${deed}`),
    ];
    for (const path of posted) {
      const { status } = await thief.post(path, { name: "x", shown: "9999999999999", renewed: "0" });
      expect([path, status]).toEqual([path, 404]);
    }
    for (const lost of [device, id]) expect((await thief.post("/devices/lost", { lost })).status).toBe(404);
    const watched = await thief.get(`/devices/waiting/${id}/now?since=0&from=0`);
    expect(stateIn(watched)).toBe("waiting");
    expect(watched.text).not.toContain("iPhone");
    expect((await comes("alice", password, "iphone of alice")).status).toBe(201);
    for (const path of posted) {
      const foreign = await who.post(path, {}, { origin: "https://evil.example" });
      const token = await who.post(path, { csrf: "wrong" });
      const site = await who.post(path, {}, { "sec-fetch-site": "cross-site" });
      expect([path, foreign.status, token.status, site.status]).toEqual([path, 403, 403, 403]);
    }
    expect((await comes("alice", password, "iphone of alice")).status).toBe(201);
  });

  it("are not even asked for by somebody who is not signed in", async () => {
    const nobody = await gateway.send({ host: gateway.portalHost, path: "/devices" });
    expect([nobody.status, nobody.headers.location]).toEqual([303, "/sign-in?next=%2Fdevices"]);
  });
});
