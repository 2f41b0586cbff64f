// Postern's canonical form against libxml2's, over random documents: namespaces declared again and undone, prefix
// lists, line ends and tabs in text and attributes, character references, `xml:` attributes, characters beyond the
// first plane.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { canonicalForm } from "../../src/core/proof/canonical-form.ts";
import { attributeOf, everyElement } from "../../src/core/proof/element.ts";
import { readMessage } from "../../src/core/proof/read.ts";
import { runs } from "../kit/runs.ts";
import { describeClient } from "./requirements.ts";

const DOCUMENTS = runs(20_000);
const NEEDS = [
  { file: "gcc", debianPackage: "gcc" },
  { file: "/usr/include/libxml2/libxml/c14n.h", debianPackage: "libxml2-dev" },
];

const PREFIXES = ["", "p", "q", "Z", "_r-1", "a.b"];
// Without "&": libxml2 2.9 writes it as "&#38;" in a namespace, which is not what C14N 2.3 says.
const NAMESPACES = ["urn:1", "urn:2", "urn:10", "http://x.test/a?b", "urn:Z", "urn:x?y=%22"];
const PIECES = [
  ...[
    "text",
    " ",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "&#13;",
    "&#10;",
    "&#9;",
    "&#x20;",
    "&amp;",
    "&lt;",
    "&gt;",
    ">",
    "'",
    "&quot;",
  ],
  ...["&apos;", "\u00e9", "&#xe9;", "\u2028", "\u{1f600}", "&#x1F600;", "\ufffd", "]] >", "&#x7f;", "\u0085"],
];

/** mulberry32, a small random generator with a seed. It is good enough here. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A document with one element whose id is "apex", and a prefix list. */
function documentOf(number: number): { readonly xml: string; readonly list: readonly string[] } {
  const next = random(number);
  const pick = (choices: readonly string[]): string => choices[next(choices.length)] ?? "";
  const text = (most: number): string => Array.from({ length: next(most + 1) }, () => pick(PIECES)).join("");
  const apexDepth = next(3);
  let placed = false;

  function element(depth: number, outer: ReadonlyMap<string, string>): string {
    const scope = new Map(outer);
    const declared = new Map(Array.from({ length: next(4) }, () => [pick(PREFIXES), pick(NAMESPACES)]));
    if (next(4) === 0) declared.set("", "");
    for (const [prefix, namespace] of declared) scope.set(prefix, namespace);
    const prefixes = [...scope.keys()].filter((prefix) => prefix !== "");
    const prefix = next(2) === 0 ? "" : pick(["", ...prefixes]);
    const attributes = new Map<string, string>();
    const taken = new Set<string>();
    for (let count = next(4); count > 0; count--) {
      const [own, local] = [pick(["", ...prefixes]), pick(["a", "b", "B", "c-1"])];
      const expanded = own === "" ? local : `${scope.get(own)} ${local}`;
      if (!taken.has(expanded)) attributes.set(own === "" ? local : `${own}:${local}`, text(3));
      taken.add(expanded);
    }
    if (next(5) === 0) attributes.set(pick(["xml:lang", "xml:space"]), "preserve");
    const isApex = !placed && depth === apexDepth;
    if (isApex) {
      placed = true;
      attributes.set("id", "apex");
    }
    const written = [
      ...[...declared].map(([name, namespace]) => [name === "" ? "xmlns" : `xmlns:${name}`, namespace] as const),
      ...attributes,
    ].map(([name, value]) =>
      next(2) === 0 ? ` ${name}="${value}"` : `\n ${name}='${value.replaceAll("'", "&#39;")}'`,
    );
    const name = prefix === "" ? "e" : `${prefix}:e`;
    const children =
      depth < 5
        ? Array.from({ length: depth < apexDepth ? 1 : next(4) }, () => text(2) + element(depth + 1, scope))
        : [];
    const inside = children.join("") + text(3);
    const start = `<${name}${written.join(next(2) === 0 ? "" : " ")}`;
    return inside === "" && next(2) === 0 ? `${start}/>` : `${start}>${inside}</${name} >`;
  }

  const xml = element(0, new Map());
  const list = next(2) === 0 ? [] : PREFIXES.filter(() => next(2) === 0);
  return { xml, list };
}

/** Postern's canonical form of the apex. */
function ours({ xml, list }: ReturnType<typeof documentOf>): string {
  const read = readMessage(new TextEncoder().encode(xml));
  if (!read.ok) return read.reason;
  const apex = [...everyElement(read.value)].find((element) => attributeOf(element, "", "id") === "apex");
  return apex === undefined ? "no apex" : canonicalForm(apex, list);
}

describeClient("libxml2", NEEDS, () => {
  it(`writes the same canonical form of ${DOCUMENTS} random documents`, () => {
    const folder = mkdtempSync(join(tmpdir(), "postern-c14n-"));
    try {
      const program = join(folder, "c14n");
      const source = join(import.meta.dirname, "signers", "c14n.c");
      execFileSync("gcc", ["-O1", "-Wall", "-Werror", "-o", program, source, "-I/usr/include/libxml2", "-lxml2"]);
      for (let from = 0; from < DOCUMENTS; from += 1000) {
        const documents = Array.from({ length: Math.min(1000, DOCUMENTS - from) }, (_, n) => documentOf(from + n));
        const input = documents.map(
          ({ xml, list }) => `${list.map((prefix) => prefix || "#default").join(" ")}\0${xml}\0`,
        );
        const output = execFileSync(program, { input: input.join(""), encoding: "utf8", maxBuffer: 1 << 26 });
        const theirs = output.split("\0");
        for (const [n, document] of documents.entries()) {
          expect(ours(document), `document ${from + n}: ${JSON.stringify(document)}`).toBe(theirs[n]);
        }
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
