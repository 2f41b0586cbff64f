// Finds a body that is encoded. Postern must judge the same bytes that the Front-End reads.

/** Whether a `Content-Encoding` names an encoding. `identity` does not count as one (RFC 9110, 12.5.3). */
export function isEncoded(contentEncoding: string | null): boolean {
  const codings = contentEncoding?.toLowerCase().split(",") ?? [];
  return codings.some((coding) => coding.trim() !== "identity");
}
