// Reads from a compact ticket for which account it is. A Front-End writes the user's SID into the ticket in clear text.
// So Postern notices an answer that is for another user. The form is that of the sample in Microsoft's UCWA
// documentation ("Authentication in UCWA"): two bytes of version, then fields of type, length and value. The SID's form
// is that of MS-DTYP 2.4.2.2. From a ticket of another form nothing is read.

const VERSION = 1;
const SID_FIELD = 0x01;
/** Most bytes of a SID of revision 1: 8 bytes, and up to 15 sub-authorities of 4 bytes. */
const MAX_SID_BYTES = 68;
/** Most characters of a ticket. No ticket of this form needs as many. */
const MAX_CHARS = 4_096;

/** The SID (`S-1-5-21-…`) in a compact ticket without `cwt=`. Undefined if it has none or two. */
export function sidInCompactTicket(text: string): string | undefined {
  const bytes = text.length > MAX_CHARS ? undefined : decoded(text);
  if (bytes === undefined || bytes.length < 2) return undefined;
  if (((bytes[0] ?? 0) << 8) + (bytes[1] ?? 0) !== VERSION) return undefined;
  let sid: string | undefined;
  for (let at = 2; at < bytes.length; ) {
    const [type, length] = [bytes[at], bytes[at + 1]];
    const end = at + 2 + (length ?? 0);
    if (length === undefined || end > bytes.length) return undefined;
    if (type === SID_FIELD) {
      if (sid !== undefined) return undefined;
      sid = sidOf(bytes.subarray(at + 2, end));
      if (sid === undefined) return undefined;
    }
    at = end;
  }
  return sid;
}

function sidOf(bytes: Uint8Array): string | undefined {
  if (bytes.length < 8 || bytes.length > MAX_SID_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getUint8(0) !== 1 || bytes.length !== 8 + 4 * view.getUint8(1)) return undefined;
  const parts = [view.getUint16(2) * 2 ** 32 + view.getUint32(4)];
  for (let at = 8; at < bytes.length; at += 4) parts.push(view.getUint32(at, true));
  return `S-1-${parts.join("-")}`;
}

function decoded(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return undefined; // a length that base64 cannot have
  }
}
