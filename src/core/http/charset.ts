// Which characters the bytes of a body stand for. A client may name a charset in its content type, in an XML
// declaration, in both or in neither. If all bytes are ASCII, all names that agree on ASCII are accepted. Otherwise the
// names must agree, and the bytes are decoded by them. Postern then sends the text on in UTF-8 and says so in both
// places. So the Front-End reads the characters that Postern judged, even if it knows fewer names or believes the other
// place (S-32). What to do with a byte order mark is also decided here; it depends on the kind of body.

import { ok, type Result, refuse } from "../result.ts";

/** The text of a body, without the mark that XML may begin with, and the same text as UTF-8 bytes. */
export type Decoded = { readonly text: string; readonly bytes: Uint8Array };

/**
 * `not-utf-8`: not UTF-8, and no single other charset that Postern reads. `byte-order-mark`: a mark before a JSON,
 * form or batch body, which some readers skip and some do not, or two marks before XML.
 */
export type CharsetFault = "not-utf-8" | "byte-order-mark";

/**
 * Who wrote a body. A client's body must be read by the Front-End as Postern read it; the Front-End's own body need
 * not.
 */
export type BodyOf = "request" | "answer";

// Look at every parameter, also inside a quoted value: readers differ in which of two they believe.
const CHARSET = /(charset\s*=\s*["']?)([^"';\s]+)/gi;
const XML_DECLARATION = /^\s*<\?xml[^>]*/;
const XML_ENCODING = /(encoding\s*=\s*["']?)([^"'\s?>]*)/gi;

/** The mark of UTF-8, one character a byte. */
const RAW_MARK = "\xef\xbb\xbf";
const MARK = "\ufeff";
const XML_TYPE = /^[^;]*[/+]xml\s*(?:;|$)/i;

/** Decodes a body by the names in its content type and its XML declaration, if they agree. */
export function decodeBody(of: BodyOf, contentType: string, bytes: Uint8Array): Result<Decoded, CharsetFault> {
  const raw = bytewise(bytes);
  const marked = raw.startsWith(RAW_MARK);
  if (marked) {
    // XML may begin with one (XML 1.0, 4.3.3). JSON and forms may not (RFC 8259, 8.1); an answer is the Front-End's
    // own.
    if (of === "request" && !XML_TYPE.test(contentType)) return refuse("byte-order-mark");
    if (raw.startsWith(RAW_MARK, RAW_MARK.length)) return refuse("byte-order-mark");
  }
  // An XML declaration has the same bytes in every charset of this file.
  const declaration = XML_DECLARATION.exec(marked ? raw.slice(RAW_MARK.length) : raw)?.[0] ?? "";
  const labels = [...labelsIn(contentType, CHARSET), ...labelsIn(declaration, XML_ENCODING)];
  const encodings = new Set(labels.map(encodingOf));
  if (encodings.has(undefined)) return refuse("not-utf-8");
  const ascii = !/[\x80-\xff]/.test(raw);
  const [encoding = "utf-8", another] = encodings;
  if (!ascii && (another !== undefined || labels.some((label) => !decodable(label, raw)))) return refuse("not-utf-8");
  const text = decoded(ascii ? "utf-8" : encoding, bytes);
  if (text === undefined) return refuse("not-utf-8");
  const relabelled = text.replace(XML_DECLARATION, (found) => inUtf8(found, XML_ENCODING));
  const asItCame = relabelled === text && (ascii || encoding === "utf-8");
  const written = (): Uint8Array => new TextEncoder().encode(`${marked ? MARK : ""}${relabelled}`);
  return ok({ text: relabelled, bytes: asItCame ? bytes : written() });
}

/** The content type of a body that Postern has read and sends on in UTF-8. */
export const contentTypeInUtf8 = (contentType: string): string => inUtf8(contentType, CHARSET);

function inUtf8(text: string, labels: RegExp): string {
  return text.replace(labels, (found: string, before: string, label: string) =>
    label.toLowerCase() === "utf-8" ? found : `${before}utf-8`,
  );
}

const labelsIn = (text: string, labels: RegExp): string[] =>
  [...text.matchAll(labels)].map((found) => (found[2] ?? "").toLowerCase());

// In each of these the first 128 characters are those of ASCII. UTF-16, UTF-7, EBCDIC and the shifting encodings
// differ.
const ASCII_SUPERSET = /^(?:utf-8|windows-125\d|iso-8859-\d{1,2}|koi8-[ru])$/;

/** The encoding that a label of the Encoding Standard names, if Postern can read it. */
function encodingOf(label: string): string | undefined {
  try {
    const { encoding } = new TextDecoder(label);
    return ASCII_SUPERSET.test(encoding) ? encoding : undefined;
  } catch {
    return undefined;
  }
}

const ASCII_LABEL = /ascii|^ansi_/;
const LABEL_OF_80_TO_9F = /^(?:windows-|cp125|x-cp125|koi8|utf-?8|unicode-)/;

/**
 * Whether this label says what the bytes beyond ASCII mean. `us-ascii` and `iso-8859-1` do not: only the Encoding
 * Standard takes them for windows-1252.
 */
const decodable = (label: string, raw: string): boolean =>
  !ASCII_LABEL.test(label) && (LABEL_OF_80_TO_9F.test(label) || !/[\x80-\x9f]/.test(raw));

/** One character a byte. */
const bytewise = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1");

function decoded(encoding: string, bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes);
    // A byte that windows-1252 leaves undefined, or a mark of UTF-8 under another name.
    return encoding !== "utf-8" && /^ï»¿|[\x80-\x9f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
