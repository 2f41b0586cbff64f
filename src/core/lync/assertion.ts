// Reads SAML 1.1 assertions in XML: a ticket alone (`X-MS-WebTicket: opaque=`), in a SOAP security header, or in a
// token answer. The fingerprint covers what a signature over exclusive c14n would cover: names with namespaces,
// attributes and text. So a client may re-serialise its ticket. But if one character changes, it is another ticket,
// which Postern never relayed. Sources: SAML 1.1 core 2.3, MS-OCAUTHWS 1.3.1.

import { createHash, type Hash } from "node:crypto";
import type { SaxesTagNS } from "saxes";
import { MAX_NAME_LENGTH } from "../credentials/names.ts";
import { ok, type Result } from "../result.ts";
import { ownCopy } from "../text/bounded-map.ts";
import { readXml, type XmlFault } from "./xml.ts";

const SAML_NS = "urn:oasis:names:tc:SAML:1.0:assertion";

/** What Postern needs to know about an assertion. */
export type Assertion = {
  /** Hex SHA-256 over the assertion's information set. */
  readonly fingerprint: string;
  /**
   * The subject, e.g. `sip:alice@contoso.com`, at most as long as a name. Only a routing hint until the assertion is
   * verified.
   */
  readonly subject: string;
  /** `Conditions/@NotOnOrAfter`, ms. */
  readonly expiresAt: number;
  /** Local names from the root to the assertion, e.g. `Envelope/Header/Security/Assertion`. */
  readonly path: string;
};

export type AssertionFault = XmlFault | "bad-assertion";

/**
 * Every assertion in a document, in order. The whole document is refused if one assertion cannot be read, or if it has
 * a UsernameToken.
 */
export function assertionsIn(xml: string): Result<readonly Assertion[], AssertionFault> {
  const found: Assertion[] = [];
  const path: string[] = [];
  let reading: Reading | undefined;
  const read = readXml<AssertionFault>(xml, (fail) => ({
    open: (tag) => {
      path.push(tag.local);
      if (tag.local === "UsernameToken") fail("bad-assertion"); // a client with a ticket needs no password (S-45)
      if (tag.local === "Assertion" && tag.uri === SAML_NS) {
        if (reading !== undefined) fail("bad-assertion");
        reading = new Reading(path.length);
      }
      reading?.open(tag);
    },
    text: (piece) => reading?.text(piece),
    aside: () => {
      if (reading !== undefined) fail("bad-assertion"); // text split by a comment reads differently to others
    },
    close: () => {
      reading?.close();
      if (reading?.depth === path.length) {
        found.push(reading.finish(path.join("/")) ?? fail("bad-assertion"));
        reading = undefined;
      }
      path.pop();
    },
  }));
  return read.ok ? ok(found) : read;
}

/** One assertion while it is read. */
class Reading {
  readonly depth: number;
  readonly #hash: Hash = createHash("sha256");
  readonly #subjects = new Set<string>();
  #subject: string | undefined;
  #expires: string | undefined;
  #conditions = 0;
  #pendingText = "";

  constructor(depth: number) {
    this.depth = depth;
  }

  open(tag: SaxesTagNS): void {
    this.#flushText();
    const attributes = Object.values(tag.attributes)
      .filter((each) => each.uri !== "http://www.w3.org/2000/xmlns/")
      .map((each) => `${each.uri}\0${each.local}\0${each.value}`)
      .sort();
    this.#hash.update(`<${tag.uri}\0${tag.local}\0${attributes.length}\0${attributes.join("\0")}\0`);
    if (tag.uri !== SAML_NS) return;
    if (tag.local === "NameIdentifier") this.#subject = "";
    if (tag.local === "Conditions") {
      this.#conditions++;
      this.#expires = tag.attributes.NotOnOrAfter?.value;
    }
  }

  text(value: string): void {
    this.#pendingText += value;
    if (this.#subject !== undefined) this.#subject += value;
  }

  close(): void {
    this.#flushText();
    this.#hash.update(">\0");
    if (this.#subject !== undefined) this.#subjects.add(this.#subject.trim());
    this.#subject = undefined;
  }

  finish(path: string): Assertion | undefined {
    const [subject] = this.#subjects;
    const expiresAt = Date.parse(this.#expires ?? "");
    if (this.#subjects.size !== 1 || !subject || this.#conditions !== 1 || Number.isNaN(expiresAt)) return undefined;
    if (subject.length > MAX_NAME_LENGTH) return undefined; // nobody has such a name
    return { fingerprint: this.#hash.digest("hex"), subject: ownCopy(subject), expiresAt, path };
  }

  #flushText(): void {
    if (this.#pendingText !== "") this.#hash.update(`#${this.#pendingText.length}\0${this.#pendingText}\0`);
    this.#pendingText = "";
  }
}
