// `postern keys status`, `reseal` and `rotate`, with an API whose answers the test gives.

import { describe, expect, it } from "vitest";
import { ok } from "../test/kit/gateway/command.ts";
import { scriptedApi } from "../test/kit/gateway/scripted-api.ts";

const { run, asked } = scriptedApi();
const AT = "2026-11-28T00:00:00.000Z";
const sealed = { appPasswords: 0, ended: 0, waitingLinks: 0, passphrases: 0, recoveryCodes: 0, ticketsUntil: null };
const key = (id: string, more: object = {}) => ({
  ...{ kind: "sealing", variable: "SEALING_KEYS", id, first: false, since: AT, sealed, removable: "yes", why: [] },
  ...more,
});
const first = key("new00000", { first: true, removable: "in-use" });
const walk = { keyId: "new00000", startedAt: AT, endedAt: AT, users: 2, resealed: 3, lost: 0 };
const keys = (more: object = {}) => ok({ at: AT, keys: [first], missing: [], walk: null, ...more });

describe("keys status", () => {
  it("lists the keys, and why one may not go", async () => {
    const old = key("old00000", { removable: "not-yet", why: ["12 secrets of app passwords are sealed under it."] });
    const { code, out } = await run(keys({ keys: [first, old] }), "keys", "status");
    expect(code).toBe(0);
    expect(out).toMatch(/^SEALING_KEYS +new00000 +yes .* in-use$/m);
    expect(out).toContain("SEALING_KEYS old00000: 12 secrets of app passwords are sealed under it.");
  });

  it("ends with exit code 1 where a key is missing that somebody needs", async () => {
    const missing = [{ appPasswords: 7, ended: 1 }];
    const { code, out } = await run(keys({ missing }), "keys", "status");
    expect([code, out]).toEqual([1, expect.stringContaining("7 secrets of app passwords are sealed under a key")]);
    expect((await run(keys({ missing: [{ appPasswords: 0, ended: 9 }] }), "keys", "status")).code).toBe(0);
  });
});

describe("keys reseal", () => {
  it("calls until it is done, and says what was done", async () => {
    const answers = [ok({ done: false, walk }), ok({ done: true, walk })];
    const { code, out } = await run(answers, "keys", "reseal", "--again", "--yes");
    expect([code, out]).toEqual([0, expect.stringContaining("Sealed again with new00000: 3 secrets of 2 users.")]);
    expect(asked.map(({ body }) => body)).toEqual([{ again: true }, { again: false }]);
  });

  it("fails where something opens with no key", async () => {
    const { code, out } = await run(ok({ done: true, walk: { ...walk, lost: 4 } }), "keys", "reseal", "--yes");
    expect([code, out]).toEqual([1, expect.stringContaining("4 secrets open with no key")]);
  });
});

describe("keys rotate", () => {
  const old = key("old00000");
  it.each<[string, object, string]>([
    ["one key", {}, "There is one sealing key, new00000"],
    ["no walk yet", { keys: [first, old] }, "npx postern keys reseal"],
    ["a walk that goes on", { keys: [first, old], walk: { ...walk, endedAt: null } }, "npx postern keys reseal"],
    [
      "a walk with another key",
      { keys: [first, old], walk: { ...walk, keyId: "old00000" } },
      "npx postern keys reseal",
    ],
    [
      "tickets that live",
      { keys: [first, key("old00000", { removable: "not-yet", why: ["Tickets."] })], walk },
      "Do not take old00000 out yet:\n  old00000: Tickets.",
    ],
    ["nothing left", { keys: [first, old], walk }, "paste the first key alone"],
    ["a key that is missing", { missing: [{ appPasswords: 1, ended: 0 }] }, "Put the key back"],
  ])("with %s it says the next step", async (_, more, said) => {
    expect((await run(keys(more), "keys", "rotate")).out).toContain(said);
  });
});

describe("keys rotate --sts", () => {
  const LATER = "2026-12-01T00:00:00.000Z";
  const sts = (id: string, since = AT) => ({
    ...{ kind: "sts", variable: "STS_KEYS", id, first: false, since, sealed: null, removable: "yes", why: [] },
    ends: "2028-11-28T00:00:00.000Z",
  });
  it.each<[string, readonly object[], string]>([
    ["no token service", [first], "STS_HOST is not set"],
    [
      "one key",
      [first, sts("AA")],
      "There is one key, AA, known since 2026-11-28T00:00:00.000Z. Its certificate ends on 2028",
    ],
    ["a new key behind", [sts("AA"), sts("BB", LATER)], "AA signs. BB is in the metadata since 2026-12-01"],
    [
      "two keys that came at once",
      [sts("AA"), sts("BB")],
      "cannot say which is the newer.\n  If BB is: have each pool",
    ],
    ["a new key in front", [sts("BB", LATER), sts("AA")], "BB signs, and AA is only in the metadata still."],
  ])("with %s it says the next step", async (_, listed, said) => {
    expect((await run(keys({ keys: listed }), "keys", "rotate", "--sts")).out).toContain(said);
  });
});
