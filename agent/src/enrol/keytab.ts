// Which services a keytab has keys for. The Kerberos library notices only at the first ticket that a keytab is not there,
// is no keytab, or has the keys of another service. The format: MIT's "keytab file format", version 0x0502.

const VERSION = 0x0502;

/** The principals in a keytab, as `HTTP/name`, without their realms. Throws where the bytes are no keytab. */
export function principalsIn(keytab: Buffer): ReadonlySet<string> {
  if (keytab.length < 2 || keytab.readUInt16BE(0) !== VERSION) throw new Error("it is no keytab");
  const principals = new Set<string>();
  for (let at = 2; at + 4 <= keytab.length; ) {
    const size = keytab.readInt32BE(at);
    at += 4;
    // A negative size is a hole that a deleted key left; nothing comes after a size of zero.
    if (size === 0) break;
    if (size > 0) principals.add(principalIn(keytab.subarray(at, at + size)));
    at += Math.abs(size);
  }
  return principals;
}

function principalIn(entry: Buffer): string {
  const components = entry.readUInt16BE(0);
  const texts: string[] = [];
  let at = 2;
  for (let index = 0; index <= components; index++) {
    const length = entry.readUInt16BE(at);
    texts.push(entry.toString("utf8", at + 2, at + 2 + length));
    at += 2 + length;
  }
  const [, ...names] = texts; // the first is the realm
  return names.join("/");
}
