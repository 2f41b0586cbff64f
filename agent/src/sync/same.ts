// Whether two spellings are one name for Postern. It compares names as src/core/credentials/names.ts does (S-10); a test
// holds the two together. The agent asks only in order to send nothing that Postern knows: Postern itself judges.

/** The name as Postern compares it. */
function folded(name: string): string {
  const cased = name.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ");
  return cased
    .normalize("NFKC")
    .trim()
    .replace(/[.\s]+$/u, "")
    .replace(/^sip:/, "");
}

export const sameName = (a: string | null, b: string | null): boolean =>
  a === null || b === null ? a === b : folded(a) === folded(b);
