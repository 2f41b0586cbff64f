import { expect, it } from "vitest";
import { findingsText } from "./findings.ts";

it("shows nothing of a backup that could control the terminal", () => {
  const what = "\u001b[31mred\r\n  a line of its own: in the backup, not here";
  const text = findingsText([{ did: "kept", line: "token:t_\u0000evil", what, user: null }], true);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(text.split("\n")).toHaveLength(2);
});
