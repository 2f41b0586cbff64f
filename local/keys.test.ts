import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { localSealingKeys } from "./keys.ts";

describe("S-15: keys of the local gateway", () => {
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), "postern-keys-"));
  });
  afterEach(() => rmSync(state, { recursive: true }));

  it("are made once, for the owner's eyes", () => {
    expect(localSealingKeys(state)).toBe(localSealingKeys(state));
    expect(statSync(join(state, "local.json")).mode & 0o777).toBe(0o600);
  });

  it("are not replaced while there is a database that needs them", () => {
    mkdirSync(join(state, "state", "v3", "d1"), { recursive: true });
    expect(() => localSealingKeys(state)).toThrow("local.json is missing");
  });

  it.each(["", "{", "null", "[]", '{"sealingKeys":""}', '{"sealingKeys":1}'])(
    "a damaged file is named: %j",
    (content) => {
      writeFileSync(join(state, "local.json"), content);
      expect(() => localSealingKeys(state)).toThrow("local.json");
      expect(readFileSync(join(state, "local.json"), "utf8")).toBe(content);
    },
  );
});
