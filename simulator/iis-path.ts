// How the simulated IIS reads a request target. It is the most forgiving reader a gateway could have behind it: one
// percent-decode (also %uXXXX and overlong UTF-8), backslash as slash, path parameters dropped, dots and doubled
// slashes collapsed, signs that look like slashes folded, cookieless segments of ASP.NET and streams of NTFS taken out, case
// ignored. So a spelling that slips past a gateway's policy ends in a directory that answers
// 200 here, and the ledger shows it. Sources: IIS URL handling as published in MS00-057, MS01-026, CVE-2009-1535; of
// cookieless segments ASP.NET's documentation ("ASP.NET Session State Overview").

/** A request target after IIS has read it. */
export interface IisTarget {
  /** Lower-case, absolute, without dot segments or doubled slashes. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Reads a raw request target (origin form or absolute form). Never fails: IIS makes something of everything. */
export function readTarget(rawTarget: string): IisTarget {
  const target = rawTarget.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  const withoutFragment = target.split("#", 1)[0] ?? "";
  const mark = withoutFragment.indexOf("?");
  const rawPath = mark < 0 ? withoutFragment : withoutFragment.slice(0, mark);
  const query = mark < 0 ? "" : withoutFragment.slice(mark + 1);
  return { path: collapse(decodeOnce(rawPath)), query: new URLSearchParams(query) };
}

/** One percent-decode. What is not valid UTF-8 is read byte for byte. */
function decodeOnce(text: string): string {
  const bytes: number[] = [];
  const pattern = /%u([0-9a-f]{4})|%([0-9a-f]{2})|([\s\S])/gi;
  for (const [, wide, byte, literal] of text.matchAll(pattern)) {
    if (byte !== undefined) bytes.push(Number.parseInt(byte, 16));
    else {
      const character = wide === undefined ? (literal ?? "") : String.fromCharCode(Number.parseInt(wide, 16));
      // Node hands header bytes over as Latin-1, so a literal above 0x7f is one raw byte of the wire.
      if (wide === undefined) bytes.push(character.charCodeAt(0) & 0xff);
      else bytes.push(...Buffer.from(character, "utf8"));
    }
  }
  const shortened = Buffer.from(shortenOverlong(bytes));
  const strict = shortened.toString("utf8");
  return strict.includes("\ufffd") ? shortened.toString("latin1") : strict;
}

/** C0 AF and its kin: two-byte forms of ASCII, read as the ASCII they stand for. */
function shortenOverlong(bytes: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const first = bytes[i] ?? 0;
    const second = bytes[i + 1];
    if ((first === 0xc0 || first === 0xc1) && second !== undefined && (second & 0xc0) === 0x80) {
      out.push(((first & 0x1f) << 6) | (second & 0x3f));
      i++;
    } else out.push(first);
  }
  return out;
}

/** `(S(…))`, `(A(…)F(…))`, and `(…)` of 24 characters as ASP.NET 1.1 wrote it. */
const COOKIELESS = /^\((?:(?:[a-z]\(.*\))+|[a-z0-9]{24})\)$/i;

/** Full-width and other forms as well, as a conversion to a code page of Windows folds them. */
function foldSlashes(path: string): string {
  return path.replace(/[\\\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c]/g, "/");
}

function collapse(path: string): string {
  const untilNul = path.split("\0", 1)[0] ?? "";
  const segments: string[] = [];
  for (const raw of foldSlashes(untilNul).split("/")) {
    if (COOKIELESS.test(raw)) continue;
    const withoutParameters = raw.split(/;|:(?=[:$])/, 1)[0] ?? "";
    if (withoutParameters === "..") segments.pop();
    else {
      // Windows ignores trailing dots and spaces of a name; a lone "." vanishes with them.
      const name = withoutParameters.replace(/[. ]+$/, "");
      if (name !== "") segments.push(name);
    }
  }
  const trailing = segments.length > 0 && /[/\\]$/.test(untilNul) ? "/" : "";
  return `/${segments.join("/")}${trailing}`.toLowerCase();
}
