// Reads the request for a service's metadata that native clients post to `…/mex`: a WS-Transfer Get in SOAP 1.1 or 1.2.
// The envelope itself is not sent on (S-45). Postern writes a new one for the Front-End from the values that it read.
// Sources: WS-MetadataExchange (2004/09) and the WS-Transfer Get it uses; WS-Addressing 1.0, 3.3, and 2004/08.

import { ok, type Result, refuse } from "../result.ts";
import { CREDENTIALS } from "./ticket-order.ts";
import { escaped } from "./web-ticket.ts";
import { readXml, type XmlFault } from "./xml.ts";

/** The only action. It asks for the whole document. */
export const GET_METADATA = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";

const SOAP = { "1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope" };
const ADDRESSING = "http://www.w3.org/2005/08/addressing";
/**
 * The versions of WS-Addressing, each with its address for "in the answer". The answer must use the client's version.
 */
const ANONYMOUS: ReadonlyMap<string, string> = new Map([
  [ADDRESSING, `${ADDRESSING}/anonymous`],
  [
    "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous",
  ],
]);

/** What Postern keeps of a request for metadata. */
export type MetadataRequest = {
  readonly soap: keyof typeof SOAP;
  /** The namespace of the client's version of WS-Addressing. */
  readonly addressing: string;
  /** The client's id of its message, which it looks for in the answer. The Front-End never sees it. */
  readonly messageId: string | undefined;
};

/**
 * `not-soap`: not an envelope of SOAP 1.1 or 1.2. `not-a-get`: no action, another action, or a body. `credential`: an
 * element that is or could be a credential. `bad-message-id`: two message ids, or one that is too long.
 */
export type MetadataRequestFault = XmlFault | "not-soap" | "not-a-get" | "credential" | "bad-message-id";

const SECURITY = "/Envelope/Header/Security";
const TIMESTAMP = new Set(["", "/Created", "/Expires"].map((end) => `${SECURITY}/Timestamp${end}`));
const ACTION = "/Envelope/Header/Action";
const MESSAGE_ID = "/Envelope/Header/MessageID";
const MAX_MESSAGE_ID_CHARS = 256;

/**
 * Reads the whole message or refuses it. No text makes it throw.
 * @param httpAction the action in the HTTP headers, or undefined; if the envelope names one too, both must be the same
 */
export function readMetadataRequest(
  xml: string,
  httpAction: string | undefined,
): Result<MetadataRequest, MetadataRequestFault> {
  const actions = new Set(httpAction === undefined ? [] : [httpAction]);
  const ids = new Set<string>();
  const path: string[] = [""];
  const found: { soap?: keyof typeof SOAP; addressing?: string } = {};
  let text: string | undefined;
  const read = readXml<MetadataRequestFault>(xml, (fail) => ({
    open: (tag) => {
      const outer = path.at(-1) ?? "";
      const here = `${outer}/${tag.local}`;
      if (outer === "") {
        if (tag.local !== "Envelope") fail("not-soap");
        if (tag.uri === SOAP["1.1"]) found.soap = "1.1";
        else if (tag.uri === SOAP["1.2"]) found.soap = "1.2";
        else fail("not-soap");
      }
      if (CREDENTIALS.has(tag.local)) fail("credential");
      if (here.startsWith(`${SECURITY}/`) && !TIMESTAMP.has(here)) fail("credential");
      if (here.startsWith("/Envelope/Body/")) fail("not-a-get"); // a Get has an empty body
      if (here === ACTION || here === MESSAGE_ID) {
        text = "";
        if (ANONYMOUS.has(tag.uri)) found.addressing ??= tag.uri;
      }
      path.push(here);
    },
    text: (piece) => {
      if (text !== undefined) text += piece;
    },
    close: () => {
      const here = path.pop();
      if (text === undefined) return;
      if (here === ACTION) actions.add(text.trim());
      if (here === MESSAGE_ID) ids.add(text.trim());
      text = undefined;
    },
  }));
  if (!read.ok) return read;
  const [messageId, another] = ids;
  const { soap, addressing = ADDRESSING } = found;
  if (soap === undefined) return refuse("not-soap");
  if (actions.size !== 1 || !actions.has(GET_METADATA)) return refuse("not-a-get");
  if (another !== undefined || (messageId ?? "").length > MAX_MESSAGE_ID_CHARS) return refuse("bad-message-id");
  return ok({ soap, addressing, messageId });
}

/** Postern's own request. `messageId`: an id that Postern made. `to`: the URL to which the request goes. */
export function metadataRequest(
  { soap, addressing }: MetadataRequest,
  { messageId, to }: { readonly messageId: string; readonly to: string },
): string {
  return (
    `<s:Envelope xmlns:s="${SOAP[soap]}" xmlns:a="${addressing}"><s:Header>` +
    `<a:Action s:mustUnderstand="1">${GET_METADATA}</a:Action><a:MessageID>${escaped(messageId)}</a:MessageID>` +
    `<a:ReplyTo><a:Address>${ANONYMOUS.get(addressing)}</a:Address></a:ReplyTo>` +
    `<a:To s:mustUnderstand="1">${escaped(to)}</a:To></s:Header><s:Body/></s:Envelope>`
  );
}

/** The answer for the client, in which `RelatesTo` has the id of the client's own message. */
export function answerTo({ messageId }: MetadataRequest, own: string, answer: string): string {
  return messageId === undefined ? answer : answer.replaceAll(own, () => escaped(messageId));
}
