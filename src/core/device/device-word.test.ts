import { expect, it } from "vitest";
import { deviceIdIn, deviceKey, readDeviceWord } from "./types.ts";

it.each([
  ["endpoint:a", "endpoint", "a"],
  ["device:a:b", "device", "a:b"],
  ["a", undefined, "a"],
  ["phone:a", undefined, "phone:a"],
  ["Device:a", undefined, "Device:a"],
  ["device:endpoint:a", "device", "endpoint:a"],
  ["device:", "device", ""],
] as const)("%j is of kind %s and has the id %j", (word, kind, id) => {
  expect(readDeviceWord(word)).toEqual({ kind, id });
});

it.each([
  { kind: "endpoint", id: "device:x" },
  { kind: "device", id: "x\ny" },
] as const)("the key of %j leads back to it", (id) => {
  expect(deviceIdIn(deviceKey(id))).toEqual(id);
});
