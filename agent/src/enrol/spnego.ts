// Looks at what a browser sends behind `Negotiate`, before the Kerberos library does. Only Kerberos is let through:
// bare (RFC 4121), or as the mechanism that SPNEGO prefers (RFC 4178). A browser without a ticket puts NTLM there,
// which is an answer to a password dialog and proves nothing here. Pure.

/**
 * What the header has. `service`: for what the ticket is, `HTTP/host`, as it says itself in the clear. `ntlm`: the
 * browser asked its user for a password. `malformed`: neither.
 */
export type Negotiated =
  | { readonly kind: "kerberos"; readonly token: string; readonly service: string }
  | { readonly kind: "ntlm" | "malformed" | "none" };

/** A ticket with the groups of a person has some kilobytes; Windows sends 48 KB at most (MaxTokenSize). */
const MAX_TOKEN_CHARS = 65_536;

const SPNEGO = Buffer.from("2b0601050502", "hex");
/** 1.2.840.113554.1.2.2 */
const KERBEROS = Buffer.from("2a864886f712010202", "hex");
/** 1.2.840.48018.1.2.2: as Windows 2000 wrote it, and every Windows since. */
const MICROSOFT_KERBEROS = Buffer.from("2a864882f712010202", "hex");
const NTLM = Buffer.from("2b06010401823702020a", "hex");
const NTLM_SIGNATURE = Buffer.from("NTLMSSP\0");

/** Reads the value of an `Authorization` header. */
export function negotiated(authorization: string | undefined): Negotiated {
  if (authorization === undefined) return { kind: "none" };
  const token = /^negotiate +([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > MAX_TOKEN_CHARS) return { kind: "malformed" };
  const bytes = Buffer.from(token, "base64");
  if (bytes.subarray(0, NTLM_SIGNATURE.length).equals(NTLM_SIGNATURE)) return { kind: "ntlm" };
  const outer = read(bytes, 0);
  const mechanism = outer?.tag === 0x60 ? read(outer.value, 0) : undefined;
  if (outer === undefined || outer.end !== bytes.length || mechanism?.tag !== 0x06) return { kind: "malformed" };
  if (mechanism.value.equals(KERBEROS)) return ticketIn(bytes, token);
  if (!mechanism.value.equals(SPNEGO)) return { kind: "malformed" };
  return preferred(outer.value.subarray(mechanism.end), token);
}

/** What NegTokenInit prefers. Its first mechanism is the one whose token it carries (RFC 4178, 4.2.1). */
function preferred(bytes: Buffer, token: string): Negotiated {
  const choice = read(bytes, 0);
  const init = choice?.tag === 0xa0 ? read(choice.value, 0) : undefined;
  const types = init?.tag === 0x30 ? read(init.value, 0) : undefined;
  const list = types?.tag === 0xa0 ? read(types.value, 0) : undefined;
  const first = list?.tag === 0x30 ? read(list.value, 0) : undefined;
  if (init === undefined || types === undefined || first?.tag !== 0x06) return { kind: "malformed" };
  if (first.value.equals(NTLM)) return { kind: "ntlm" };
  if (!first.value.equals(KERBEROS) && !first.value.equals(MICROSOFT_KERBEROS)) return { kind: "malformed" };
  for (let part = read(init.value, types.end); part !== undefined; part = read(init.value, part.end)) {
    if (part.tag !== 0xa2) continue;
    const carried = read(part.value, 0);
    if (carried?.tag !== 0x04) return { kind: "malformed" };
    return carried.value.includes(NTLM_SIGNATURE) ? { kind: "ntlm" } : ticketIn(carried.value, token);
  }
  return { kind: "malformed" }; // without a token of its mechanism, a second step would be needed
}

/** TOK_ID of an AP-REQ (RFC 4121, 4.1). */
const AP_REQ = Buffer.from([1, 0]);

/**
 * For which service the ticket in a Kerberos token is: the `sname` of its AP-REQ (RFC 4120, 5.3 and 5.5.1). The library
 * takes every ticket that its key opens, also one for another service of the same account.
 */
function ticketIn(bytes: Buffer, token: string): Negotiated {
  const outer = read(bytes, 0);
  const mechanism = outer?.tag === 0x60 ? read(outer.value, 0) : undefined;
  const inner = mechanism && outer?.value.subarray(mechanism.end);
  if (mechanism?.tag !== 0x06 || !inner?.subarray(0, AP_REQ.length).equals(AP_REQ)) return { kind: "malformed" };
  const request = within(read(inner, AP_REQ.length), 0x6e, 0x30);
  const ticket = within(field(request, 0xa3), 0xa3, 0x61, 0x30);
  const names = within(field(within(field(ticket, 0xa2), 0xa2, 0x30), 0xa1), 0xa1, 0x30);
  const parts: string[] = [];
  for (let part = names && read(names, 0); names !== undefined && part !== undefined; part = read(names, part.end)) {
    if (part.tag !== 0x1b) return { kind: "malformed" };
    parts.push(part.value.toString("latin1"));
  }
  return parts.length === 2 ? { kind: "kerberos", token, service: parts.join("/") } : { kind: "malformed" };
}

/** What is inside elements that hold nothing but each other. */
function within(element: Element | undefined, ...tags: readonly number[]): Buffer | undefined {
  let inner = element;
  for (const [at, tag] of tags.entries()) {
    if (at > 0) inner = inner && read(inner.value, 0);
    if (inner?.tag !== tag) return undefined;
  }
  return inner?.value;
}

/** The element of that tag among those of a sequence. */
function field(sequence: Buffer | undefined, tag: number): Element | undefined {
  for (
    let part = sequence && read(sequence, 0);
    sequence !== undefined && part !== undefined;
    part = read(sequence, part.end)
  ) {
    if (part.tag === tag) return part;
  }
  return undefined;
}

type Element = { readonly tag: number; readonly value: Buffer; readonly end: number };

/** One element of DER at a place. Undefined: there is none, or it does not end within the bytes. */
function read(bytes: Buffer, at: number): Element | undefined {
  const tag = bytes[at];
  const head = bytes[at + 1];
  if (tag === undefined || head === undefined) return undefined;
  const long = head >= 0x80 ? head & 0x7f : 0;
  if (head === 0x80 || long > 3 || at + 2 + long > bytes.length) return undefined;
  const length = long === 0 ? head : bytes.readUIntBE(at + 2, long);
  const from = at + 2 + long;
  return from + length > bytes.length
    ? undefined
    : { tag, value: bytes.subarray(from, from + length), end: from + length };
}
