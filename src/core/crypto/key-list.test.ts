import { expect, it } from "vitest";
import { KEY_BYTES, readKeyList } from "./key-list.ts";

const key = (fill: number): string => Buffer.alloc(KEY_BYTES, fill).toString("base64");

it("keeps the order of the keys, whatever stands between them", () => {
  const read = readKeyList(` ${key(2)},\n${key(1)} `);
  expect(read.ok && read.value.map(({ text, bytes }) => [text, bytes[0], bytes.length])).toEqual([
    [key(2), 2, 32],
    [key(1), 1, 32],
  ]);
});

it("takes two spellings of the same bytes for one key: the last character has two bits to spare", () => {
  const again = `${key(0).slice(0, -2)}B=`;
  expect(readKeyList(again).ok).toBe(true);
  expect(readKeyList(`${key(0)} ${again}`)).toEqual({ ok: false, reason: "key-twice" });
});

it.each(["", " , "])("`%s` has none", (text) => {
  expect(readKeyList(text)).toEqual({ ok: false, reason: "no-key" });
});

it.each([31, 33])("a key of %i bytes is none", (length) => {
  const text = `${key(1)} ${Buffer.alloc(length, 1).toString("base64")}`;
  expect(readKeyList(text)).toEqual({ ok: false, reason: "not-32-bytes-base64" });
});
