// S-92: who has to sign in by the page is refused on every channel that takes an app password, with the ordinary answer.

import { env } from "cloudflare:test";
import { beforeEach, expect, it, vi } from "vitest";
import { eventsOf } from "../../test/kit/attempts.ts";
import { apply } from "../../test/kit/devices.ts";
import { from, grant, ntlm, someone, usernameToken } from "../../test/kit/sign-ins.ts";
import { guardOf } from "../guards/route.ts";

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
});

const CHANNELS = [
  ["NTLM", (name: string, password: string, at: string) => ntlm(name, password, from(at))],
  [
    "Negotiate",
    (name: string, password: string, at: string) => ntlm(name, password, from(at), { scheme: "Negotiate" }),
  ],
  ["the password grant", (name: string, password: string, at: string) => grant(name, password, from(at))],
  ["/Auth", (name: string, password: string, at: string) => usernameToken(name, password, from(at))],
] as const;

const shape = async (answer: Response) => ({
  status: answer.status,
  body: await answer.text(),
  headers: [...answer.headers].filter(([name]) => !/request-id|date/.test(name)).toSorted(),
});

const policy = (passive: object) => apply({ passive: { mode: "never", must: [], never: [], may: [], ...passive } });

it.each(CHANNELS)("S-92: over %s, and everybody else gets in as before", async (_, signIn) => {
  const who = await someone();
  await policy({ must: [who.name] });
  const wrong = await shape(await signIn(who.name, "wrong wrong wrong", "192.0.2.201"));
  const required = await shape(await signIn(who.name, who.password, "192.0.2.202"));
  expect(required).toEqual(wrong);
  const events = await eventsOf(guardOf(env, `sip:${who.name}`));
  expect(events.at(-1)).toMatchObject({
    outcome: "refused",
    reason: "passive-required",
    credentialId: who.credentialId,
  });
  const other = await someone();
  await signIn(other.name, other.password, "192.0.2.203");
  // The Front-End of this test answers as OAuth does: what the other channels make of that is not asked here.
  const [end] = await eventsOf(guardOf(env, `sip:${other.name}`));
  expect(["cwt", "answer-without-ticket"]).toContain(end?.reason);
});

it("S-92: by a group, from the next attempt on, and not any longer when the policy lets go", async () => {
  const who = await someone();
  const at = (last: number) => from(`192.0.2.${last}`);
  await env.DB.prepare(`UPDATE users SET groups = '["finance"]', revision = revision + 1 WHERE id = ?`)
    .bind(who.id)
    .run();
  await policy({});
  expect((await grant(who.name, who.password, at(210))).status).toBe(200);
  await policy({ must: ["Finance"] });
  expect((await grant(who.name, who.password, at(210))).status).toBe(400);
  await policy({ may: ["finance"] });
  expect((await grant(who.name, who.password, at(210))).status).toBe(200);
});

it("S-92 S-24: a client that goes on by itself counts once, and is told from a guess", async () => {
  const who = await someone();
  await policy({ must: [who.name] });
  for (let n = 0; n < 12; n++) await grant(who.name, who.password, from("192.0.2.220"));
  const { pairs } = await guardOf(env, `sip:${who.name}`).locks();
  expect(pairs.find(({ source }) => source === "192.0.2.220")?.failures ?? 0).toBeLessThanOrEqual(1);
});
