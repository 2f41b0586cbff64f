// The part of DER (ITU-T X.690) that is needed to read a certificate request and to write a certificate: definite
// lengths and one-byte tags.

/** Tags used by PKCS#10 and X.509. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  sequence: 0x30,
  set: 0x31,
  utcTime: 0x17,
} as const;

/** One element as read: `raw` includes tag and length, `content` does not. */
export interface DerElement {
  readonly tag: number;
  readonly raw: Uint8Array;
  readonly content: Uint8Array;
}

/** Reads the elements that follow each other in `bytes`. Undefined if a length does not fit. */
export function readDer(bytes: Uint8Array): readonly DerElement[] | undefined {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const head = readHead(bytes, at);
    if (!head || head.end > bytes.length) return undefined;
    elements.push({
      tag: bytes[at] ?? 0,
      raw: bytes.subarray(at, head.end),
      content: bytes.subarray(head.start, head.end),
    });
    at = head.end;
  }
  return elements;
}

function readHead(bytes: Uint8Array, at: number): { start: number; end: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const octets = first & 0x7f;
  if (octets === 0 || octets > 3) return undefined;
  let length = 0;
  for (let i = 0; i < octets; i++) {
    const octet = bytes[at + 2 + i];
    if (octet === undefined) return undefined;
    length = length * 256 + octet;
  }
  return { start: at + 2 + octets, end: at + 2 + octets + length };
}

/** Writes one element. `parts`: its content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const length: number[] = [];
  for (let rest = content.length; rest > 0; rest = Math.floor(rest / 256)) length.unshift(rest % 256);
  const head = content.length < 0x80 ? [tag, content.length] : [tag, 0x80 | length.length, ...length];
  return Buffer.concat([Buffer.from(head), content]);
}

/** An object identifier from its dotted form. */
export function derOid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [first * 40 + second];
  for (const arc of rest) {
    const groups: number[] = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return der(TAG.oid, Buffer.from(bytes));
}

/** A bit string of whole octets. */
export const derBits = (bytes: Uint8Array): Uint8Array => der(TAG.bitString, Buffer.from([0]), bytes);

/** UTCTime, good until 2049 (RFC 5280 4.1.2.5.1). */
export const derTime = (ms: number): Uint8Array =>
  der(TAG.utcTime, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, "").slice(2, 14)}Z`));
