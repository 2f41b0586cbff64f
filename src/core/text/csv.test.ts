import { expect, it } from "vitest";
import { csvLine } from "./csv.ts";

it("a line of CSV has its fields in order, quoted where they must be", () => {
  expect(csvLine(["a", 1, null, 'say "hi"', "x,y", "two\nlines", ""])).toBe(
    'a,1,,"say ""hi""","x,y","two\nlines",\r\n',
  );
});

it.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u200e=1", "＝1", '=HYPERLINK("http://x","y")'])(
  "what a spreadsheet would take for a formula is text: %j",
  (text) => {
    expect(csvLine([text])).toMatch(/^"'/);
  },
);

it("an ordinary user agent stays as it is", () => {
  expect(csvLine(["AndroidLync/6.25 (SM-G930U)"])).toBe("AndroidLync/6.25 (SM-G930U)\r\n");
});
