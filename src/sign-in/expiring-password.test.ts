// App passwords that run out or are renewed, through the data plane in workerd.

import { env } from "cloudflare:test";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { DAY, eventsOf, HOUR, KEYRING, pass, stopClock, strangeNetwork } from "../../test/kit/attempts.ts";
import { HOST } from "../../test/kit/config.ts";
import { ABOUT } from "../../test/kit/events.ts";
import { config, db, from, grant, networkLevel, ntlm, someone, usernameToken } from "../../test/kit/sign-ins.ts";
import { generateAppPassword, ntHashesOf } from "../core/credentials/app-password.ts";
import { sealHashes } from "../core/credentials/sealed-hash.ts";
import { dataPlane } from "../gateway/data-plane.ts";
import { guardOf } from "../guards/route.ts";
import { changeAppPassword, renewAppPassword } from "../store/app-passwords.ts";
import { VERDICT_REUSE_MS } from "../ticket/verdicts.ts";

beforeAll(stopClock);
beforeEach(() => {
  vi.restoreAllMocks();
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each attempt
});

type Someone = Awaited<ReturnType<typeof someone>>;

const ends = (who: Someone, expiresAt: number | null) => changeAppPassword(db, who.id, who.credentialId, { expiresAt });

/** Renews the app password and returns the new secret. */
async function renewed(who: Someone, oldUntil: number): Promise<string> {
  const password = generateAppPassword();
  const ntHashes = sealHashes(KEYRING, { userId: who.id, credentialId: who.credentialId }, ntHashesOf(password));
  const renewal = { ntHashes, renewedAt: Date.now(), expiresAt: null, oldUntil };
  expect(await renewAppPassword(db, who.id, who.credentialId, renewal)).toBe(true);
  return password;
}

/** Whether the ticket of a grant still opens anything. */
async function serves(answer: Response): Promise<number> {
  const { access_token: ticket } = await answer.clone().json<{ access_token: string }>();
  const url = `https://${HOST}/Autodiscover/AutodiscoverService.svc/root/user`;
  return (await dataPlane(new Request(url, { headers: { authorization: `Bearer ${ticket}` } }), env, config)).status;
}

const lastEvent = async (who: Someone) => (await eventsOf(guardOf(env, who.sipUri))).at(-1);

describe("S-17: an app password that runs out", () => {
  it.each([
    ["password grant", grant, 200],
    ["/Auth", usernameToken, 503], // this test's Front-End gives no ticket there
    ["NTLM", ntlm, 200],
  ])("signs in until then, and not after, by %s", async (_, by, proved) => {
    const [who, source] = [await someone(), strangeNetwork()];
    await ends(who, Date.now() + DAY);
    expect((await by(who.name, who.password, from(source))).status).toBe(proved);
    pass(DAY);
    expect((await by(who.name, who.password, from(source))).status).not.toBe(proved);
    expect(await lastEvent(who)).toMatchObject({
      ...{ outcome: "refused", reason: "expired-password", credentialId: who.credentialId },
    });
  });

  it("ends its tickets at that time", async () => {
    const who = await someone();
    await ends(who, Date.now() + HOUR);
    const answer = await grant(who.name, who.password, from(strangeNetwork()));
    pass(HOUR - 1);
    expect(await serves(answer)).toBe(200);
    pass(VERDICT_REUSE_MS);
    expect(await serves(answer)).not.toBe(200);
  });

  it("S-24: a client that tries it on and on counts once, and does not lock its network", async () => {
    const [who, source] = [await someone(), strangeNetwork()];
    await ends(who, Date.now());
    for (let i = 0; i < 30; i++) expect((await ntlm(who.name, who.password, from(source))).status).toBe(401);
    expect(await networkLevel(source)).toBeLessThanOrEqual(1);
  });

  it("signs in again once an administrator gives it more time", async () => {
    const [who, source] = [await someone(), strangeNetwork()];
    await ends(who, Date.now());
    for (let i = 0; i < 3; i++) expect((await ntlm(who.name, who.password, from(source))).status).toBe(401);
    await ends(who, null);
    expect((await ntlm(who.name, who.password, from(source))).status).toBe(200);
  });

  it("ends sooner for the tickets that there are when an administrator says so", async () => {
    const who = await someone();
    const answer = await grant(who.name, who.password, from(strangeNetwork()));
    expect(await serves(answer)).toBe(200);
    const guard = guardOf(env, who.sipUri);
    const profile = {
      subject: { userId: who.id, sipUri: who.sipUri, disabled: false, groups: [], enrolment: null },
      policyVersion: 0,
    };
    await guard.command(
      { ...profile, subject: { ...profile.subject, maxDevices: null, windowUntil: null, revision: 0, sid: null } },
      {
        ...{ kind: "limit-password", about: ABOUT, by: "", why: "" },
        ...{ credentialId: who.credentialId, until: Date.now() + HOUR },
      },
    );
    pass(HOUR - 1);
    expect(await serves(answer)).toBe(200);
    pass(VERDICT_REUSE_MS);
    expect(await serves(answer)).not.toBe(200);
  });
});

describe("an app password that was renewed", () => {
  it("has both secrets for a while, and keeps its id, so that its device stays bound", async () => {
    const who = await someone();
    const [next, source] = [await renewed(who, Date.now() + DAY), strangeNetwork()];
    for (const secret of [who.password, next]) {
      expect((await ntlm(who.name, secret, from(source))).status).toBe(200);
      expect(await lastEvent(who)).toMatchObject({ outcome: "signed-in", credentialId: who.credentialId });
    }
    pass(DAY);
    expect((await ntlm(who.name, who.password, from(source))).status).toBe(401);
    expect(await lastEvent(who)).toMatchObject({ reason: "expired-password", credentialId: who.credentialId });
    expect((await ntlm(who.name, next, from(source))).status).toBe(200);
  });
});
