import { describe, expect, it } from "vitest";
import { codeHoldsForMs, readCodeSettings } from "./code-settings.ts";

describe("S-64: the settings of app passwords that ask for a code", () => {
  it("have defaults, and take what is documented", () => {
    expect(readCodeSettings({})).toEqual({ codes: { mode: "allowed", holdsForMs: 600_000 } });
    expect(readCodeSettings({ PASSWORD_CODE: "required", PASSWORD_CODE_MINUTES: "5" })).toEqual({
      codes: { mode: "required", holdsForMs: 300_000 },
    });
  });

  it.each([
    [{ PASSWORD_CODE: "on" }, /PASSWORD_CODE is "on"; it must be "allowed"/],
    [{ PASSWORD_CODE: "" }, /PASSWORD_CODE is ""/],
    [{ PASSWORD_CODE_MINUTES: "0" }, /from 1 to 60/],
    [{ PASSWORD_CODE_MINUTES: "61" }, /from 1 to 60/],
    [{ PASSWORD_CODE_MINUTES: "1e1" }, /from 1 to 60/],
  ])("refuse %j with a sentence", (env, sentence) => {
    const read = readCodeSettings(env);
    expect("faults" in read ? read.faults.join() : "").toMatch(sentence);
  });

  it("are the default in a guard whose variable cannot be read", () => {
    expect([codeHoldsForMs({}), codeHoldsForMs({ PASSWORD_CODE_MINUTES: "many" })]).toEqual([600_000, 600_000]);
    expect(codeHoldsForMs({ PASSWORD_CODE_MINUTES: "2" })).toBe(120_000);
  });
});
