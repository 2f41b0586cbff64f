// A refused attempt through the data plane in workerd: no refusal can be told from another, by its answer or by its
// time.

import { env } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { pass, stopClock, strangeNetwork } from "../../test/kit/attempts.ts";
import { giveAuthenticator, giveCodePassword } from "../../test/kit/authenticator.ts";
import {
  ask,
  config,
  db,
  FORM,
  from,
  grant,
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
import { disableUser, revokeAppPassword } from "../store/directory.ts";

const FLOOR_MS = 300;
const { burst } = DEFAULT_LIMITS.network;

beforeAll(stopClock);
beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});
describe("S-22: a refusal", () => {
  /** The least time of a refusal. A few random ms may be added. */
  const about = (ms: number) => expect.toSatisfy((waited: number) => waited >= ms && waited < ms + 20, `about ${ms}`);

  /** Prepares each kind of refusal, each in a network of its own. All are ready when this returns. */
  async function refusals() {
    const known = await someone();
    const disabled = await someone();
    await disableUser(db, disabled.id, Date.now());
    const revoked = await someone();
    await revokeAppPassword(db, revoked.id, revoked.credentialId, Date.now());
    const coded = await someone();
    const code = await giveAuthenticator(coded);
    const { password: bare } = await giveCodePassword(coded);
    const waiting = { ...(await someone()), source: strangeNetwork() };
    for (let i = 0; i < 5; i++) await grant(waiting.name, generateAppPassword(), from(waiting.source));
    const full = strangeNetwork();
    for (let i = 0; i < burst; i++) await grant(`nobody${i}`, "x", from(full));
    return {
      "unknown-user": [strangeNetwork(), "nobody@contoso.test", known.password],
      "no name at all": [strangeNetwork(), "a@b@c", known.password],
      "wrong-password": [strangeNetwork(), known.name, generateAppPassword()],
      "user-disabled": [strangeNetwork(), disabled.name, disabled.password],
      "revoked-password": [strangeNetwork(), revoked.name, revoked.password],
      "code-missing": [strangeNetwork(), coded.name, bare],
      "code-wrong": [strangeNetwork(), coded.name, `${bare}${code(9)}`],
      "code-used": [strangeNetwork(), coded.name, bare + code()],
      waiting: [waiting.source, waiting.name, waiting.password],
      "waiting, by the network's guard": [waiting.source, waiting.name, waiting.password],
      "network-waiting": [full, known.name, known.password],
      repeated: [strangeNetwork(), known.name, "x"],
    } as const;
  }

  it("is the same answer for every reason, in each dialect", async () => {
    const seen: Record<string, Set<string>> = { grant: new Set(), auth: new Set(), ntlm: new Set() };
    for (const [source, name, password] of Object.values(await refusals())) {
      for (const [dialect, answer] of [
        ["grant", await grant(name, password, from(source))],
        ["auth", await usernameToken(name, password, from(source))],
        ["ntlm", await ntlm(name, password, from(source))],
      ] as const) {
        seen[dialect]?.add(JSON.stringify([answer.status, [...answer.headers].sort(), await answer.text()]));
      }
    }
    expect(Object.values(seen).map(({ size }) => size)).toEqual([1, 1, 1]);
  });

  it("waits for the floor, once, for every reason; a success does not", async () => {
    const cases = await refusals();
    const wait = vi.spyOn(scheduler, "wait").mockResolvedValue(undefined);
    for (const [reason, [source, name, password]] of Object.entries(cases)) {
      wait.mockClear();
      expect((await grant(name, password, from(source), { refusalFloorMs: FLOOR_MS })).status).toBe(400);
      // The network's guard runs here too, and waits a second for attempts that are under way.
      const floors = wait.mock.calls.filter(([ms]) => ms !== 1_000);
      expect(floors, reason).toEqual([[about(FLOOR_MS)]]);
    }
    wait.mockClear();
    const who = await someone();
    expect((await grant(who.name, who.password, from(strangeNetwork()), { refusalFloorMs: FLOOR_MS })).status).toBe(
      200,
    );
    expect(wait.mock.calls).toEqual([]);
  });

  it("of what is no sign-in at all waits for it too, and is counted nowhere", async () => {
    const source = strangeNetwork();
    const wait = vi.spyOn(scheduler, "wait").mockResolvedValue(undefined);
    const floor = { refusalFloorMs: FLOOR_MS };
    for (const [headers, body] of [
      [{ authorization: "NTLM AAAA" }, "grant_type=urn:microsoft.rtc:windows"],
      [{ authorization: "Basic YTpi" }, "grant_type=urn:microsoft.rtc:windows"],
      [{}, "grant_type=password&username=alice"],
    ] as const) {
      wait.mockClear();
      await ask(TOKEN_SERVICE, { ...FORM, ...from(source), ...headers }, body, floor);
      expect(wait.mock.calls).toEqual([[about(FLOOR_MS)]]);
    }
    expect(await networkLevel(source)).toBe(0);
    expect(await networkEvents(source)).toEqual([]);
  });

  it("that took longer leaves at the next multiple", async () => {
    const slow = new Proxy(env.DB, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key);
        if (typeof member !== "function") return member;
        return (...values: unknown[]) => {
          pass(FLOOR_MS + 20);
          return Reflect.apply(member, target, values);
        };
      },
    });
    const wait = vi.spyOn(scheduler, "wait").mockResolvedValue(undefined);
    const form = new URLSearchParams({ grant_type: "password", username: "nobody", password: "x" });
    const headers = { ...FORM, ...from(strangeNetwork()) };
    const request = new Request(TOKEN_SERVICE, { method: "POST", headers, body: form.toString() });
    const answer = await dataPlane(request, { ...env, DB: slow }, { ...config, refusalFloorMs: FLOOR_MS });
    expect([answer.status, wait.mock.calls]).toEqual([400, [[about(FLOOR_MS - 20)]]]);
  });

  it("really takes that long, and with a floor of nothing does not wait", async () => {
    const took = async (refusalFloorMs: number): Promise<number> => {
      const began = performance.now();
      await grant("nobody@contoso.test", "x", from(strangeNetwork()), { refusalFloorMs });
      return performance.now() - began;
    };
    expect(await took(400)).toBeGreaterThanOrEqual(399);
    const wait = vi.spyOn(scheduler, "wait");
    await took(0);
    expect(wait).not.toHaveBeenCalled();
  });
});
