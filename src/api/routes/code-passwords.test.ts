// App passwords that ask for a code, as the API makes them (S-64).

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv, apiProblem } from "../../../test/kit/api.ts";
import { giveAuthenticator } from "../../../test/kit/authenticator.ts";
import { must } from "../../../test/kit/ntlm.ts";
import { openDatabase } from "../../store/database.ts";
import { addUser } from "../../store/directory.ts";
import { MAX_LIVE_WITH_CODE } from "../password-code.ts";
import type { MadePasswordAnswer, PasswordsAnswer } from "../schemas/passwords.ts";

const db = openDatabase(env.DB);

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});

let users = 0;
async function someone() {
  const name = `coder${++users}`;
  const user = must(await addUser(db, { sipUri: `sip:${name}@contoso.test`, account: `CONTOSO\\${name}` }, 0));
  return { ...user, path: `/v1/users/${user.id}/passwords` };
}

const on = (mode: string) => ({ ...apiEnv, PASSWORD_CODE: mode });

describe("S-64: an app password that asks for a code", () => {
  it("is not made for somebody without an authenticator app", async () => {
    const { path } = await someone();
    expect(await apiProblem("POST", path, { body: { code: true } })).toEqual([409, "no-authenticator-app"]);
    expect((await apiAnswer<PasswordsAnswer>("GET", path)).items).toEqual([]);
    const plain = await apiAnswer<MadePasswordAnswer>("POST", path, { body: { code: false } });
    expect(plain).toMatchObject({ asksCode: false, state: "live" });
  });

  it("is the only kind where PASSWORD_CODE requires it; another is neither made nor renewed", async () => {
    const { path } = await someone();
    const { id } = await apiAnswer<MadePasswordAnswer>("POST", path, { body: {} });
    const required = on("required");
    expect(await apiProblem("POST", path, { body: {}, on: required })).toEqual([409, "no-authenticator-app"]);
    expect(await apiProblem("POST", path, { body: { code: false }, on: required })).toEqual([409, "code-required"]);
    expect(await apiProblem("POST", `${path}/${id}/renew`, { body: {}, on: required })).toEqual([409, "code-required"]);
  });

  it("is not made where PASSWORD_CODE is never", async () => {
    const { path } = await someone();
    expect(await apiProblem("POST", path, { body: { code: true }, on: on("never") })).toEqual([
      409,
      "code-not-allowed",
    ]);
    expect(await apiAnswer("POST", path, { body: {}, on: on("never") })).toMatchObject({ asksCode: false });
    expect(await apiProblem("POST", path, { body: { code: "yes" } })).toEqual([422, "invalid"]);
  });

  it("is short, says what it is, and stays so when it is renewed", async () => {
    const who = await someone();
    await giveAuthenticator(who);
    const made = await apiAnswer<MadePasswordAnswer>("POST", who.path, { body: { label: "desktop", code: true } });
    expect(made).toMatchObject({ asksCode: true, state: "live", label: "desktop" });
    expect(made.password).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    const renewed = await apiAnswer<MadePasswordAnswer>("POST", `${who.path}/${made.id}/renew`, { body: {} });
    expect(renewed).toMatchObject({ id: made.id, asksCode: true });
    expect(renewed.password).toMatch(/^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    const { items } = await apiAnswer<PasswordsAnswer>("GET", who.path);
    expect(items.map(({ asksCode }) => asksCode)).toEqual([true]);
    const { results } = await env.DB.prepare(
      "select change from audit_events where reason = 'password-created' and user_id = ?",
    )
      .bind(who.id)
      .all<{ change: string }>();
    expect(JSON.parse(results[0]?.change ?? "")).toMatchObject({ after: { asksCode: true } });
    expect(JSON.stringify([items, results])).not.toContain(made.password.replaceAll("-", ""));
  });

  it("is what is made where PASSWORD_CODE requires it and the request says nothing", async () => {
    const who = await someone();
    await giveAuthenticator(who);
    const made = await apiAnswer<MadePasswordAnswer>("POST", who.path, { body: {}, on: on("required") });
    expect(made.asksCode).toBe(true);
    const renewal = { body: {}, on: on("required") };
    expect(await apiAnswer("POST", `${who.path}/${made.id}/renew`, renewal)).toMatchObject({ asksCode: true });
  });

  it("is one of five at most; a revoked one does not count", async () => {
    const who = await someone();
    await giveAuthenticator(who);
    const body = { code: true };
    const { id } = await apiAnswer<MadePasswordAnswer>("POST", who.path, { body });
    for (let at = 1; at < MAX_LIVE_WITH_CODE; at++) await apiAnswer("POST", who.path, { body });
    expect(await apiProblem("POST", who.path, { body })).toEqual([409, "too-many-passwords"]);
    expect(await apiAnswer("POST", who.path, { body: {} })).toMatchObject({ asksCode: false });
    await apiAnswer("POST", `${who.path}/${id}/revoke`, { body: {} });
    expect(await apiAnswer("POST", who.path, { body })).toMatchObject({ asksCode: true });
  });
});
