// Removes from a service's metadata the ports that nobody can use, with the bindings and policies that are theirs
// alone. A client tries every port that it finds, and its user would wait for each refusal. Postern cuts them out of
// the text and leaves the rest as the Front-End wrote it. Clients find elements by their local names (SIPE,
// `sipe-webticket.c`), and this code does the same. Source: WSDL 1.1, 2.5, 2.6 and 3.8.

import type { SaxesTagNS } from "saxes";
import { ok, type Result } from "../result.ts";
import { readXml, type XmlFault } from "./xml.ts";

/** A port that is being read. `names`: its own, and its binding's. */
type Port = {
  readonly start: number;
  readonly depth: number;
  readonly names: readonly string[];
  readonly addresses: string[];
};

/** A piece of the document: from the `<` of its tag to the end of its end tag. */
type Piece = { readonly start: number; readonly end: number };
/** A binding or a policy beside the services. */
type Named = Piece & { readonly name: string; readonly depth: number };

/**
 * Removes each port that has no address or an address that is not open, and what only this port needs.
 * @param isOpen gets the address of a port as it is written in the document
 */
export function withOpenPorts(xml: string, isOpen: (address: string) => boolean): Result<string, XmlFault> {
  const closed: Piece[] = [];
  const beside: Named[] = [];
  const names: Record<"open" | "closed", string[]> = { open: [], closed: [] };
  const path: string[] = [];
  let port: Port | undefined;
  let named: Omit<Named, "end"> | undefined;
  let text: string | undefined;
  const read = readXml<never>(xml, () => ({
    open: (tag, end) => {
      const parent = path.at(-1);
      path.push(tag.local);
      // No attribute may contain "<". So the last "<" before the end of a tag is where the tag begins.
      const start = xml.lastIndexOf("<", end - 1);
      if (parent === "definitions" && (tag.local === "binding" || tag.local === "Policy")) {
        named = { start, depth: path.length, name: nameOf(tag) };
      }
      if (port === undefined) {
        if (tag.local !== "port" || parent !== "service") return;
        const binding = tag.attributes.binding?.value.replace(/^.*:/, "") ?? "";
        port = { start, depth: path.length, names: [nameOf(tag), binding], addresses: [] };
        return;
      }
      if (tag.local === "address") port.addresses.push(tag.attributes.location?.value ?? "");
      if (tag.local === "Address") text = "";
    },
    text: (piece) => {
      if (text !== undefined) text += piece;
    },
    close: (_, end) => {
      if (text !== undefined) {
        port?.addresses.push(text.trim());
        text = undefined;
      }
      if (port?.depth === path.length) {
        const isClosed = port.addresses.length === 0 || !port.addresses.every(isOpen);
        if (isClosed) closed.push({ start: port.start, end });
        names[isClosed ? "closed" : "open"].push(...port.names);
        port = undefined;
      }
      if (named?.depth === path.length) {
        beside.push({ ...named, end });
        named = undefined;
      }
      path.pop();
    },
  }));
  if (!read.ok) return read;
  const unused = beside.filter(({ name }) => isOf(name, names.closed) && !isOf(name, names.open));
  return ok(without(xml, [...closed, ...unused]));
}

/** A policy has no name but an id (WS-Policy 1.2, 4.2). */
const nameOf = ({ attributes }: SaxesTagNS): string =>
  (attributes.name ?? Object.values(attributes).find(({ local }) => local === "Id"))?.value ?? "";

/** Whether something is called like a port, or like it with an ending (WCF writes `NAME_policy`). */
const isOf = (name: string, ports: readonly string[]): boolean =>
  ports.some((port) => port !== "" && (name === port || name.startsWith(`${port}_`)));

function without(xml: string, pieces: readonly Piece[]): string {
  let kept = "";
  let from = 0;
  for (const { start, end } of pieces.toSorted((a, b) => a.start - b.start)) {
    kept += xml.slice(from, start);
    from = end;
  }
  return kept + xml.slice(from);
}
