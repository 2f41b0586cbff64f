// Reads XML from untrusted senders. Namespaces are checked, and document types are refused. The first fault ends the
// reading: the parser itself would go on, and its time would grow with the square of the nesting.

import { SaxesParser, type SaxesTagNS } from "saxes";
import { ok, type Result, refuse } from "../result.ts";

/** Longest document read, in characters. */
export const MAX_XML_CHARS = 256 * 1024;
/** Deepest element nesting; Lync's own stay below 20. */
const MAX_DEPTH = 64;

export type XmlFault = "not-xml" | "too-large" | "doctype";

/** What is done with a document while it is read. */
export type XmlHandlers = {
  /** `end`: where the tag ends in the document, in characters. */
  readonly open: (tag: SaxesTagNS, end: number) => void;
  readonly close: (tag: SaxesTagNS, end: number) => void;
  /** A piece of text, of a CDATA section as well. */
  readonly text: (piece: string) => void;
  /** A comment or a processing instruction. */
  readonly aside?: () => void;
};

/** Reads a document. `handle` is given what ends the reading with a fault. */
export function readXml<Fault extends string>(
  xml: string,
  handle: (fail: (reason: Fault | XmlFault) => never) => XmlHandlers,
): Result<void, Fault | XmlFault> {
  if (xml.length > MAX_XML_CHARS) return refuse("too-large");
  let fault: Fault | XmlFault | undefined;
  const fail = (reason: Fault | XmlFault): never => {
    fault = reason;
    throw new EndOfReading();
  };
  const { open, close, text, aside } = handle(fail);
  let depth = 0;
  const parser = new SaxesParser({ xmlns: true });
  parser.on("error", () => fail("not-xml"));
  parser.on("doctype", () => fail("doctype"));
  parser.on("opentag", (tag) => {
    if (++depth > MAX_DEPTH) fail("not-xml");
    open(tag, parser.position);
  });
  parser.on("closetag", (tag) => {
    depth--;
    close(tag, parser.position);
  });
  parser.on("text", text);
  parser.on("cdata", text);
  if (aside !== undefined) {
    parser.on("comment", aside);
    parser.on("processinginstruction", aside);
  }
  try {
    parser.write(xml).close();
  } catch (thrown) {
    if (fault === undefined || !(thrown instanceof EndOfReading)) throw thrown;
    return refuse(fault);
  }
  return ok(undefined);
}

/** Thrown through the parser, which has no other way to stop, and caught by {@link readXml}. */
class EndOfReading extends Error {}
