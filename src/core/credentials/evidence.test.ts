// Compares a password in clear text with the hashes of a user's app passwords.

import { expect, it } from "vitest";
import { ntHash } from "../ntlm/responses.ts";
import { type Evidence, prove } from "./evidence.ts";

const typed = (text: string): Evidence => ({ kind: "password", ntHash: ntHash(text) });
const passwords = Array.from({ length: 14 }, (_, index) => `app-password-${index}`);

it.each([0, 9, 10, 11, 13])("number %i of fourteen hashes is found", (index) => {
  expect(prove(typed(passwords[index] ?? ""), passwords.map(ntHash))).toEqual({ ok: true, value: { index } });
});

it.each([0, 2, 10])("S-22: with %i hashes a wrong password is compared ten times", (count) => {
  let looks = 0;
  const hashes = new Proxy(passwords.slice(0, count).map(ntHash), {
    get: (target, key, receiver) => {
      if (typeof key === "string" && /^\d+$/.test(key)) looks += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  expect(prove(typed("wrong"), hashes)).toEqual({ ok: false, reason: "wrong-password" });
  expect(looks).toBe(10);
});

it("the hash that stands in for missing ones is nobody's password", () => {
  const none: Evidence = { kind: "password", ntHash: new Uint8Array(16) };
  expect(prove(none, [])).toEqual({ ok: false, reason: "wrong-password" });
  expect(prove(none, passwords.slice(0, 2).map(ntHash))).toEqual({ ok: false, reason: "wrong-password" });
});
