// Path segments that IIS, ASP.NET, WCF or NTFS could read as another path than the one that was judged. They are
// written as the bytes of a request line.

const utf8 = (sign: string): string => [...Buffer.from(sign, "utf8")].map((byte) => `%${byte.toString(16)}`).join("");

/** Segments that are removed from a path, or that name something else. */
const SEGMENTS = [
  "(S(x))",
  "(s(x))",
  "(S(lit3py55t21z5v55vlm25s55))",
  "(A(x))",
  "(F(x))",
  "(A(x)F(y))",
  "(S(x)A(y)F(z))",
  "(X(1))",
  "(S())",
  "(S(x))(S(y))",
  "%28S%28x%29%29",
  "%28%53(x))",
  "(lit3py55t21z5v55vlm25s55)",
  "PROGRA~1",
  "~",
  "con",
  "NUL",
  "aux.aspx",
  "com1",
  "lpt9.txt",
  "%20",
  "%20x",
  "...",
] as const;

/** Endings that do not change which file a name means. */
const ENDINGS = [
  "::$DATA",
  "::$data",
  "%3a%3a$DATA",
  ":$DATA",
  ":x:$DATA",
  ":x",
  ":$i30",
  ":$i30:$INDEX_ALLOCATION",
  "::$INDEX_ALLOCATION",
  "::%24INDEX_ALLOCATION",
  "~1",
  ".",
  "%2e",
  "..",
  "%20",
  "%20.",
  "(S(x))",
  "%09",
  "%1f",
  "%7f",
  "%00",
  "%3c",
  "%22",
  "%7c",
  ...["\u00ad", "\u200b", "\ufe0f", "\u0338", "\u00a0", "\u3164"].map(utf8),
] as const;

/** Characters that look like a slash or a backslash, or are folded into one. */
const SLASHES = [
  ..."\u2044\u2215\u29f8\u2571\u27cb\u1735\u3033\u4e3f\uff0f",
  ..."\u2216\u29f5\u29f9\u27cd\u2572\ufe68\uff3c\u20e5\u00a5\u20a9",
].map(utf8);

/**
 * Every look-alike of a path of at least two segments: at its beginning, in the middle, at the end, and instead of its
 * last slash.
 */
export function lookAlikesOf(path: string): readonly string[] {
  const last = path.lastIndexOf("/");
  const [before, after] = [path.slice(0, last), path.slice(last)];
  return [
    ...SEGMENTS.flatMap((segment) => [`/${segment}${path}`, `${before}/${segment}${after}`, `${path}/${segment}`]),
    ...ENDINGS.flatMap((ending) => [`${before}${ending}${after}`, `${path}${ending}`]),
    ...SLASHES.flatMap((slash) => [`${before}${slash}${after.slice(1)}`, `${path}${slash}x`]),
  ].filter((spelling) => spelling.startsWith("/") && !spelling.startsWith("//"));
}
