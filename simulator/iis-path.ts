// How the simulated IIS reads a request target. It is as forgiving as any server behind a gateway could be. It decodes
// percent signs once (also %uXXXX and overlong UTF-8), takes a backslash and signs that look like slashes for slashes,
// and ignores case. It removes path parameters, dot segments, doubled slashes, cookieless segments of ASP.NET and
// streams of NTFS. So if a spelling slips past a gateway's policy, a directory answers 200 here, and the ledger shows
// it. Sources: IIS URL handling as published in MS00-057, MS01-026, CVE-2009-1535; for cookieless segments ASP.NET's
// documentation ("ASP.NET Session State Overview").

/** A request target after IIS has read it. */
export interface IisTarget {
  /** Lower-case, absolute, without dot segments or doubled slashes. */
  readonly path: string;
  readonly query: URLSearchParams;
}

/** Reads a raw request target in origin form or absolute form. It never fails, because IIS accepts every target. */
export function readTarget(rawTarget: string): IisTarget {
  const target = rawTarget.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  const withoutFragment = target.split("#", 1)[0] ?? "";
  const mark = withoutFragment.indexOf("?");
  const rawPath = mark < 0 ? withoutFragment : withoutFragment.slice(0, mark);
  const query = mark < 0 ? "" : withoutFragment.slice(mark + 1);
  return { path: collapse(decodeOnce(rawPath)), query: new URLSearchParams(query) };
}

/** Decodes percent signs once. Bytes that are not valid UTF-8 are read one by one. */
function decodeOnce(text: string): string {
  const bytes: number[] = [];
  const pattern = /%u([0-9a-f]{4})|%([0-9a-f]{2})|([\s\S])/gi;
  for (const [, wide, byte, literal] of text.matchAll(pattern)) {
    if (byte !== undefined) bytes.push(Number.parseInt(byte, 16));
    else {
      const character = wide === undefined ? (literal ?? "") : String.fromCharCode(Number.parseInt(wide, 16));
      // Node reads header bytes as Latin-1. So a character above 0x7f is one byte of the request.
      if (wide === undefined) bytes.push(character.charCodeAt(0) & 0xff);
      else bytes.push(...Buffer.from(character, "utf8"));
    }
  }
  const shortened = Buffer.from(shortenOverlong(bytes));
  const strict = shortened.toString("utf8");
  return strict.includes("\ufffd") ? shortened.toString("latin1") : strict;
}

/** Reads overlong two-byte forms of ASCII, such as C0 AF, as the ASCII character. */
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

/** Turns every sign that a code page of Windows converts to a slash into a slash, full-width forms included. */
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
      // Windows ignores dots and spaces at the end of a name. So a segment "." disappears.
      const name = withoutParameters.replace(/[. ]+$/, "");
      if (name !== "") segments.push(name);
    }
  }
  const trailing = segments.length > 0 && /[/\\]$/.test(untilNul) ? "/" : "";
  return `/${segments.join("/")}${trailing}`.toLowerCase();
}
