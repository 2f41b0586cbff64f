// Attacks on the invitations to the console, guesses at them, and when a refusal is answered.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { consoleAs } from "../kit/gateway/console.ts";
import { consoleBrowser } from "../kit/gateway/console-browser.ts";
import { softwarePasskey } from "../kit/gateway/passkey.ts";
import { consolePeople, isIn, personOf, secret, sessionsOf, shape } from "./support/console-people.ts";
import { startTestGateway, type TestGateway } from "./support/gateway.ts";

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway?.stop());

const { claims, count, invited, sql } = consolePeople(() => gateway);

describe("S-53: an invitation", () => {
  it("works once", async () => {
    const { invitation, email } = await invited();
    const first = consoleBrowser(gateway);
    expect((await first.accept(invitation, softwarePasskey())).status).toBe(303);
    const again = consoleBrowser(gateway);
    expect((await again.post("/invite/options", { invitation })).status).toBe(403);
    expect(await count(`passkeys WHERE administrator_id = ${personOf(email)}`)).toBe(1);
  });

  it("works for one of many who use it at one moment", async () => {
    const { invitation, email } = await invited();
    const browsers = await Promise.all(
      [1, 2, 3, 4].map(async () => {
        const browser = consoleBrowser(gateway);
        return { browser, challenge: await browser.challenge("/invite/options", { invitation }) };
      }),
    );
    const ends = await Promise.all(
      browsers.map(({ browser, challenge }) =>
        browser.post("/invite", { invitation, response: softwarePasskey().register({ ...claims(), challenge }) }),
      ),
    );
    expect(ends.map(({ status }) => status).toSorted()).toEqual([303, 403, 403, 403]);
    expect(await count(`passkeys WHERE administrator_id = ${personOf(email)}`)).toBe(1);
    expect(await count(sessionsOf(email))).toBe(1);
  });

  it("that is over, taken back, of a disabled person or of nobody is refused in one way", async () => {
    const refused = async (make: (email: string) => Promise<unknown>) => {
      const { invitation, email } = await invited();
      await make(email);
      return shape(await consoleBrowser(gateway).post("/invite/options", { invitation }));
    };
    const of = (email: string) => `administrator_id = ${personOf(email)}`;
    const unknown = shape(await consoleBrowser(gateway).post("/invite/options", { invitation: secret() }));
    expect(unknown.status).toBe(403);
    const all = [
      await refused((email) => sql(`UPDATE admin_invitations SET expires_at = 1 WHERE ${of(email)}`)),
      await refused((email) => sql(`DELETE FROM admin_invitations WHERE ${of(email)}`)),
      await refused((email) => sql(`UPDATE admin_invitations SET used_at = 1 WHERE ${of(email)}`)),
      await refused((email) => sql(`UPDATE administrators SET disabled_at = 1 WHERE email = '${email}'`)),
      shape(await consoleBrowser(gateway).post("/invite/options", { invitation: "x" })),
      shape(await consoleBrowser(gateway).post("/invite/options", {})),
      shape(await consoleBrowser(gateway).post("/invite/options", { invitation: "x".repeat(100_000) })),
    ];
    for (const each of all) expect(each).toEqual(unknown);
  });

  it("of somebody who is disabled while the passkey is made opens nothing", async () => {
    const { invitation, email } = await invited();
    const browser = consoleBrowser(gateway);
    const challenge = await browser.challenge("/invite/options", { invitation });
    await sql(`UPDATE administrators SET disabled_at = 1 WHERE email = '${email}'`);
    const response = softwarePasskey().register({ ...claims(), challenge });
    const { status } = await browser.post("/invite", { invitation, response });
    expect(status).toBe(403);
    await sql(`UPDATE administrators SET disabled_at = NULL WHERE email = '${email}'`);
    expect(await isIn(browser)).toBe(false);
    expect(await count(`passkeys WHERE administrator_id = ${personOf(email)}`)).toBe(0);
  });

  it("ends every earlier one of the person", async () => {
    const { invitation, email } = await invited();
    const admin = await consoleAs(gateway, "admin");
    const id = String((await sql(`SELECT id FROM administrators WHERE email = '${email}'`))[0]?.[0]?.id);
    const { status, text } = await admin.post(`/settings/administrators/${id}/invite`);
    expect(status, text).toBe(200);
    expect((await consoleBrowser(gateway).post("/invite/options", { invitation })).status).toBe(403);
    const next = /\/invite#([\w-]{43})/.exec(text)?.[1] ?? "";
    expect((await consoleBrowser(gateway).accept(next, softwarePasskey())).status).toBe(303);
  });

  it("keeps its secret out of the log, the database, and every address that a server sees", async () => {
    const { invitation } = await invited();
    const browser = consoleBrowser(gateway);
    const { headers } = await browser.accept(invitation, softwarePasskey());
    await consoleBrowser(gateway).post("/invite/options", { invitation });
    expect(headers.location).toBe("/");
    expect(gateway.log.join("\n")).not.toContain(invitation);
    const tables = ["admin_invitations", "audit_events", "ceremonies", "idempotency", "web_sessions", "passkeys"];
    for (const table of tables) expect(JSON.stringify(await sql(`SELECT * FROM ${table}`))).not.toContain(invitation);
    expect((await browser.get(`/invite?x=1`)).text).not.toContain(invitation);
  });

  it("takes no part of a person from the form", async () => {
    const { invitation, email } = await invited("viewer");
    const browser = consoleBrowser(gateway);
    const challenge = await browser.challenge("/invite/options", { invitation, role: "admin", administratorId: "a_1" });
    const response = softwarePasskey().register({ ...claims(), challenge });
    const more = { role: "admin", administratorId: "a_1", how: "oidc", freshAt: "9999999999999", name: "x" };
    expect((await browser.post("/invite", { invitation, response, ...more })).status).toBe(303);
    expect(await sql(`SELECT role, name FROM administrators WHERE email = '${email}'`)).toEqual([
      [{ role: "viewer", name: "Carol Jones" }],
    ]);
  });
});

describe("guessing", () => {
  it("S-25: of invitations and passkeys counts at the network's guard, also for who guesses right at last", async () => {
    const from = "203.0.113.77";
    const { invitation } = await invited();
    const guesser = consoleBrowser(gateway, from);
    const guesses = Array.from({ length: 25 }, (_, n) =>
      n % 2 === 0
        ? guesser.post("/invite/options", { invitation: secret() })
        : guesser.post("/sign-in/passkey", { response: "{}" }),
    );
    for (const guess of guesses) expect((await guess).status).toBe(403);
    const right = await guesser.post("/invite/options", { invitation });
    expect(right.status).toBe(403);
    expect((await consoleBrowser(gateway).post("/invite/options", { invitation })).status).toBe(200);
  });
});

describe("S-22: a refused sign-in", () => {
  const FLOOR_MS = 400;
  let slow: TestGateway;
  beforeAll(async () => {
    slow = await startTestGateway({ variables: { REFUSAL_FLOOR_MS: String(FLOOR_MS) } });
  });
  afterAll(() => slow?.stop());

  it("leaves no sooner than the floor, whatever its reason", async () => {
    for (const [path, fields] of [
      ["/invite/options", { invitation: secret() }],
      ["/invite/options", {}],
      ["/invite", { response: "{}" }],
      ["/sign-in/passkey", { response: "{}" }],
      ["/sign-in/passkey", {}],
    ] as const) {
      const began = performance.now();
      const { status } = await consoleBrowser(slow).post(path, fields);
      expect(status).toBe(403);
      expect(performance.now() - began, path).toBeGreaterThan(FLOOR_MS - 20);
    }
  });
});
