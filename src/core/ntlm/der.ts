// The part of DER (X.690) that SPNEGO needs: definite lengths below 64 KiB and one-byte tags. The reader never looks
// outside the given bytes. A length may be written with more bytes than necessary, because some Windows versions do so.
// Indefinite lengths are refused.

import { concat } from "./wire.ts";

export const DER_OCTET_STRING = 0x04;
export const DER_OID = 0x06;
export const DER_ENUMERATED = 0x0a;
export const DER_SEQUENCE = 0x30;
/** [APPLICATION 0], the frame of a first GSS-API token (RFC 2743 3.1). */
export const DER_APPLICATION_0 = 0x60;
/** [n], constructed. */
export const derContext = (number: number): number => 0xa0 + number;

const LONG_FORM = 0x80;
const HIGH_TAG_NUMBER = 0x1f;
/** Most elements in one constructed value. SPNEGO has at most five, and known mechanism lists have about ten. */
const MAX_ELEMENTS = 16;

/** One element. `content`: a view of its value. `whole`: the same with tag and length. */
export type DerElement = { readonly tag: number; readonly content: Uint8Array; readonly whole: Uint8Array };

/** Reads all elements in `bytes`. Undefined if anything else is in them. */
export function readDer(bytes: Uint8Array): readonly DerElement[] | undefined {
  const elements: DerElement[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const element = readElement(bytes.subarray(offset));
    if (element === undefined || elements.length === MAX_ELEMENTS) return undefined;
    elements.push(element);
    offset += element.whole.length;
  }
  return elements;
}

/** The content of the only element in `bytes`, if it has this tag. */
export function onlyDer(bytes: Uint8Array | undefined, tag: number): Uint8Array | undefined {
  const elements = bytes === undefined ? undefined : readDer(bytes);
  return elements?.length === 1 && elements[0]?.tag === tag ? elements[0].content : undefined;
}

/** The content of the first element with this tag. */
export const findDer = (elements: readonly DerElement[], tag: number): Uint8Array | undefined =>
  elements.find((element) => element.tag === tag)?.content;

function readElement(bytes: Uint8Array): DerElement | undefined {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined || (tag & HIGH_TAG_NUMBER) === HIGH_TAG_NUMBER) return undefined;
  let length = first;
  let offset = 2;
  if (first >= LONG_FORM) {
    const lengthBytes = first - LONG_FORM;
    if (lengthBytes === 0 || lengthBytes > 2) return undefined;
    offset += lengthBytes;
    if (bytes.length < offset) return undefined;
    length = bytes.subarray(2, offset).reduce((sum, byte) => sum * 256 + byte, 0);
  }
  const end = offset + length;
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(offset, end), whole: bytes.subarray(0, end) };
}

/** Writes one element around `parts`, which together are shorter than 64 KiB. */
export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = concat(...parts);
  const { length } = content;
  const header =
    length < LONG_FORM
      ? [tag, length]
      : length < 256
        ? [tag, LONG_FORM + 1, length]
        : [tag, LONG_FORM + 2, length >>> 8, length & 0xff];
  return concat(Uint8Array.from(header), content);
}
