import * as crypto from "node:crypto";
import { describe, expect, it } from "vitest";
import { must } from "../../../test/kit/ntlm.ts";
import { parseAdminKeys, presentedKey } from "./admin-keys.ts";

const FIRST = Buffer.alloc(32, 1).toString("base64");
const SECOND = Buffer.alloc(32, 2).toString("base64");
const STRANGE = Buffer.alloc(32, 3).toString("base64");
const idOf = (key: string): string => crypto.createHash("sha256").update(key).digest("hex").slice(0, 8);
const keys = must(parseAdminKeys(`${FIRST} ${SECOND}`));

describe("ADMIN_KEYS", () => {
  it("are one or several, separated by white space or commas, each with an id that anybody can compute", () => {
    for (const text of [`${FIRST} ${SECOND}`, `${FIRST},${SECOND}`, `\n${FIRST}\n ${SECOND}\n`]) {
      expect(must(parseAdminKeys(text)).map(({ id }) => id)).toEqual([idOf(FIRST), idOf(SECOND)]);
    }
  });

  it.each([
    ["", "no-key"],
    [" , ", "no-key"],
    ["AAAA", "not-32-bytes-base64"],
    [`${FIRST}x`, "not-32-bytes-base64"],
    [Buffer.alloc(31, 1).toString("base64"), "not-32-bytes-base64"],
    [FIRST.replace("=", ""), "not-32-bytes-base64"],
    [`${FIRST} ${FIRST}`, "key-twice"],
  ])("%j: %s", (text, reason) => {
    expect(parseAdminKeys(text)).toEqual({ ok: false, reason });
  });

  it("S-16: what is kept of a key does not have the key", () => {
    const kept = JSON.stringify(keys.map(({ id, digest }) => [id, Buffer.from(digest).toString("base64")]));
    for (const key of [FIRST, SECOND]) expect(kept).not.toContain(key.slice(0, 20));
  });
});

describe("the key a request presents", () => {
  it("any of the keys is right, and is told apart by its id", () => {
    for (const key of [FIRST, SECOND]) {
      for (const value of [`Bearer ${key}`, `bearer ${key}`, `BEARER  ${key} `]) {
        expect(presentedKey(keys, value)).toEqual({ kind: "right", keyId: idOf(key) });
      }
    }
  });

  it("no header is no attempt", () => {
    expect(presentedKey(keys, null)).toEqual({ kind: "none" });
  });

  it.each([
    "",
    "Bearer",
    "Bearer ",
    `Bearer ${STRANGE}`,
    `Bearer ${FIRST.slice(0, -1)}`,
    `Bearer ${FIRST}=`,
    `Bearer ${FIRST} ${SECOND}`,
    `Bearer ${FIRST.toLowerCase()}`,
    `Basic ${FIRST}`,
    `Basic ${btoa(`admin:${FIRST}`)}`,
    FIRST,
    `Bearer x, Bearer ${FIRST}`,
    `Bearer ${"A".repeat(8_000)}`,
    "NTLM TlRMTVNTUAABAAAA",
  ])("S-25: `%s` is a wrong key", (value) => {
    expect(presentedKey(keys, value)).toEqual({ kind: "wrong" });
  });

  it("S-7: every key is compared to the end, whichever is right, and by digests of one length", () => {
    // No test can measure this to the nanosecond, so this one looks at what the time depends on.
    const touched: number[] = [];
    const counted = keys.map((key, index) => ({
      ...key,
      get digest() {
        touched.push(index);
        return key.digest;
      },
    }));
    for (const key of [FIRST, SECOND, STRANGE, "short"]) {
      touched.length = 0;
      presentedKey(counted, `Bearer ${key}`);
      expect(touched).toEqual([0, 1]);
    }
    expect(keys.map(({ digest }) => digest.length)).toEqual([32, 32]);
  });
});
