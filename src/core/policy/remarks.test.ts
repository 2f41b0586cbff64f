// The sentences of a decision in each language.

import { describe, expect, it } from "vitest";
import { inWords, remark } from "./remarks.ts";
import { ENGLISH } from "./remarks-english.ts";
import { GERMAN } from "./remarks-german.ts";

const valuesIn = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name).sort();

describe("S-29: what `postern why` says", () => {
  it.each(Object.keys(ENGLISH) as (keyof typeof ENGLISH)[])("%s has the same values in both languages", (id) => {
    expect(GERMAN[id]).not.toBe(ENGLISH[id]);
    expect(valuesIn(GERMAN[id])).toEqual(valuesIn(ENGLISH[id]));
    for (const text of [ENGLISH[id], GERMAN[id]]) expect(text).toMatch(/^[A-ZÄÖÜ{"d].*[.}]$/);
  });

  it("fills in values as they are, whatever is in them", () => {
    const said = [
      remark("rules:matched", { at: 1, count: 2, rule: "a", reason: "Not {rule} $& \\1." }),
      remark("rules:open", { rules: "b, c" }),
    ];
    expect(inWords(said)).toBe(
      "Rule 1 of 2 matches, a: Not {rule} $& \\1. Not certain, because a fact about the device is not known: b, c.",
    );
    expect(inWords(said, GERMAN)).toBe(
      "Regel 1 von 2 passt, a: Not {rule} $& \\1. Nicht sicher, weil etwas über das Gerät nicht bekannt ist: b, c.",
    );
  });
});
