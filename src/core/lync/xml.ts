// Reads XML from untrusted senders. It checks namespaces and refuses document types. Reading ends with the first fault.
// The parser itself would go on, and its time would grow with the square of the nesting.

import { SaxesParser, type SaxesTagNS } from "saxes";
import { ok, type Result, refuse } from "../result.ts";

/** Longest document that is read, in characters. */
export const MAX_XML_CHARS = 256 * 1024;
/** Deepest nesting of elements. Lync's own messages stay below 20. */
const MAX_DEPTH = 64;

export type XmlFault = "not-xml" | "too-large" | "doctype";

/** The functions that are called while a document is read. */
export type XmlHandlers = {
  /** Called for each opening tag. `end`: the position in the document where the tag ends, in characters. */
  readonly open: (tag: SaxesTagNS, end: number) => void;
  readonly close: (tag: SaxesTagNS, end: number) => void;
  /** Called for each piece of text, also in a CDATA section. */
  readonly text: (piece: string) => void;
  /** Called for a comment or a processing instruction. */
  readonly aside?: () => void;
};

/** Reads a document. `handle` gets the function that ends the reading with a fault. */
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

/** Stops the parser, which has no other way to stop. {@link readXml} catches it. */
class EndOfReading extends Error {}
