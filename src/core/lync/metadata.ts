// Removes from a service's metadata the ports that nobody can use. A client tries every port that it finds, and its
// user would wait for each refusal. Postern cuts the ports out of the text and leaves the rest as the Front-End wrote
// it. Clients find elements by their local names (SIPE, `sipe-webticket.c`), and this code does the same. Source: WSDL
// 1.1,
// 2.6 and 3.8.

import { ok, type Result } from "../result.ts";
import { readXml, type XmlFault } from "./xml.ts";

/** A port that is being read. */
type Port = { readonly start: number; readonly depth: number; readonly addresses: string[] };

/**
 * Removes each port that has no address or an address that is not open.
 * @param isOpen gets the address of a port as it is written in the document
 */
export function withOpenPorts(xml: string, isOpen: (address: string) => boolean): Result<string, XmlFault> {
  const kept: string[] = [];
  const path: string[] = [];
  let from = 0;
  let port: Port | undefined;
  let text: string | undefined;
  const read = readXml<never>(xml, () => ({
    open: (tag, end) => {
      const parent = path.at(-1);
      path.push(tag.local);
      if (port === undefined) {
        // No attribute may contain "<". So the last "<" before the end of a tag is where the tag begins.
        if (tag.local !== "port" || parent !== "service") return;
        port = { start: xml.lastIndexOf("<", end - 1), depth: path.length, addresses: [] };
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
        const { start, addresses } = port;
        if (addresses.length === 0 || !addresses.every(isOpen)) {
          kept.push(xml.slice(from, start));
          from = end;
        }
        port = undefined;
      }
      path.pop();
    },
  }));
  return read.ok ? ok(kept.join("") + xml.slice(from)) : read;
}
