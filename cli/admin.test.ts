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
