// Reads a SOAP fault of the web ticket service. The number in it says why there is no ticket. Sources: SOAP 1.1, 4.4;
// MS-OCAUTHWS 3.2.4.1.

import { readXml } from "./xml.ts";

/** A fault, and the number of the Front-End's diagnostics in it, if it has one. */
export type SoapFault = { readonly errorId: string | undefined };

const FAULT = "/Envelope/Body/Fault";

/** The fault in an answer. Undefined: it is no message of SOAP with a fault. */
export function soapFault(xml: string): SoapFault | undefined {
  const path: string[] = [];
  let found = false;
  let id: string | undefined;
  let inId = false;
  const read = readXml<never>(xml, () => ({
    open: ({ local }) => {
      path.push(local);
      const here = `/${path.join("/")}`;
      found ||= here === FAULT;
      inId = id === undefined && local === "ErrorId" && here.startsWith(`${FAULT}/`);
      if (inId) id = "";
    },
    text: (piece) => {
      if (inId) id += piece;
    },
    close: () => {
      path.pop();
      inId = false;
    },
  }));
  return read.ok && found ? { errorId: id?.trim() } : undefined;
}
