// App passwords that ask for a code, as the API makes them (S-64).

import { env } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiAnswer, apiEnv, apiProblem } from "../../../test/kit/api.ts";
import { must } from "../../../test/kit/ntlm.ts";
import { openDatabase } from "../../store/database.ts";
import { addUser } from "../../store/directory.ts";
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
});
