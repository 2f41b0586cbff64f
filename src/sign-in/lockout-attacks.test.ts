// Attacks of guessers as they would do them: from the owner's own network, with the same password again and again, and
// with an account of their own that tells them how their guesses at another name went.

import { env } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import {
  aboutFrom,
  eventsOf,
  HOUR,
  KEYRING,
  MINUTE,
  pass,
  SECOND,
  stopClock,
  strangeNetwork,
  tally,
} from "../../test/kit/attempts.ts";
import { must } from "../../test/kit/ntlm.ts";
import {
  db,
  failuresAt,
  from,
  grant,
  type Headers,
  networkEvents,
  networkLevel,
  ntlm,
  someone,
  usernameToken,
} from "../../test/kit/sign-ins.ts";
import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { sealHashes } from "../core/credentials/sealed-hash.ts";
import { DEFAULT_LIMITS } from "../core/lockout/limits.ts";
import { guardOf, sourceGuardOf } from "../guards/route.ts";
import { WRONG_FOR_MS } from "../source-guard/tried-proofs.ts";
import { addAppPassword, addUser, disableUser, enableUser, revokeAppPassword } from "../store/directory.ts";
import { RECENT_FOR_MS } from "../user-guard/recent-record.ts";

const { burst } = DEFAULT_LIMITS.network;

beforeAll(stopClock);
beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});

type Someone = Awaited<ReturnType<typeof someone>>;
type Try = (name: string, password: string, headers: Headers) => Promise<Response>;

/**
 * Each channel, with the status of a right proof there. The Front-End of these tests has no ticket for `/Auth`, so a
 * proved user gets 503.
 */
const CHANNELS: readonly (readonly [string, number, Try])[] = [
  ["password grant", 200, grant],
  ["/Auth", 503, usernameToken],
  [
    "NTLM with the same machine's name",
    200,
    (name, password, headers) => ntlm(name, password, headers, { workstation: "PC-17" }),
  ],
];
/** The user agent of a phone. All phones with one app have the same. */
const phone = (source: string): Headers => ({ ...from(source), "user-agent": "AndroidLync/6.25" });

const disable = (who: Someone) => disableUser(db, who.id, Date.now());
const repeat = async (times: number, act: () => Promise<Response>): Promise<void> => {
  for (let i = 0; i < times; i++) await act();
};

describe("S-43: a neighbour with the owner's address and client string", () => {
  it.each(CHANNELS)(
    "does not delay the owner's right proof, however often wrong ones come: %s",
    async (_, right, attempt) => {
      const [home, who] = [phone(strangeNetwork()), await someone()];
      const owner = async () => (await attempt(who.name, who.password, home)).status;
      const neighbour = () => attempt(who.name, generateAppPassword(), home);
      expect(await owner()).toBe(right);
      await repeat(22, neighbour);
      const answers: number[] = [];
      for (let i = 0; i < 20; i++) {
        await repeat(4, neighbour);
        pass(200);
        answers.push(await owner());
      }
      expect(answers).toEqual(Array(20).fill(right));
    },
  );

  it("nor when neighbours have filled the network, nor by another of the user's names", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    expect((await grant(who.name, who.password, phone(source))).status).toBe(200);
    for (let i = 0; i < burst; i++) await grant(`nobody${i}`, "x", from(source));
    await repeat(30, () => grant(who.name, generateAppPassword(), phone(source)));
    await repeat(30, () => grant(`CONTOSO\\${who.account}`, generateAppPassword(), phone(source)));
    for (const name of [who.name, `CONTOSO\\${who.account}`, who.sipUri]) {
      expect((await grant(name, who.password, phone(source))).status).toBe(200);
    }
  });

  it("S-20: over the budget nothing of a wrong one is written down but that there were some", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    await grant(who.name, who.password, phone(source));
    await repeat(50, () => grant(who.name, generateAppPassword(), phone(source)));
    expect(await failuresAt(who.sipUri, source)).toBe(DEFAULT_LIMITS.stranger.free);
    expect(await networkLevel(source)).toBe(DEFAULT_LIMITS.stranger.free);
    const refused = (await eventsOf(guardOf(env, who.sipUri))).filter(({ outcome }) => outcome === "refused");
    expect(refused).toHaveLength(DEFAULT_LIMITS.stranger.free + 1);
    await grant(who.name, who.password, phone(source));
    expect(await failuresAt(who.sipUri, source)).toBe(0);
    expect(await networkLevel(source)).toBe(0);
  });

  it("S-17, S-22: over the budget a revoked password, and any of a disabled user, stay refused", async () => {
    for (const close of [disable, (who: Someone) => revokeAppPassword(db, who.id, who.credentialId, Date.now())]) {
      const [source, who] = [strangeNetwork(), await someone()];
      await grant(who.name, who.password, phone(source));
      await repeat(22, () => grant(who.name, generateAppPassword(), phone(source)));
      await close(who);
      expect((await grant(who.name, who.password, phone(source))).status).toBe(400);
    }
  });

  it("keeps a new app password out for no longer than what was read of the user is kept", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    const owner = async (password: string) => (await grant(who.name, password, phone(source))).status;
    await owner(who.password);
    await repeat(22, () => grant(who.name, generateAppPassword(), phone(source)));
    const [id, fresh] = [`p_new_${who.account}`, generateAppPassword()];
    const ntHashes = sealHashes(KEYRING, { userId: who.id, credentialId: id }, ntHashesOf(fresh));
    await addAppPassword(db, { id, userId: who.id, label: "", ntHashes }, 0);
    pass(RECENT_FOR_MS - 1);
    expect(await owner(fresh)).toBe(400);
    pass(1);
    expect(await owner(fresh)).toBe(200);
  });

  it("a stranger at that address still waits, with the right password too", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    await grant(who.name, who.password, phone(source));
    await repeat(6, () => grant(who.name, generateAppPassword(), from(source)));
    expect((await grant(who.name, who.password, from(source))).status).toBe(400);
    expect((await grant(who.name, who.password, phone(source))).status).toBe(200);
  });
});

describe("S-24: the same again", () => {
  it("of a disabled user is not remembered as wrong: enabled, it signs in at once", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    await disable(who);
    await repeat(4, () => grant(who.name, who.password, from(source)));
    await enableUser(db, who.id);
    expect((await grant(who.name, who.password, from(source))).status).toBe(200);
  });

  it("with a name that is added a moment later signs in within a minute", async () => {
    const [source, password] = [strangeNetwork(), generateAppPassword()];
    await repeat(10, () => grant("latecomer@contoso.test", password, from(source)));
    expect(await networkLevel(source)).toBe(1);
    const user = must(
      await addUser(
        db,
        { sipUri: "sip:latecomer@contoso.test", account: "CONTOSO\\latecomer", upn: "latecomer@contoso.test" },
        0,
      ),
    );
    const ntHashes = sealHashes(KEYRING, { userId: user.id, credentialId: "p_late" }, ntHashesOf(password));
    await addAppPassword(db, { id: "p_late", userId: user.id, label: "", ntHashes }, 0);
    pass(WRONG_FOR_MS);
    expect((await grant("latecomer@contoso.test", password, from(source))).status).toBe(200);
  });

  it("goes on for days without a wait, and the right password gets in at any time", async () => {
    const [source, who, old] = [strangeNetwork(), await someone(), generateAppPassword()];
    for (let i = 0; i < 100; i++) {
      pass(15 * MINUTE);
      await grant(who.name, old, from(source));
    }
    expect(await networkLevel(source)).toBeLessThanOrEqual(1);
    expect((await grant(who.name, who.password, from(source))).status).toBe(200);
  });

  it("with a revoked password over NTLM is no guess, and a flood of it waits for seconds", async () => {
    const [source, who] = [strangeNetwork(), await someone()];
    await revokeAppPassword(db, who.id, who.credentialId, Date.now());
    await repeat(60, () => ntlm(who.name, who.password, from(source)));
    expect(await networkLevel(source)).toBe(1);
    const waits = (await networkEvents(source)).map(({ reason, waitUntil = 0 }) => [reason, waitUntil - Date.now()]);
    expect(waits).toEqual([["waiting", 6 * SECOND]]);
  });
});

describe("S-22, S-23: an attacker with one account of his own", () => {
  const guesses: readonly (readonly [string, () => Try])[] = [
    ["another password each time", () => (name, _, headers) => grant(name, generateAppPassword(), headers)],
    ["another NTLM proof each time", () => (name, _, headers) => ntlm(name, generateAppPassword(), headers)],
    [
      "the same password again",
      () => {
        const same = generateAppPassword();
        return (name, _, headers) => grant(name, same, headers);
      },
    ],
    [
      "two passwords in turn, and NTLM",
      () => {
        const [one, other] = [generateAppPassword(), generateAppPassword()];
        let i = 0;
        return (name, _, headers) =>
          [
            () => grant(name, one, headers),
            () => ntlm(name, other, headers),
            () => usernameToken(name, other, headers),
          ][i++ % 3]?.() ?? Promise.reject();
      },
    ],
    [
      "another client each time",
      () => {
        let i = 0;
        return (name, _, headers) =>
          grant(name, generateAppPassword(), {
            ...headers,
            "user-agent": "abcdefghijklmnopqrstuvwxyz"[i++ % 26] ?? "",
          });
      },
    ],
  ];

  /**
   * Guesses until the network is nearly full. After each guess he signs in with his own account. Returns what that
   * said, and the network's count.
   */
  async function readOff(nameOf: (i: number) => string, attempt: Try, before?: (source: string) => Promise<unknown>) {
    const [source, own] = [strangeNetwork(), await someone()];
    await before?.(source);
    const network = sourceGuardOf(env, source);
    const fillers = Array.from({ length: burst - 6 }, (_, i) => ({ name: `filler ${i}`, client: "filler" }));
    for (const filler of fillers) await network.reserve(aboutFrom(source), filler);
    const seen: (readonly [own: number, level: number])[] = [];
    for (let i = 0; i < 12; i++) {
      if (i === 8) pass(31 * SECOND);
      await attempt(nameOf(i), "", from(source));
      const mine = { ...from(source), "user-agent": `mine ${"x".repeat(i + 1)}` };
      seen.push([(await grant(own.name, own.password, mine)).status, await networkLevel(source)]);
    }
    return seen;
  }

  it.each(guesses)("cannot tell whether a name exists: %s", async (_, attempt) => {
    const who = await someone();
    const gone = await someone();
    await disable(gone);
    const unknown = await readOff(() => "nobody-at-all@contoso.test", attempt());
    expect(await readOff(() => who.name, attempt())).toEqual(unknown);
    expect(await readOff(() => gone.name, attempt())).toEqual(unknown);
  });

  it("nor whether its user has signed in from there, with that very client", async () => {
    const who = await someone();
    const attempt: Try = (name, _, headers) =>
      grant(name, generateAppPassword(), { ...headers, "user-agent": "AndroidLync/6.25" });
    const unknown = await readOff(() => "nobody-at-all@contoso.test", attempt);
    const known = await readOff(
      () => who.name,
      attempt,
      (source) => grant(who.name, who.password, phone(source)),
    );
    expect(known).toEqual(unknown);
  });

  it("nor whether two names are one user's", async () => {
    const [who, other] = [await someone(), await someone()];
    const attempt: Try = (name, _, headers) => grant(name, generateAppPassword(), headers);
    const both = (one: string, two: string) => readOff((i) => (i % 2 ? one : two), attempt);
    const unknown = await both("nobody-at-all@contoso.test", "CONTOSO\\nobody-at-all");
    expect(await both(who.name, `CONTOSO\\${who.account}`)).toEqual(unknown);
    expect(await both(who.name, other.name)).toEqual(unknown);
  });

  it("nor whether others are at it", async () => {
    const who = await someone();
    for (let i = 0; i < burst; i++) await grant(who.name, generateAppPassword(), from(strangeNetwork()));
    const attempt: Try = (name, _, headers) => grant(name, generateAppPassword(), headers);
    expect(await readOff(() => who.name, attempt)).toEqual(await readOff(() => "nobody-at-all@contoso.test", attempt));
  });
});

it("S-21: the failures of one name are forgotten after an hour, in the network's guard too", async () => {
  const [source, who] = [strangeNetwork(), await someone()];
  await repeat(8, () => grant(who.name, generateAppPassword(), from(source)));
  pass(HOUR);
  await repeat(4, () => grant(who.name, generateAppPassword(), from(source)));
  expect((await grant(who.name, who.password, from(source))).status).toBe(200);
  expect(tally([String(await failuresAt(who.sipUri, source))])).toEqual({ "0": 1 });
});

it.each(CHANNELS)("S-21: twenty right sign-ins at once from a new place all get in: %s", async (_, right, attempt) => {
  const [source, who] = [strangeNetwork(), await someone()];
  const answers = await Promise.all(Array.from({ length: 20 }, () => attempt(who.name, who.password, phone(source))));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => right));
});
