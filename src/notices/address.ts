// Mail addresses, as Postern takes them.

/** RFC 5321, 4.5.3.1. */
const MAX_ADDRESS_CHARS = 254;
/** One plain mailbox of one host: no comment, no quotes, no second address, nothing that could end a header line. */
const ADDRESS = /^[^\s"(),:;<>@[\\\]\p{Cc}]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?$/u;

/** Whether mail can be sent to this text. */
export const isMailAddress = (text: string): boolean => text.length <= MAX_ADDRESS_CHARS && ADDRESS.test(text);

/** Who mail comes from. */
export type Mailbox = { readonly name: string; readonly address: string };

const NAMED = /^\s*(?:"?([^"<>\p{Cc}]{1,100}?)"?\s*)<([^<>]+)>\s*$/u;
/** The name of whom mail comes from, if none is given. */
const USUAL_NAME = "Postern";

/** `postern@contoso.com`, or `Contoso IT <postern@contoso.com>`. Undefined: neither. */
export function mailboxOf(text: string): Mailbox | undefined {
  const [, name = USUAL_NAME, address = text.trim()] = NAMED.exec(text) ?? [];
  return isMailAddress(address.trim()) ? { name: name.trim(), address: address.trim() } : undefined;
}
