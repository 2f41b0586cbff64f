// Paths that IIS, ASP.NET, WCF or NTFS could take for another path: a segment that is dropped, a name that stands for
// another name, a character that some conversion turns into a slash. Lync clients never need such a path, so Postern
// repairs none: it refuses all of them before it looks up a row (S-32). docs/paths.md has the table, with the reason
// for each line.

/**
 * Extensions with which Windows still opens a device (`nul.aspx`). Other extensions are allowed: `con.murphy` may be a
 * person who invites to meetings.
 */
const FILE_TYPES = "asax|ascx|ashx|asmx|aspx?|axd|cer|config|css|dll|exe|html?|js|json|php|svc|txt|xml";

const IN_ASCII = new RegExp(
  [
    // Characters that become slashes, path parameters, a second encoding, characters that end a path, and wildcards of
    // NTFS.
    String.raw`//|[\\;%?#"<>|]`,
    // Control characters.
    String.raw`[\x00-\x1f\x7f]`,
    // Dot segments, and segments that Windows trims to another name.
    "[. ](?:/|$)|/ ",
    // ASP.NET takes `(S(…))`, `(A(…)F(…))` and the older `(…)` out of the path.
    String.raw`/\(|\([a-z]\(`,
    // NTFS reads `name:stream:type`. A colon is allowed in the addresses that UCWA has in its paths.
    String.raw`::|:\$|/(?!sips?:|tel:)[^/:]*:`,
    // The short name of 8.3, and the root of an ASP.NET application.
    String.raw`~\d|/~(?:/|$)`,
    // Devices of Windows.
    String.raw`/(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$|clock\$)(?:\.(?:${FILE_TYPES}))?(?:/|$)`,
  ].join("|"),
  "i",
);

// Beyond ASCII there are letters, digits, dashes and the apostrophe of names. Every other sign is refused. So is every
// letter that looks like a slash or a backslash, except the katakana letter "no": it is common, and no conversion
// changes it.
const NO_LETTER = /[^\0-\x7f\p{L}\p{M}\p{Nd}\p{Pd}\u2019]/u;
// Invisible signs; strokes through the sign before; letters that look like a slash; and dotless i and dotted I, which
// become an ASCII letter when their case changes.
const ODD_LETTER =
  /\p{Default_Ignorable_Code_Point}|[\u0334-\u0338\u20d0-\u20ff\u2cc6\u2cc7\u3033\u4e36\u4e3f\u0130\u0131]/u;

/** Whether software behind the gateway could read this path as another one. `path`: absolute, percent-decoded once. */
export function isMisreadable(path: string): boolean {
  if (IN_ASCII.test(path)) return true;
  if (!/[^\0-\x7f]/.test(path)) return false;
  // Full-width forms and similar characters: their normal form is the ASCII character they look like.
  return NO_LETTER.test(path) || ODD_LETTER.test(path) || path.normalize("NFKC") !== path;
}
