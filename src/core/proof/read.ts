// Step 1: bytes into a tree. The Front-End reads the same bytes with another parser. So Postern refuses everything that
// two XML parsers could read differently: document types, comments, processing instructions, CDATA, other encodings.

import { SaxesParser, type SaxesTagNS } from "saxes";
import { ok, type Result, refuse } from "../result.ts";
import type { Attribute, Element } from "./element.ts";
import type { ReadingFault } from "./faults.ts";
import { MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_MESSAGE_BYTES, MAX_PREFIXES } from "./names.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
/** Names must be ASCII. Such names sort the same by code unit and by code point, and no two of them look alike. */
const ASCII = /^[\x21-\x7e]*$/;

/** Reads a message. Any bytes give a tree or a fault; nothing throws. */
export function readMessage(bytes: Uint8Array): Result<Element, ReadingFault> {
  if (bytes.length > MAX_MESSAGE_BYTES) return refuse("too-large");
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return refuse("not-utf-8");
  }
  return readText(text);
}

function readText(text: string): Result<Element, ReadingFault> {
  let fault: ReadingFault | undefined;
  const fail = (reason: ReadingFault): never => {
    fault = reason;
    throw new EndOfReading();
  };
  const open: Open[] = [];
  let root: Element | undefined;
  let elements = 0;
  const addText = (piece: string): void => {
    open.at(-1)?.children.push(piece);
  };
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", () => fail("not-xml"));
  parser.on("xmldecl", ({ version, encoding }) => {
    if (version !== "1.0") fail("xml-version");
    if (encoding !== undefined && encoding.toLowerCase() !== "utf-8") fail("xml-encoding");
  });
  parser.on("doctype", () => fail("doctype"));
  parser.on("comment", () => fail("comment"));
  parser.on("processinginstruction", () => fail("processing-instruction"));
  parser.on("cdata", () => fail("cdata"));
  parser.on("text", addText);
  parser.on("opentag", (tag) => {
    if (++elements > MAX_ELEMENTS) fail("too-many-elements");
    if (open.length === MAX_DEPTH) fail("too-deep");
    const element = elementOf(tag, open.at(-1)?.scope ?? new Map(), fail);
    open.at(-1)?.children.push(element);
    root ??= element;
    open.push(element);
  });
  parser.on("closetag", () => open.pop());
  try {
    parser.write(text).close();
  } catch (thrown) {
    if (fault === undefined || !(thrown instanceof EndOfReading)) throw thrown;
    return refuse(fault);
  }
  return root === undefined ? refuse("not-xml") : ok(root);
}

type Open = Element & { readonly children: (Element | string)[] };

function elementOf(tag: SaxesTagNS, outer: Element["scope"], fail: (reason: ReadingFault) => never): Open {
  const written = Object.values(tag.attributes);
  if (written.length > MAX_ATTRIBUTES) fail("too-many-attributes");
  const attributes: Attribute[] = [];
  const declared: [string, string][] = [];
  for (const { prefix, local, uri, name, value } of written) {
    if (!ASCII.test(name)) fail("name-not-ascii");
    if (prefix !== "xmlns" && name !== "xmlns") {
      attributes.push({ prefix, local, namespace: uri, value });
      continue;
    }
    if (!ASCII.test(value)) fail("name-not-ascii");
    declared.push([prefix === "xmlns" ? local : "", value]);
  }
  const scope = declared.length === 0 ? outer : new Map([...outer, ...declared]);
  if (scope.size > MAX_PREFIXES) fail("too-many-prefixes");
  if (!ASCII.test(tag.name)) fail("name-not-ascii");
  return { prefix: tag.prefix, local: tag.local, namespace: tag.uri, attributes, scope, children: [] };
}

/** The parser can only be stopped by throwing. The caller of the parser catches this. */
class EndOfReading extends Error {}
