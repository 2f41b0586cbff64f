// The client's side of SPNEGO (RFC 4178 4.2), only for NTLM. Windows and others wrap their messages so when a server
// offers `Negotiate`.

const SPNEGO_OID = [0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02];
const NTLMSSP_OID = [0x06, 0x0a, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a];

/** NegTokenInit with one mechanism, NTLM, and its first token. */
export const spnegoInit = (type1: Uint8Array): Uint8Array =>
  der(
    0x60,
    Uint8Array.from(SPNEGO_OID),
    der(0xa0, der(0x30, der(0xa0, der(0x30, Uint8Array.from(NTLMSSP_OID))), der(0xa2, der(0x04, type1)))),
  );

/** NegTokenResp with the next token. */
export const spnegoResp = (type3: Uint8Array): Uint8Array => der(0xa1, der(0x30, der(0xa2, der(0x04, type3))));

function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(tag, ...header), content]);
}
