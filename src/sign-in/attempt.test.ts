// An attempt from its request to its answer, through the data plane in workerd: where it is counted, how its source is
// recognised, and that no refusal can be told from another. What guessers try is in lockout-attacks.test.ts.

import { env } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { eventsOf, pass, SECOND, stopClock, strangeNetwork, tally } from "../../test/kit/attempts.ts";
import { HOST } from "../../test/kit/config.ts";
import {
  config,
  FORM,
  failuresAt,
  from,
  grant,
  type Headers,
  networkEvents,
  networkLevel,
  ntlm,
  someone,
  TOKEN_SERVICE,
  usernameToken,
} from "../../test/kit/sign-ins.ts";
import { generateAppPassword } from "../core/credentials/app-password.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import { dataPlane } from "../gateway/data-plane.ts";
import { guardOf, sourceGuardOf } from "../guards/route.ts";

const { burst } = DEFAULT_LIMITS.network;

beforeAll(stopClock);
beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});

describe("S-23: a name that belongs to nobody", () => {
  it.each([
    ["unknown", "mallory@contoso.test"],
    ["of another domain", "FABRIKAM\\mallory"],
    ["two at once", "a@b@c"],
    ["with a control character", "ali\0ce"],
    ["empty", ""],
    ["endless", "a".repeat(300)],
    ["what looks like a password", "correct horse battery staple"],
  ])("%s: counts against the network, with one event that does not say it", async (_, name) => {
    const source = strangeNetwork();
    expect((await grant(name, "x", from(source))).status).toBe(400);
    expect(await networkLevel(source)).toBe(1);
    const [event, ...more] = await networkEvents(source);
    expect(more).toEqual([]);
    expect(event).toMatchObject({ outcome: "refused", reason: "unknown-user", source, channel: "password-grant" });
    expect(event).not.toHaveProperty("user");
    expect(JSON.stringify(event)).not.toMatch(/mallory|correct horse/);
  });

  it("fills the network together with names that there are, and then nobody new is looked at", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    for (let i = 0; i < 3; i++) await grant(who.name, generateAppPassword(), from(source));
    for (let i = 3; i < burst; i++) await grant(`nobody${i}@contoso.test`, "x", from(source));
    expect(await networkLevel(source)).toBe(burst);
    expect((await grant(who.name, who.password, from(source))).status).toBe(400);
    expect((await networkEvents(source)).map(({ reason }) => reason)).toContain("network-waiting");
    expect(await failuresAt(who.sipUri, source)).toBe(3);
    expect((await grant(who.name, who.password, from(strangeNetwork()))).status).toBe(200);
  });
});

describe("S-24: a success", () => {
  it("explains the failures before it, of that user and in that network", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    for (let i = 0; i < 4; i++) await grant(who.name, `domain password ${i}`, from(source));
    await grant("nobody@contoso.test", "x", from(source));
    expect(await networkLevel(source)).toBe(5);
    expect((await grant(who.name, who.password, from(source))).status).toBe(200);
    expect(await networkLevel(source)).toBe(1);
    expect(await failuresAt(who.sipUri, source)).toBe(0);
  });

  it("S-39: has one event, when the ticket goes out", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    await grant(who.name, who.password, { ...from(source), "cf-ray": "9a3c5e7f1b2d4c6e-FRA", "user-agent": "Lync" });
    expect(await eventsOf(guardOf(env, who.sipUri))).toMatchObject([
      {
        outcome: "signed-in",
        reason: "cwt",
        user: who.sipUri,
        userId: who.id,
        credentialId: who.credentialId,
        source,
        requestId: "9a3c5e7f1b2d4c6e-FRA",
        userAgent: "Lync",
        host: HOST,
      },
    ]);
    expect(await networkEvents(source)).toEqual([]);
  });

  it("a mistake made before is counted once, in the network as well", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    for (let i = 0; i < 10; i++) await grant(who.name, "the same wrong password", from(source));
    expect(await networkLevel(source)).toBe(1);
    expect(await failuresAt(who.sipUri, source)).toBe(1);
  });
});

describe("S-25: every channel feeds the same counters", () => {
  it("five failures over four channels, and the sixth waits on each", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    const channels = [
      (password: string) => ntlm(who.name, password, from(source)),
      (password: string) => ntlm(who.name, password, from(source), { scheme: "Negotiate" }),
      (password: string) => grant(who.name, password, from(source)),
      (password: string) => usernameToken(who.name, password, from(source)),
    ];
    const wrong = [...channels, channels[0]];
    for (const channel of wrong) await channel?.(generateAppPassword());
    expect(await failuresAt(who.sipUri, source)).toBe(5);
    const seen = (await eventsOf(guardOf(env, who.sipUri))).map(({ channel, reason }) => `${channel} ${reason}`);
    expect(tally(seen)).toEqual({
      "ntlm wrong-proof": 2,
      "negotiate wrong-proof": 1,
      "password-grant wrong-password": 1,
      "username-token wrong-password": 1,
    });
    const statuses = await Promise.all(channels.map(async (channel) => (await channel(who.password)).status));
    expect(statuses).toEqual([401, 401, 400, 500]);
    pass(30 * SECOND);
    expect((await grant(who.name, who.password, from(source))).status).toBe(200);
  });

  it("S-10: of however many spellings of one name", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    const spellings = [who.name, who.name.toUpperCase(), `sip:${who.name}`, `CONTOSO\\${who.account}`, who.account];
    for (const name of spellings) await grant(name, generateAppPassword(), from(source));
    expect(await failuresAt(who.sipUri, source)).toBe(5);
    expect((await grant(who.name, who.password, from(source))).status).toBe(400);
  });
});

describe("S-31: where a request comes from", () => {
  const CLAIMS = [
    "x-forwarded-for",
    "x-real-ip",
    "forwarded",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "cf-connecting-ipv6",
    "cf-pseudo-ipv4",
    "cf_connecting_ip",
    "x-forwarded",
    "client-ip",
    "via",
  ];
  const claimed = (address: string): Headers =>
    Object.fromEntries(CLAIMS.map((name) => [name, name === "forwarded" ? `for=${address}` : address]));

  it("nothing that a client says of itself makes it another network", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    for (let i = 0; i < 5; i++) {
      await grant(who.name, generateAppPassword(), { ...claimed(`192.0.2.${i}`), ...from(source) });
    }
    expect(await failuresAt(who.sipUri, source)).toBe(5);
    expect((await guardOf(env, who.sipUri).locks()).pairs).toHaveLength(1);
    const right = await grant(who.name, who.password, { ...claimed("192.0.2.99"), ...from(source) });
    expect(right.status).toBe(400);
  });

  it("nor can it make itself out to be somebody else", async () => {
    const [victim, attacker, who] = [strangeNetwork(), strangeNetwork(), await someone()];
    for (let i = 0; i < 6; i++) {
      await grant(who.name, generateAppPassword(), { ...claimed(victim), ...from(attacker) });
    }
    expect(await failuresAt(who.sipUri, victim)).toBeUndefined();
    expect(await networkLevel(victim)).toBe(0);
    expect((await grant(who.name, who.password, from(victim))).status).toBe(200);
  });

  it("without Cloudflare's word for it, all are one network", async () => {
    const who = await someone();
    const before = await networkLevel("unknown");
    await grant(who.name, generateAppPassword(), claimed("192.0.2.1"));
    await grant(who.name, generateAppPassword(), from("192.0.2.1, 198.51.100.1"));
    await grant(who.name, generateAppPassword(), from("0300.0.2.1"));
    expect(await failuresAt(who.sipUri, "unknown")).toBe(3);
    expect(await networkLevel("unknown")).toBe(before + 3);
  });

  it("all addresses of an IPv6 /64 are one", async () => {
    const who = await someone();
    for (let i = 1; i <= 5; i++) await grant(who.name, generateAppPassword(), from(`2001:db8:5:6:${i}::${i}`));
    expect(await failuresAt(who.sipUri, "2001:db8:5:6::/64")).toBe(5);
    expect((await grant(who.name, who.password, from("2001:db8:5:6:ffff::1"))).status).toBe(400);
    expect((await grant(who.name, who.password, from("2001:db8:5:7::1"))).status).toBe(200);
  });
});

describe("S-21: the client in its network", () => {
  /** A network in which no stranger is looked at, and a user who has signed in from there before. */
  async function crowded(signIn: (who: Awaited<ReturnType<typeof someone>>, source: string) => Promise<Response>) {
    const [source, who] = [strangeNetwork(), await someone()];
    expect((await signIn(who, source)).status).toBe(200);
    const about = { requestId: "r", channel: "ntlm", host: HOST, source, userAgent: "", workstation: "" } as const;
    await Promise.all(
      Array.from({ length: burst }, (_, i) =>
        sourceGuardOf(env, source).reserve(about, { name: `nobody ${i}`, client: "nobody" }),
      ),
    );
    return { source, who };
  }

  it("is known by its product, in any version", async () => {
    const agent = (version: string) => ({ "user-agent": `UCCAPI/${version} OC/${version} (Microsoft Lync)` });
    const { source, who } = await crowded(({ name, password }, at) =>
      grant(name, password, { ...from(at), ...agent("15.0.4420.1017") }),
    );
    const status = async (headers: Headers) =>
      (await grant(who.name, who.password, { ...from(source), ...headers })).status;
    expect(await status(agent("16.0.5266"))).toBe(200);
    expect(await status({ "user-agent": "curl/8.0" })).toBe(400);
    expect(await status({})).toBe(400);
  });

  it("and over NTLM by its machine's name, in upper or lower case", async () => {
    const { source, who } = await crowded(({ name, password }, at) =>
      ntlm(name, password, from(at), { workstation: "PC-17" }),
    );
    const status = async (workstation: string) =>
      (await ntlm(who.name, who.password, from(source), { workstation })).status;
    expect(await status("pc-17")).toBe(200);
    expect(await status("PC-18")).toBe(401);
  });

  it("signs in while another client of that network has made strangers wait", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    const mine = { ...from(source), "user-agent": "Lync" };
    expect((await grant(who.name, who.password, mine)).status).toBe(200);
    for (let i = 0; i < 10; i++) await grant(who.name, generateAppPassword(), from(source));
    expect((await grant(who.name, who.password, from(source))).status).toBe(400);
    expect((await grant(who.name, who.password, mine)).status).toBe(200);
  });
});

it("failures the network never counted are not taken from what others did", async () => {
  const [source, who] = [strangeNetwork(), await someone()];
  const mine = { ...from(source), "user-agent": "mine" };
  await grant(who.name, who.password, mine);
  for (let i = 0; i < burst; i++) await grant(`nobody${i}`, "x", from(source));
  for (let i = 0; i < 19; i++) await grant(who.name, generateAppPassword(), mine); // familiar: not counted
  pass(36_001);
  const before = await networkLevel(source);
  await grant(who.name, who.password, mine);
  expect(await networkLevel(source)).toBeGreaterThanOrEqual(before - 0.01); // 99 -> 80
});
it("S-37: with D1 down the network is not blamed", async () => {
  const [source, who] = [strangeNetwork(), await someone()];
  const fail = (): never => {
    throw new Error("down");
  };
  const DB = { prepare: fail, batch: fail, exec: fail } as unknown as D1Database;
  const body = new URLSearchParams({ grant_type: "password", username: who.name, password: who.password }).toString();
  for (let i = 0; i < burst; i++) {
    const request = new Request(TOKEN_SERVICE, { method: "POST", headers: { ...FORM, ...from(source) }, body });
    await dataPlane(request, { ...env, DB }, config).catch(() => undefined);
  }
  expect((await grant(who.name, who.password, from(source))).status).toBe(200); // 400
});
it("S-10, S-21: familiar under one spelling is familiar under all", async () => {
  const [source, who] = [strangeNetwork(), await someone()];
  const mine = { ...from(source), "user-agent": "mine" };
  await grant(who.name, who.password, mine);
  // A neighbour.
  for (let i = 0; i < 10; i++) await grant(`CONTOSO\\${who.account}`, generateAppPassword(), from(source));
  expect((await grant(`CONTOSO\\${who.account}`, who.password, mine)).status).toBe(200); // 400, by the shield
});

describe("S-10: the names of one account in a network's guard", () => {
  const SPELLINGS = (account: string) => [
    `CONTOSO\\${account}`,
    `contoso.test\\${account}`,
    `CONTOSO.TEST\\${account}`,
    account,
    `contoso.test.\\${account}`,
  ];

  it("S-24: the same mistake under each is one mistake, whether anybody has the name or not", async () => {
    for (const account of [(await someone()).account, "mallory"]) {
      const source = strangeNetwork();
      for (const name of SPELLINGS(account)) await grant(name, "the same wrong password", from(source));
      expect(await networkLevel(source), account).toBe(1);
      const reasons = tally((await networkEvents(source)).map(({ reason }) => reason));
      expect(reasons[account === "mallory" ? "unknown-user" : "repeated"], account).toBeGreaterThan(0);
    }
  });

  it("S-22: other mistakes wait together, and a success ends the wait of all", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    for (const account of [who.account, "mallory"]) {
      for (const name of SPELLINGS(account)) await grant(name, generateAppPassword(), from(source));
      expect((await grant(`contoso.test\\${account}`, who.password, from(source))).status, account).toBe(400);
    }
    expect(await failuresAt(who.sipUri, source)).toBe(5);
    pass(30 * SECOND);
    const before = await networkLevel(source);
    expect((await grant(`contoso.test\\${who.account}`, who.password, from(source))).status).toBe(200);
    for (const name of SPELLINGS(who.account)) expect((await grant(name, who.password, from(source))).status).toBe(200);
    expect(await networkLevel(source)).toBeCloseTo(before - 5, 1); // only mallory's are left
  });

  it("S-43: who is familiar under one passes under each while a neighbour guesses under another", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    const mine = { ...from(source), "user-agent": "mine" };
    expect((await grant(`contoso.test\\${who.account}`, who.password, mine)).status).toBe(200);
    for (const name of [...SPELLINGS(who.account), who.name]) {
      for (let i = 0; i < 6; i++) await grant(name, generateAppPassword(), mine);
      for (const other of [...SPELLINGS(who.account), who.name, who.sipUri]) {
        expect((await grant(other, who.password, mine)).status, `${name}, then ${other}`).toBe(200);
      }
    }
  });
});
