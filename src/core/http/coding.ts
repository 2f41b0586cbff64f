// Whether bytes are encoded once more than they look: what was judged must be what is read.

/** Whether a `Content-Encoding` names an encoding. `identity` is none (RFC 9110, 12.5.3). */
export function isEncoded(contentEncoding: string | null): boolean {
  const codings = contentEncoding?.toLowerCase().split(",") ?? [];
  return codings.some((coding) => coding.trim() !== "identity");
}
