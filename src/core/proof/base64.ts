// Reads the base64 of binary values in a message (XML Schema part 2, 3.2.16). White space is ignored. Everything else
// must be exact.

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The bytes. Undefined: the text is empty, is not base64, has bits beyond the last byte, or is longer than `maxBytes`.
 */
export function fromBase64(text: string | undefined, maxBytes: number): Uint8Array | undefined {
  // A text may have as many characters of white space as of base64.
  if (text === undefined || text.length > maxBytes * 3) return undefined;
  const encoded = text.replaceAll(/[\t\n\r ]/g, "");
  if (encoded === "" || !BASE64.test(encoded)) return undefined;
  const decoded = atob(encoded);
  if (decoded.length > maxBytes || btoa(decoded) !== encoded) return undefined;
  return Uint8Array.from(decoded, (character) => character.charCodeAt(0));
}
