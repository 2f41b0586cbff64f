// Whether two spellings are one name for Postern. It compares names as src/core/credentials/names.ts does (S-10); a
// test holds the two together. The agent asks only in order to send nothing that Postern knows: Postern itself judges.

/** The name as Postern compares it: folded, without `sip:`, and trimmed on both sides of a separator. */
export function folded(name: string): string {
  const cased = name.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ");
  const whole = cased.normalize("NFKC").trim().replace(/^sip:/, "").replaceAll("/", "\\");
  return whole
    .split(/([\\@])/)
    .map((side) => side.trim().replace(/[.\s]+$/u, ""))
    .join("");
}

export const sameName = (a: string | null, b: string | null): boolean =>
  a === null || b === null ? a === b : folded(a) === folded(b);
