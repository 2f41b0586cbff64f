// `postern token …` and `postern admin …` from command line to exit code, with an API of the tests' own.

import { describe, expect, it } from "vitest";
import { ok } from "../test/kit/gateway/command.ts";
import { scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const { asked, run } = scriptedApi();

describe("token, admin, whoami", () => {
  it("a token is shown once, with what to do with it", async () => {
    const token = {
      id: "t_1",
      name: "monitoring",
      scope: "metrics",
      expiresAt: "2027-02-25T00:00:00.000Z",
      token: "pt_x_y",
    };
    const { out } = await run(ok(token), "token", "create", "monitoring", "--scope", "metrics", "--days", "90");
    expect(asked).toEqual([
      { method: "POST", path: "/v1/tokens", body: { name: "monitoring", scope: "metrics", expiresInDays: 90 } },
    ]);
    expect(out.split("pt_x_y")).toHaveLength(2);
    expect(out).toContain("npx postern token revoke t_1");
    asked.length = 0;
    await run(ok(token), "token", "revoke", "t_1");
    expect(asked).toEqual([{ method: "POST", path: "/v1/tokens/t_1/revoke", body: {} }]);
  });

  it("administrators are added, changed and removed", async () => {
    const carol = {
      id: "a_1",
      name: "Carol",
      email: "carol@b.test",
      role: "helpdesk",
      createdAt: "c",
      disabledAt: null,
    };
    await run(ok(carol), "admin", "add", "carol@b.test", "--name", "Carol", "--role", "helpdesk");
    await run(ok(carol), "admin", "change", "a_1", "--disable");
    const { out } = await run(ok(carol), "admin", "remove", "a_1", "--why", "left");
    expect(out).toContain("Removed a_1 Carol <carol@b.test>, helpdesk.");
    expect(asked).toEqual([
      { method: "POST", path: "/v1/administrators", body: { email: "carol@b.test", name: "Carol", role: "helpdesk" } },
      { method: "PATCH", path: "/v1/administrators/a_1", body: { disabled: true } },
      { method: "DELETE", path: "/v1/administrators/a_1", body: { why: "left" } },
    ]);
  });
});

describe("admin invite", () => {
  const carol = { id: "a_1", name: "Carol", email: "carol@b.test", role: "admin", disabledAt: null };
  const link = "http://console.localhost:8787/invite#secret";
  const invited = ok({ id: "i_1", link, expiresAt: "2026-11-30T12:00:00.000Z" });
  const everybody = (...items: object[]) => ok({ items, next: null });
  const asks = () => asked.map(({ method, path, body }) => [method, path.replace(/\?.*/, ""), body]);

  it("makes a link for somebody who is there, by the address in any case", async () => {
    const { out } = await run([everybody(carol), invited], "admin", "invite", "Carol@B.test", "--why", "new phone");
    expect(asks().slice(1)).toEqual([["POST", "/v1/administrators/a_1/invitation", { why: "new phone" }]]);
    expect(out).toContain(link);
    expect(out).not.toContain("Added");
  });

  it("adds the first administrator of a gateway as an admin", async () => {
    const { out } = await run([everybody(), ok(carol), invited], "admin", "invite", "carol@b.test");
    expect(asks()[1]).toEqual([
      "POST",
      "/v1/administrators",
      { email: "carol@b.test", name: "carol@b.test", role: "admin" },
    ]);
    expect(out).toMatch(/Added Carol <carol@b\.test>, admin\. The link/);
  });

  it("asks for the role of somebody new, and changes nobody on the way", async () => {
    const dave = everybody(carol);
    expect((await run(dave, "admin", "invite", "dave@b.test")).err).toContain("a new one needs --role");
    expect(asked.map(({ method }) => method)).toEqual(["GET"]);
    asked.length = 0;
    expect((await run(dave, "admin", "invite", "carol@b.test", "--role", "viewer")).err).toContain(
      "already, with the role",
    );
    expect(asked.every(({ method }) => method === "GET")).toBe(true);
  });

  it("lists the passkeys and sessions of somebody whole, in one question", async () => {
    for (const list of ["passkeys", "sessions"]) {
      asked.length = 0;
      await run(everybody(), "admin", list, "a_1");
      expect(asked).toEqual([{ method: "GET", path: `/v1/administrators/a_1/${list}` }]);
    }
  });

  it("finds somebody by address to sign out", async () => {
    const gone = { ...carol, id: "a_0", disabledAt: "2026-11-01T00:00:00.000Z" };
    const answers = [everybody(gone, carol), ok({ sessionsEnded: 2 })];
    const { out } = await run(answers, "admin", "sign-out", "carol@b.test");
    expect(asks()[1]?.slice(0, 2)).toEqual(["DELETE", "/v1/administrators/a_1/sessions"]);
    expect(out).toContain("Sessions ended: 2.");
  });
});

it("settings says what a deployment set, and that a dry run refuses nobody", async () => {
  const answer = {
    ...{ version: "1", webHost: "web.b.test", publicHosts: ["web.b.test", "meet.b.test"], adminHost: "admin.b.test" },
    ...{
      consoleHost: null,
      portalHost: null,
      lockout: "report",
      challenge: "NTLM",
      certificateTickets: false,
      auditRetentionDays: null,
    },
  };
  asked.length = 0;
  const { out } = await run(ok(answer), "settings");
  expect(asked).toEqual([{ method: "GET", path: "/v1/settings" }]);
  expect(out).toMatch(/public hosts +web\.b\.test meet\.b\.test/);
  expect(out).toMatch(/lockout +report: a dry run/);
  expect(out).toMatch(/audit kept +for ever/);
});
