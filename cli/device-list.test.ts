// `postern device list` from command line to exit code, with an API of the tests' own.

import { describe, expect, it } from "vitest";
import { UNKNOWN_DEVICE } from "../src/core/device/types.ts";
import { ALICE, listed, PHONE } from "../test/kit/gateway/device-answers.ts";
import { page, scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const { asked, run } = scriptedApi();

describe("device list", () => {
  const seen = "2026-11-23T08:00:00.000Z";
  const bob = listed({ user: "sip:bob@contoso.test", id: "d_bob", state: "quarantined" });

  it("shows devices as the gateway orders them, and that there are more", async () => {
    const unknown = listed({ id: "d_old", facts: UNKNOWN_DEVICE });
    const { code, out } = await run(
      [page([unknown, listed({}), bob], "d_x"), page([])],
      "device",
      "list",
      "--limit",
      "3",
    );
    expect(code).toBe(0);
    expect(asked.map(({ path }) => path)).toEqual(["/v1/devices?limit=3", "/v1/devices/contests?limit=1"]);
    expect(out.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["USER", "DEVICE", "NUMBER", "STATE", "PRODUCT", "PLATFORM", "MODEL OR NAME", "LAST SEEN"],
      [ALICE, "d_old", PHONE.number, "allowed", "-", "unknown", "-", seen],
      [ALICE, PHONE.id, PHONE.number, "allowed", "AndroidLync 6.25.0.27", "Android 8.0.0", "SM-G930U", seen],
      [
        "sip:bob@contoso.test",
        "d_bob",
        PHONE.number,
        "quarantined",
        "AndroidLync 6.25.0.27",
        "Android 8.0.0",
        "SM-G930U",
        seen,
      ],
      [""],
      ["There are more than these 3: give --all, or a larger --limit."],
      [""],
    ]);
  });

  it("--all reads every page", async () => {
    const pages = [page([listed({})], "d_x"), page([bob]), page([])];
    const { out } = await run(pages, "device", "list", "--all", "--json");
    expect(asked.map(({ path }) => path).slice(0, 2)).toEqual([
      "/v1/devices?limit=500",
      "/v1/devices?limit=500&after=d_x",
    ]);
    expect(JSON.parse(out)).toEqual({ items: [listed({}), bob], next: null });
  });

  it("shows one user's, what was approved and what has not come yet", async () => {
    const of = [listed({ decision: "allow" }), listed({ id: "d_new", state: "pending", key: null })];
    const { out } = await run([page(of), page([])], "device", "list", "CONTOSO\\alice");
    expect(asked[0]?.path).toBe("/v1/devices?user=contoso%5Calice&limit=100");
    expect(out).toMatch(/^DEVICE/);
    expect(out).toMatch(/d_phonephonephone1 +5659 +allowed by name +AndroidLync/);
    expect(out).toMatch(/d_new +5659 +pending +.* -\n/);
  });

  it("S-62: says which devices wait for their own user", async () => {
    const of = [
      listed({ state: "quarantined", waitsFor: "owner" }),
      listed({ id: "d_other", state: "quarantined", waitsFor: "administrator" }),
    ];
    const { out } = await run([page(of), page([])], "device", "list");
    expect(out).toMatch(/d_phonephonephone1 +5659 +quarantined, for its user +AndroidLync/);
    expect(out).toMatch(/d_other +5659 +quarantined +AndroidLync/);
  });

  it("asks for what the options say", async () => {
    const argv = ["--state", "quarantined", "--type", "phone", "--product", "AndroidLync", "--product-version", "6."];
    const times = ["--seen-since", "2026-11-01", "--not-seen-since", "2026-11-20T12:00:00Z", "--query", "SM-G930U"];
    await run([page([]), page([])], "device", "list", ...argv, ...times);
    expect(Object.fromEntries(new URL(asked[0]?.path ?? "", "http://x").searchParams)).toEqual({
      ...{ state: "quarantined", type: "phone", product: "AndroidLync", version: "6.", q: "SM-G930U", limit: "100" },
      ...{ seenAfter: "2026-11-01T00:00:00.000Z", seenBefore: "2026-11-20T12:00:00.000Z" },
    });
  });

  it("is CSV that a spreadsheet may open, with the user and the device first", async () => {
    const evil = listed({ facts: { ...PHONE.facts, model: '=HYPERLINK("http://x")', userAgent: "+1, \u001b[2J" } });
    const { out, err } = await run([page([evil], "d_x"), page([])], "device", "list", "--csv", "--limit", "1");
    const [heads, row] = out.split("\n");
    expect(heads).toMatch(/^USER,DEVICE,NUMBER,STATE,PRODUCT,.*,DEVICE ID,TYPE,USER AGENT,NETWORK/);
    expect(row).toMatch(/^sip:alice@contoso.test,d_phonephonephone1,5659,allowed,/);
    expect(row).toContain(`"'=HYPERLINK(""http://x"")"`);
    expect(row).toContain(`"'+1, `);
    expect(err).toContain("There are more than these 1");
  });

  it("says that there are none", async () => {
    expect((await run([page([]), page([])], "device", "list")).out).toBe("No such devices.\n");
    asked.length = 0;
    expect((await run([page([]), page([])], "device", "list", "--csv")).out).toMatch(/^USER,DEVICE,[^\n]*\n$/);
  });
});
