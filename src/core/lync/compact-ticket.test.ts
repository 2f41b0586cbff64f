import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "../../../test/kit/runs.ts";
import { sidInCompactTicket } from "./compact-ticket.ts";

const base64url = (bytes: readonly number[]): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const field = (type: number, ...value: number[]): number[] => [type, value.length, ...value];

/** S-1-5-21-1004336348-1177238915-682003330-1201, as MS-DTYP 2.4.2.2 writes it. */
const ALICE = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0]
  .concat([0xdc, 0xf4, 0xdc, 0x3b], [0x83, 0x3d, 0x2b, 0x46], [0x82, 0x8b, 0xa6, 0x28], [0xb1, 0x04, 0, 0])
  .slice();
const OTHERS = [...field(0x81, ...Array(16).fill(7)), ...field(0x82, 0, 1)];
const ticket = (...fields: readonly number[]): string => base64url([0, 1, ...fields]);

describe("the account in a compact ticket", () => {
  it("is the SID of its first kind of field, wherever it stands", () => {
    const sid = "S-1-5-21-1004336348-1177238915-682003330-1201";
    expect(sidInCompactTicket(ticket(...field(1, ...ALICE), ...OTHERS))).toBe(sid);
    expect(sidInCompactTicket(ticket(...OTHERS, ...field(1, ...ALICE)))).toBe(sid);
  });

  it.each<[string, string]>([
    ["nothing", ""],
    ["another version", base64url([0, 2, ...field(1, ...ALICE)])],
    ["no SID", ticket(...OTHERS)],
    ["two", ticket(...field(1, ...ALICE), ...field(1, ...ALICE))],
    ["a field beyond the end", ticket(...OTHERS, 1, 200, 0)],
    ["a type without a length", ticket(...field(1, ...ALICE), 1)],
    ["a SID that is too short", ticket(...field(1, ...ALICE.slice(0, 7)))],
    ["a SID with fewer parts than it says", ticket(...field(1, ...ALICE.slice(0, 24)))],
    ["another revision", ticket(...field(1, 2, ...ALICE.slice(1)))],
    ["a JWT", "eyJhbGciOiJub25lIn0.e30."],
    ["other letters", "äöü"],
    ["a length that is none", "A"],
    ["too much", "A".repeat(4_097)],
  ])("is not known of %s", (_, text) => {
    expect(sidInCompactTicket(text)).toBeUndefined();
  });

  it("reads anything without fail", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const sid = sidInCompactTicket(base64url([0, 1, ...bytes]));
        expect(sid === undefined || /^S-1-\d+(-\d+)*$/.test(sid)).toBe(true);
      }),
      { numRuns: runs(2_000) },
    );
  });
});
