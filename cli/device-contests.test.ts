// The commands about a device id that one user names and another has, with an API of the tests' own.

import { describe, expect, it } from "vitest";
import { ok } from "../test/kit/gateway/command.ts";
import { ALICE, changed, EXPLAINED, PHONE } from "../test/kit/gateway/device-answers.ts";
import { page, scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const { asked, run } = scriptedApi();

describe("S-28: an id that another user has", () => {
  const bob = "sip:bob@contoso.test";
  const at = "2026-11-24T08:00:00.000Z";
  const contest = { user: ALICE, key: "endpoint:hers", holder: bob, device: "d_bobs", at };

  it("is told of below the list, and listed: who is refused, who has it, and what frees it", async () => {
    const told = await run([page([]), page([contest])], "device", "list", "alice@contoso.test");
    expect(told.out).toContain('see "npx postern device contests"');
    asked.length = 0;
    const { out } = await run(page([contest]), "device", "contests", "alice@contoso.test");
    expect(asked[0]?.path).toBe("/v1/devices/contests?user=alice%40contoso.test&limit=100");
    const row = [ALICE, "endpoint:hers", `d_bobs of ${bob}`, at];
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toContainEqual(row);
    expect(out).toContain("npx postern device forget DEVICE_ID");
  });

  it("is explained by why, with whose it is", async () => {
    const judgement = { action: "block", reason: "device-of-another-user", step: "owner" } as const;
    const explained = ok({ ...EXPLAINED, device: { ...PHONE, id: "d_bobs" }, holder: bob, judgement });
    const { out } = await run(explained, "why", "alice@contoso.test", "endpoint:hers");
    expect(out).toMatch(
      /^Named by sip:alice@contoso.test: d_bobs of sip:bob@contoso.test, .*refused, device-of-another-user/,
    );
    asked.length = 0;
    const shown = await run(explained, "device", "show", "alice@contoso.test", "endpoint:hers");
    expect(shown.code).toBe(3);
  });

  it("is forgotten without saying whose it is", async () => {
    const { out } = await run(changed(), "device", "forget", "endpoint:hers", "--why", "it is hers");
    expect(asked).toEqual([
      { method: "POST", path: "/v1/devices/endpoint%3Ahers/forget", body: { why: "it is hers" } },
    ]);
    expect(out).toContain(`Forgot ${PHONE.id} of ${ALICE}`);
  });
});
