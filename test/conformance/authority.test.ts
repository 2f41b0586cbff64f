// S-54: the organisation's authority, all the way over HTTP: a device names itself at the started gateway, Postern asks
// the receiver of examples/authority, and the device is served or refused by what it answers. Then everything that an
// endpoint can do wrong.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { demoUsers } from "../../simulator/users.ts";
import type { AuthorityAskedAnswer, WhyAnswer } from "../../src/api/schemas/devices.ts";
import { consoleAs } from "../kit/gateway/console.ts";
import { PATIENCE } from "../kit/patience.ts";
import { SECRET, startAuthority, type TestAuthority } from "./support/authority.ts";
import { phoneOf } from "./support/devices.ts";
import { type Person, startTestGateway, type TestGateway } from "./support/gateway.ts";
import { operator } from "./support/operator.ts";
import { Events, Poll, type PollingDevice } from "./support/polls.ts";
import { creation } from "./support/presenting.ts";
import { compactTicket } from "./support/tickets.ts";

const OLD_SECRET = `whsec_${Buffer.alloc(24, 6).toString("base64")}`;
const NAMES = ["lost", "waits", "loops", "slow", "seen", "silent", "later", "compliant"];
const people = NAMES.map((account, index) => ({
  ...{ sipUri: `sip:${account}@contoso.test`, upn: `${account}@contoso.test`, domain: "CONTOSO", account },
  ...{ directoryPassword: `Directory-Only-${account}!`, sid: `S-1-5-21-1-2-3-${3000 + index}`, enabled: true },
}));

let folder: string;
let authority: TestAuthority;
let gateway: TestGateway;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "postern-authority-"));
  authority = await startAuthority(folder, OLD_SECRET);
  gateway = await startTestGateway({
    variables: { AUTHORITY_URL: authority.url, AUTHORITY_SECRETS: `${SECRET} ${OLD_SECRET}` },
    simulator: { users: [...demoUsers, ...people] },
    moreUsers: people,
  });
  await policy("allow");
}, PATIENCE.timeout);
afterAll(async () => {
  await gateway?.stop();
  await authority?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The policy of these tests: who is lost is refused, and that silence blocks or does not. */
async function policy(silence: "allow" | "block"): Promise<void> {
  const file = join(folder, "policy.toml");
  const text = `[devices]
authoritySilence = "${silence}"
[[rules]]
code = "lost"
action = "block"
reason = "Your own system says that the device is lost"
when = { authority = "lost" }
`;
  await writeFile(file, text);
  await operator(gateway, "policy", "apply", file, "--yes");
}

const who = (account: string): Person => {
  const found = gateway.others.find((one) => one.account === account);
  if (found === undefined) throw new Error(`nobody is ${account}`);
  return found;
};

/** The status of a request in which the person's phone names itself. `ticket`: without `cwt=`. */
async function naming(person: Person, ticket: string, source?: string): Promise<[status: number, path: string]> {
  const request = creation(phoneOf(person));
  const headers = {
    ...request.headers,
    "x-ms-webticket": `cwt=${ticket}`,
    ...(source && { "cf-connecting-ip": source }),
  };
  const { status, headers: answered } = await gateway.send({ ...request, headers });
  return [status, status === 201 ? new URL(answered.location ?? "").pathname : ""];
}

const uses = async (ticket: string, application: string): Promise<number> =>
  (await gateway.send({ path: application, headers: { authorization: `Bearer cwt=${ticket}` } })).status;
const shown = async (person: Person): Promise<WhyAnswer> =>
  (await operator(gateway, "device", "show", person.upn, phoneOf(person))) as WhyAnswer;
const asks = async (person: Person): Promise<AuthorityAskedAnswer> =>
  (await operator(gateway, "device", "ask-authority", person.upn, phoneOf(person))) as AuthorityAskedAnswer;
const askedAbout = ({ account }: Person) => authority.asked.filter(({ body }) => body.includes(`sip:${account}@`));
/** Waits until a question about that person's phone has ended in this way. */
const hasFault = (person: Person, fault: string | null) =>
  vi.waitFor(async () => {
    const { inquiry } = await shown(person);
    expect([inquiry.triedAt === null, inquiry.fault]).toEqual([false, fault]);
  }, PATIENCE);

// Side by side: each is about a person of its own.
describe.concurrent("S-54: a device about which an authority is asked", () => {
  it("is asked about in the background, signed, and a lost one is refused within seconds, its open poll too", async () => {
    const lost = who("lost");
    await authority.says({ "lost@contoso.test": "managed" });
    const ticket = await compactTicket(gateway, lost);
    expect(askedAbout(lost)).toEqual([]); // a sign-in of no known device asks nothing
    const source = "192.0.2.77";
    const [status, application] = await naming(lost, ticket, source);
    expect(status).toBe(201);
    await vi.waitFor(async () => expect((await shown(lost)).device.authority?.words).toEqual(["managed"]), PATIENCE);
    const [question] = askedAbout(lost);
    const verified = new Webhook(SECRET).verify(question?.body ?? "", question?.headers ?? {});
    expect(verified).toMatchObject({
      type: "device.asked",
      data: {
        asked: "first",
        user: { sipUri: lost.sipUri, upn: lost.upn, account: "CONTOSO\\lost" },
        device: { kind: "endpoint", key: phoneOf(lost), product: expect.any(String) },
        network: source,
      },
    });
    const device: PollingDevice = { source, tickets: [ticket], applications: [application] };
    const poll = new Poll(gateway, device, application, ticket);
    const events = new Events(gateway);
    try {
      const first = await events.fire(lost);
      await vi.waitFor(() => expect(poll.deliveries.map(({ n }) => n)).toContain(first), PATIENCE);
      await authority.says({ "lost@contoso.test": "lost" });
      const after = await asks(lost);
      const returnedAt = Date.now();
      expect(after).toMatchObject({
        judgement: { action: "block", reason: "lost" },
        device: { authority: { words: ["lost"] } },
      });
      await events.fire(lost);
      await vi.waitFor(() => expect(poll.refusals).toContain(403), PATIENCE);
      expect(poll.deliveries.filter(({ n }) => (events.firedAt[n] ?? 0) >= returnedAt)).toEqual([]);
      expect([await uses(ticket, application), (await naming(lost, ticket))[0]]).toEqual([403, 403]);
    } finally {
      await poll.stop();
    }
    await authority.says({ "lost@contoso.test": "managed" });
    expect(await asks(lost)).toMatchObject({ judgement: { action: "allow" } });
    expect(await uses(ticket, application)).toBe(200);
    await vi.waitFor(async () => {
      const changes = await operator(gateway, "audit", "--user", lost.upn, "--reason", "authority-answered");
      expect(changes).toHaveLength(3);
    }, PATIENCE);
  });

  it("S-46: is judged by the first answer too: let in for the moment, and then refused", async () => {
    const lost = who("waits");
    await authority.says({ "waits@contoso.test": "lost" });
    const ticket = await compactTicket(gateway, lost);
    const [status, application] = await naming(lost, ticket);
    expect(status).toBe(201);
    await vi.waitFor(async () => expect(await uses(ticket, application)).toBe(403), PATIENCE);
    const refusals = await operator(gateway, "why", lost.upn, phoneOf(lost));
    expect(refusals).toMatchObject({ judgement: { step: "rules", rule: "lost" } });
  });

  it("S-44: that names itself again and again is asked about once", async () => {
    const loops = who("loops");
    const ticket = await compactTicket(gateway, loops);
    for (let times = 0; times < 20; times++) expect((await naming(loops, ticket))[0]).toBe(201);
    await hasFault(loops, null);
    // Strangers, with wrong passwords and forged tickets, cause no question.
    await compactTicket(gateway, { ...loops, password: "wrong" }).catch(() => undefined);
    await naming(loops, `${ticket.slice(0, -4)}AAAA`);
    expect(askedAbout(loops)).toHaveLength(1);
  });

  it("whose answer never ends: no ticketed request waits for it", async () => {
    const person = who("slow");
    const ticket = await compactTicket(gateway, person);
    authority.manners.set("slow", "dribbles");
    const [status, application] = await naming(person, ticket);
    expect(status).toBe(201);
    // While the question hangs for its two seconds, a request is served.
    expect(await uses(ticket, application)).toBe(200);
    await hasFault(person, "timeout");
    expect(await uses(ticket, application)).toBe(200);
  });

  it("is shown in the console, with what silence does, and an administrator has it asked again", async () => {
    const person = who("seen");
    await authority.says({ "seen@contoso.test": "managed" });
    await naming(person, await compactTicket(gateway, person));
    await hasFault(person, null);
    const { device } = await shown(person);
    const [helpdesk, viewer] = [await consoleAs(gateway, "helpdesk"), await consoleAs(gateway, "viewer")];
    const user = (await operator(gateway, "user", "show", person.upn)) as { readonly id: string };
    const page = `/users/${user.id}/devices/${device.id}`;
    const { status, text } = await helpdesk.get(page);
    expect([status, text.includes("What the authority says"), text.includes("managed")]).toEqual([200, true, true]);
    expect(text).toContain(`action="${page}/ask-authority"`);
    expect((await viewer.get(page)).text).not.toContain(`action="${page}/ask-authority"`);
    await authority.says({ "seen@contoso.test": "stolen" });
    const asked = await helpdesk.post(`${page}/ask-authority`);
    expect([asked.status, asked.headers.location]).toEqual([303, `${page}?done=authority-asked`]);
    const after = await helpdesk.get(`${page}?done=authority-asked`, { "accept-language": "de" });
    expect(after.text).toContain("Was die Auskunft sagt");
    expect(after.text).toContain("stolen");
    expect((await viewer.post(`${page}/ask-authority`)).status).toBe(403);
  });
});

// One after the other: they count questions in a row without an answer, whoever's.
describe("S-54: an authority that is silent", () => {
  it("has its fault shown, whatever it does, and each is logged once", async () => {
    const person = who("silent");
    const ticket = await compactTicket(gateway, person);
    expect((await naming(person, ticket))[0]).toBe(201);
    await hasFault(person, null);
    const { device } = await shown(person);
    const lines = () => gateway.log.filter((line) => line.includes(device.id) && line.includes('"unavailable"'));
    const faults = [
      ...[["hangs", "timeout"] as const, ["redirects", "redirect"] as const, ["is-large", "too-large"] as const],
      ...[["talks-nonsense", "malformed"] as const, ["fails", "status-500"] as const],
    ];
    for (const [index, [manners, fault]] of faults.entries()) {
      authority.manners.set("silent", manners);
      expect((await asks(person)).inquiry.fault).toBe(fault);
      if (fault === "status-500") for (let times = 0; times < 2; times++) await asks(person);
      await vi.waitFor(() => expect(lines()).toHaveLength(index + 1), PATIENCE);
      authority.manners.delete("silent");
      expect((await asks(person)).inquiry.fault).toBeNull();
    }
  });

  it("is asked no more after five questions without an answer, until it answers one again", async () => {
    const [first, later] = [who("silent"), who("later")];
    authority.manners.set("silent", "fails");
    for (let times = 0; times < 5; times++) await asks(first);
    expect(JSON.stringify(await operator(gateway, "health").catch(String))).toContain("authority-silent");
    const ticket = await compactTicket(gateway, later);
    expect((await naming(later, ticket))[0]).toBe(201);
    await hasFault(later, "held-off");
    expect(askedAbout(later)).toEqual([]);
    authority.manners.delete("silent");
    // An administrator's question goes out all the same. Its answer closes the breaker for everybody.
    expect((await asks(first)).inquiry.fault).toBeNull();
    expect(JSON.stringify(await operator(gateway, "health").catch(String))).not.toContain("authority-silent");
  });

  it("S-46: keeps out whoever it has not spoken of, if the policy says so, until it speaks", async () => {
    await policy("block");
    const [person, compliant] = [who("slow"), who("compliant")];
    const ticket = await compactTicket(gateway, person);
    expect((await naming(person, ticket))[0]).toBe(403);
    expect(await operator(gateway, "why", person.upn, phoneOf(person))).toMatchObject({
      judgement: { step: "authority", reason: "authority-silent" },
    });
    authority.manners.delete("slow");
    expect(await asks(person)).toMatchObject({ judgement: { action: "allow" }, inquiry: { fault: null } });
    expect((await naming(person, ticket))[0]).toBe(201);
    // A new device: nobody has answered yet, and no request waits for it.
    await authority.says({ "compliant@contoso.test": "compliant" });
    const hers = await compactTicket(gateway, compliant);
    expect((await naming(compliant, hers))[0]).toBe(403);
    await vi.waitFor(async () => expect((await naming(compliant, hers))[0]).toBe(201), PATIENCE);
  });
});

describe("S-54: the receiver of examples/authority", () => {
  it("refuses a question with a wrong signature, an old one, and one without any", async () => {
    const body = JSON.stringify({ type: "device.asked", data: { user: {}, device: {} } });
    const signed = (secret: string, at: Date) => ({
      ...{ "webhook-id": "msg_1", "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)) },
      "webhook-signature": new Webhook(secret).sign("msg_1", at, body),
    });
    const post = async (headers: Record<string, string>) =>
      (await fetch(authority.url, { method: "POST", headers, body })).status;
    expect(await post(signed(SECRET, new Date()))).toBe(401); // the receiver has the other one
    expect(await post(signed(OLD_SECRET, new Date(Date.now() - 600_000)))).toBe(401);
    expect(await post({})).toBe(401);
    expect(authority.asked.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  });
});
