// The secrets that must be neither outside Postern nor stored inside it.

import { expect } from "vitest";
import { demoUsers } from "../../../simulator/simulator.ts";
import { ntHashesOf } from "../../../src/core/credentials/app-password.ts";
import type { Person } from "./gateway.ts";

export const DIRECTORY_PASSWORD = demoUsers[0]?.directoryPassword ?? "";
export const WRONG_PASSWORD = "Wrong-Canary-Winter-2026";

/**
 * Each secret in the spellings in which it travels or could be kept: app passwords, their hashes, passwords of the
 * directory.
 */
function secretsOf(people: readonly Person[]): readonly string[] {
  const typed = people.flatMap(({ password }) => [password, password.replaceAll("-", "")]);
  const hashes = people.flatMap(({ password }) => ntHashesOf(password).map((hash) => Buffer.from(hash)));
  return [
    ...[...typed, WRONG_PASSWORD, DIRECTORY_PASSWORD].flatMap((text) => [
      text,
      encodeURIComponent(text),
      Buffer.from(text).toString("base64").replace(/=+$/, ""),
      Buffer.from(text).toString("hex"),
    ]),
    ...hashes.flatMap((hash) => [hash.toString("hex"), hash.toString("base64").replace(/=+$/, "")]),
  ];
}

/** Expects no secret of these people in a text; `where` says what the text is. */
export function expectNoSecretOf(people: readonly Person[], where: string, text: string): void {
  expect(
    secretsOf(people).some((secret) => text.includes(secret)),
    where,
  ).toBe(false);
}
