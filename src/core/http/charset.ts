// Which characters the bytes of a body stand for. A client names a charset in its content type, in an XML declaration, in both or
// in neither. Where every byte is ASCII, the names that all mean ASCII there are equal; else the names have to agree, and the
// bytes are decoded by them. What Postern has read goes on in UTF-8 and says so in both places: a Front-End that knows fewer
// names, or believes the other place, reads the characters that were judged and no others (S-32). A byte order mark is decided
// on here as well, by what the body is.

import { ok, type Result, refuse } from "../result.ts";

/** The text of a body, without the mark that XML may begin with, and the bytes that mean the same to whoever reads UTF-8. */
export type Decoded = { readonly text: string; readonly bytes: Uint8Array };

/**
 * `not-utf-8`: neither UTF-8 nor, by one name only, another charset that Postern reads. `byte-order-mark`: one before a JSON,
 * form or batch body, which some readers skip and some do not, or two before XML.
 */
export type CharsetFault = "not-utf-8" | "byte-order-mark";

/** Whose words a body is: a client's, which somebody else is to read as Postern did, or the Front-End's own. */
export type BodyOf = "request" | "answer";

// Every parameter counts, also one inside a quoted value: readers differ in which of two they believe.
const CHARSET = /(charset\s*=\s*["']?)([^"';\s]+)/gi;
const XML_DECLARATION = /^\s*<\?xml[^>]*/;
const XML_ENCODING = /(encoding\s*=\s*["']?)([^"'\s?>]*)/gi;

/** The mark of UTF-8, one character a byte. */
const RAW_MARK = "\xef\xbb\xbf";
const MARK = "\ufeff";
const XML_TYPE = /^[^;]*[/+]xml\s*(?:;|$)/i;

/** Decodes a body by the names in its content type and its XML declaration, where they say one thing. */
export function decodeBody(of: BodyOf, contentType: string, bytes: Uint8Array): Result<Decoded, CharsetFault> {
  const raw = bytewise(bytes);
  const marked = raw.startsWith(RAW_MARK);
  if (marked) {
    // XML may begin with one (XML 1.0, 4.3.3). JSON and forms may not (RFC 8259, 8.1); an answer is the Front-End's own.
    if (of === "request" && !XML_TYPE.test(contentType)) return refuse("byte-order-mark");
    if (raw.startsWith(RAW_MARK, RAW_MARK.length)) return refuse("byte-order-mark");
  }
  // Each charset here writes an XML declaration in the same bytes.
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

// Each has the 128 characters of ASCII where ASCII has them. UTF-16, UTF-7, EBCDIC and the encodings that shift have not.
const ASCII_SUPERSET = /^(?:utf-8|windows-125\d|iso-8859-\d{1,2}|koi8-[ru])$/;

/** The encoding that a label of the Encoding Standard names, if it is one of those that can be judged. */
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
 * Whether this label says what the bytes mean that are not ASCII. To the Encoding Standard, and to no other reader, `us-ascii` and
 * `iso-8859-1` are names of windows-1252.
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
