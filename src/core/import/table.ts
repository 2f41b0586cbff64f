// Reads a file of people as PowerShell and Excel write it: which encoding, which separator, which column is what. Pure.

import { parse } from "csv-parse/sync";
import { ok } from "../result.ts";
import type { OtherEncoding } from "./encodings.ts";
import { type FileFault, no, type Read } from "./said.ts";

/** What a column can say of a person. */
export type Column = "sipUri" | "upn" | "account" | "displayName" | "groups" | "domain" | "enabled";
/** The cells of one person, trimmed. A column that the file does not have is absent. */
export type Cells = Readonly<Partial<Record<Column, string>>>;
/** `cells` is undefined when the line has another number of values than the header. */
export type Line = { readonly line: number; readonly cells: Cells | undefined };
/** A file that was read. `ignored`: heads of columns that say nothing to Postern. */
export type Table = { readonly lines: readonly Line[]; readonly ignored: readonly string[] };

/**
 * Heads of columns, without case and everything that is not a letter. The words of `Get-CsUser`, those of the API, and
 * those of `user list --csv`. `NAME` counts only beside no `DisplayName`, because `Get-CsUser` has both.
 */
const HEADS: Readonly<Record<string, Column>> = {
  ...{ sipaddress: "sipUri", sipuri: "sipUri", userprincipalname: "upn", upn: "upn" },
  ...{ samaccountname: "account", account: "account", displayname: "displayName", groups: "groups" },
  ...{ netbiosdomain: "domain", domain: "domain", enabled: "enabled" },
};
const SEPARATORS = [",", ";", "\t"] as const;

/**
 * The text of a file: UTF-16 if it begins with that mark, as PowerShell 5 writes with `-Encoding Unicode`; UTF-8 where
 * it can be that; otherwise `other`, as a Western European Excel writes.
 */
export function textIn(bytes: Uint8Array, other?: OtherEncoding): Read<string, FileFault> {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  for (const each of encoding === "utf-8" && other !== undefined ? [encoding, other] : [encoding]) {
    try {
      const text = new TextDecoder(each, { fatal: true, ignoreBOM: false }).decode(bytes);
      if (!/\0|\ufffd/.test(text)) return ok(text);
    } catch {
      // The same answer for every text that cannot be read.
    }
  }
  return no({ code: "encoding" });
}

/** The people of a text. */
export function tableIn(text: string): Read<Table, FileFault> {
  // PowerShell 5 writes a #TYPE line without -NoTypeInformation; Excel may write sep=; to tell itself the separator.
  const preamble = /^\ufeff?((#TYPE|sep=)[^\r\n]*\r?\n)*/.exec(text)?.[0] ?? "";
  const before = preamble.split("\n").length - 1;
  const body = text.slice(preamble.length);
  const read = recordsOf(body);
  if (!read.ok) return read;
  const [header, ...rows] = read.value;
  if (header === undefined) return no({ code: "empty" });
  const columns = columnsOf(header.cells);
  if (!columns.ok) return columns;
  const lines = rows.map(({ cells, line }): Line => {
    const same = cells.length === header.cells.length;
    return { line: line + before, cells: same ? cellsOf(cells, columns.value) : undefined };
  });
  return ok({ lines, ignored: header.cells.filter((_, at) => columns.value[at] === undefined) });
}

type Row = { readonly cells: readonly string[]; readonly line: number };

function recordsOf(text: string): Read<Row[], FileFault> {
  const [head = ""] = text.split("\n", 1);
  const counts = SEPARATORS.map((one) => head.split(one).length);
  const delimiter = SEPARATORS[counts.indexOf(Math.max(...counts))] ?? ",";
  try {
    const loose = { relax_column_count: true, skip_empty_lines: true, skip_records_with_empty_values: true } as const;
    const found: unknown[] = parse(text, { ...loose, delimiter, trim: true, info: true });
    return ok((found as Raw[]).map(({ record, info }) => ({ cells: record, line: info.lines })));
  } catch (fault) {
    return no({ code: "no-csv", text: fault instanceof Error ? fault.message : String(fault) });
  }
}
/** What csv-parse gives for a record with `info`. */
type Raw = { readonly record: readonly string[]; readonly info: { readonly lines: number } };

function columnsOf(header: readonly string[]): Read<(Column | undefined)[], FileFault> {
  const words = header.map((head) => head.toLowerCase().replace(/[^a-z]/g, ""));
  const found = words.map((word) => (Object.hasOwn(HEADS, word) ? HEADS[word] : undefined));
  const columns = found.map((column, at) =>
    words[at] === "name" && !found.includes("displayName") ? ("displayName" as const) : column,
  );
  const said = header.join(", ").slice(0, 200);
  const twice = columns.find((column, at) => column !== undefined && columns.indexOf(column) !== at);
  if (twice !== undefined) return no({ code: "two-columns", column: LABELS[twice], header: said });
  const missing = (["sipUri", "account"] as const).find((column) => !columns.includes(column));
  if (missing === undefined) return ok(columns);
  return no({ code: "no-column", column: LABELS[missing], header: said });
}

/** What people call each column. */
const LABELS = {
  ...{ sipUri: "SIP address (SipAddress)", upn: "UPN (UserPrincipalName)", account: "account (SamAccountName)" },
  ...{ displayName: "display name (DisplayName)", groups: "groups", domain: "domain (NetBiosDomain)" },
  ...{ enabled: "state (Enabled)" },
} as const satisfies Record<Column, string>;

const cellsOf = (row: readonly string[], columns: readonly (Column | undefined)[]): Cells =>
  Object.fromEntries(columns.flatMap((column, at) => (column === undefined ? [] : [[column, row[at] ?? ""]])));
