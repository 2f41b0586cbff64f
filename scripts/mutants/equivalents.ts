import { POLICY_AND_LOCKOUT } from "./equivalents-policy.ts";
import { PROOF } from "./equivalents-proof.ts";
import type { Equivalent } from "./report.ts";

/** The equivalent mutants that are known. A run fails when one of these is noticed after all, or no longer exists. */
export const EQUIVALENTS: ReadonlyArray<Equivalent> = [
  ...POLICY_AND_LOCKOUT,
  ...PROOF,
  ...["/^[A-Za-z0-9\\-._~!$&'()*+,=:@/]$/", "/^[^A-Za-z0-9\\-._~!$&'()*+,=:@/]+$/"].map((to) => ({
    file: "src/core/http/canonical.ts",
    line: "const PLAIN_PATH = /^[A-Za-z0-9\\-._~!$&'()*+,=:@/]+$/;",
    to,
    why: "A shortcut: decoding and encoding a path of these characters gives the same path.",
  })),
  {
    file: "src/core/http/canonical.ts",
    line: 'const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });',
    to: "false",
    why: "A byte order mark is dropped only at the beginning, and a path begins with a slash.",
  },
  ...['"Stryker was here!"', '["Stryker was here"]'].map((to) => ({
    file: "src/core/http/canonical.ts",
    line: 'const [, name = "", port = ""] = /^https?:\\/\\/(\\w[\\w.-]*?)\\.?(?::(\\d*))?\\//i.exec(requestUrl) ?? [];',
    to,
    why: "No number is not above the highest port, and the first element of the match is not read.",
  })),
  {
    file: "src/core/http/canonical.ts",
    line: 'const [, scheme = "", path = "", query = ""] = parts;',
    to: '"Stryker was here!"',
    why: "A match always has a scheme and a path. (The query's default is tested.)",
  },
  ...["/[0-9A-Fa-f]{2}$/", "/^[0-9A-Fa-f]{2}/"].map((to) => ({
    file: "src/core/http/canonical.ts",
    line: "if (!/^[0-9A-Fa-f]{2}$/.test(hex)) return undefined;",
    to,
    why: "The text has two characters at most.",
  })),
  {
    file: "src/core/http/canonical.ts",
    line: "} catch {",
    to: "{}",
    why: "A function that ends without a value returns undefined.",
  },
  ...["false", "/[\\0-\\x7f]/"].map((to) => ({
    file: "src/core/http/misread-path.ts",
    line: "if (!/[^\\0-\\x7f]/.test(path)) return false;",
    to,
    why: "A shortcut: what follows says the same of a path in ASCII.",
  })),
  ...['"Stryker was here!"', '["Stryker was here"]'].map((to) => ({
    file: "src/core/http/publish.ts",
    line: 'const [, domain = "", simpleUrl] = /^\\/([^/]+)(\\/(?:meet|dialin)(?:\\/.*)?)$/.exec(key) ?? [];',
    to,
    why: "Without a match there is no simple URL, and then nobody asks for the domain.",
  })),
  {
    file: "src/core/http/publish.ts",
    line: "sipDomains: readonly string[] = [],",
    to: '["Stryker was here"]',
    why: "A key is in lower case, so it never begins with this domain.",
  },
  ...[
    'return path.split("/", 2)[1] ?? "";',
    'const exact = byPath.get(key) ?? byPath.get(APPLICATIONS.exec(key)?.[1] ?? "");',
  ].map((line) => ({
    file: "src/core/http/publish.ts",
    line,
    to: '"Stryker was here!"',
    why: "A path always has a first segment, and no row has the empty path or this text.",
  })),
  {
    file: "src/ticket/envelope.ts",
    line: 'return Buffer.from(seal(keyring, PURPOSE, PLACE, Buffer.from(plain, "utf8"))).toString("base64url");',
    to: '""',
    why: "UTF-8 is what Buffer.from takes by itself.",
  },
  {
    file: "src/ticket/presented.ts",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the line of code as it stands there
    line: 'return PHOTOS.test(key) && new RegExp(`(^|;)\\\\s*${TICKET_COOKIE}=`, "i").test(headers.get("cookie") ?? "");',
    to: '"Stryker was here!"',
    why: "This text has no cookie of ours in it either.",
  },
  ...['/^Bearer\\s+cwt=(.+)$/is.exec(bounded(headers.get("authorization")))?.[1].trim', "/^Bearer\\s+cwt=(.+)/is"].map(
    (to) => ({
      file: "src/ticket/presented.ts",
      line: 'const bearer = /^Bearer\\s+cwt=(.+)$/is.exec(bounded(headers.get("authorization")))?.[1]?.trim();',
      to,
      why: "A match always has the group, and the group takes everything up to the end.",
    }),
  ),
  {
    file: "src/ticket/presented.ts",
    line: 'const webTicket = bounded(headers.get("x-ms-webticket")).trim();',
    to: 'bounded(headers.get("x-ms-webticket"))',
    why: "Headers takes the space around a value away by itself.",
  },
  ...['"Stryker was here!"', "/^(cwt|opaque)=(.+)/is", '["Stryker was here"]'].map((to) => ({
    file: "src/ticket/presented.ts",
    line: 'const [, name = "", text = ""] = /^(cwt|opaque)=(.+)$/is.exec(webTicket) ?? [];',
    to,
    why: "Without a match the text is empty and the name is not read; with one the text goes up to the end.",
  })),
];
