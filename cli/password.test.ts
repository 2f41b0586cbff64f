// `postern password …` from command line to exit code, with an API of the tests' own.

import { describe, expect, it } from "vitest";
import { ok } from "../test/kit/gateway/command.ts";
import { page, scriptedApi } from "../test/kit/gateway/scripted-api.ts";
import type * as A from "./reach/answers.ts";

const PATH = "/v1/users/alice%40contoso.test";

const { asked, run } = scriptedApi();

describe("password", () => {
  const made = {
    ...{
      id: "p_1",
      user: "sip:alice@contoso.test",
      label: "phone",
      password: "aaaa-bbbb",
      expiresAt: "2027-01-01T00:00:00.000Z",
    },
    userDisabled: true,
  };

  it("S-16: create prints what the gateway made, once", async () => {
    const { out, err } = await run(
      ok(made),
      "password",
      "create",
      "alice@contoso.test",
      "--label",
      "phone",
      "--expires-in",
      "90d",
    );
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/passwords`, body: { label: "phone", expiresInDays: 90 } }]);
    expect([out.split("aaaa-bbbb").length, err]).toEqual([2, ""]);
    expect(out).toContain(
      "It ends 2027-01-01T00:00:00.000Z. To revoke it: npx postern password revoke sip:alice@contoso.test p_1",
    );
    expect(out).toContain("is disabled and cannot sign in with it yet");
  });

  it("S-64: create --with-code asks for one, and says how to type it", async () => {
    const withCode = { ...made, password: "aaaa-bbbb-cccc-dddd", asksCode: true, userDisabled: false };
    const { out } = await run(ok(withCode), "password", "create", "alice@contoso.test", "--with-code");
    expect(asked.at(-1)).toMatchObject({ path: `${PATH}/passwords`, body: { label: "", code: true } });
    expect(out).toContain("six digits of the authenticator app directly behind it");
    expect(out).not.toContain("with or without the hyphens");
  });

  it("renew and change send what is given", async () => {
    await run(ok(made), "password", "renew", "alice@contoso.test", "p_1", "--old-for", "2d");
    await run(
      ok(made),
      "password",
      "change",
      "alice@contoso.test",
      "p_1",
      "--expires",
      "2027-01-31",
      "--label",
      "tablet",
    );
    expect(asked).toEqual([
      { method: "POST", path: `${PATH}/passwords/p_1/renew`, body: { oldForDays: 2 } },
      {
        method: "PATCH",
        path: `${PATH}/passwords/p_1`,
        body: { label: "tablet", expiresAt: "2027-01-31T00:00:00.000Z" },
      },
    ]);
  });

  it("list says how each stands; or which of all end soon", async () => {
    const one = (id: string, state: A.PasswordAnswer["state"]): Partial<A.PasswordAnswer> => ({
      ...{
        id,
        state,
        label: "",
        createdAt: "c",
        expiresAt: null,
        lastUsedAt: null,
        oldUntil: null,
        runsOutSoon: false,
        revokedAt: state === "revoked" ? "r" : null,
      },
    });
    const items = [one("p_1", "live"), one("p_2", "revoked"), one("p_3", "device-blocked"), one("p_4", "expired")];
    const { out } = await run(ok({ user: "u", items }), "password", "list", "alice@contoso.test");
    expect(
      out
        .trim()
        .split("\n")
        .map((line) => line.split(/ {2,}/).at(-1)),
    ).toEqual([...["STATE", "live", "revoked r", "opens nothing: its device is blocked", "expired"]]);
    asked.length = 0;
    await run(page([]), "password", "list", "--ends-within", "14d");
    expect(asked[0]?.path).toBe("/v1/passwords?expiresBefore=1970-01-15T00%3A00%3A00.000Z&limit=100");
  });

  it("revoke says what becomes of the device, and that an odd id belongs to nobody", async () => {
    const revoked = {
      user: "sip:alice@contoso.test",
      id: "p_1",
      revokedAt: "2026-11-23T12:00:00.000Z",
      device: null,
      revokeCertificates: null,
    };
    const { out } = await run(ok(revoked), "password", "revoke", "alice@contoso.test", "p_1", "--why", "sold");
    expect(asked).toEqual([{ method: "POST", path: `${PATH}/passwords/p_1/revoke`, body: { why: "sold" } }]);
    expect(out).toContain("p_1 of sip:alice@contoso.test is revoked since 2026-11-23T12:00:00.000Z.");
    asked.length = 0;
    expect([(await run([], "password", "revoke", "alice@contoso.test", "p 1/..")).code, asked]).toEqual([3, []]);
  });
});
