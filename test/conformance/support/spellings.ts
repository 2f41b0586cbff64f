// What attackers ask for and how they spell it: directories of a Lync pool, directories that often stand beside one,
// and the tricks by which a path means one thing to a proxy and another to IIS.

import { PUBLISH_TABLE } from "../../../src/core/http/publish.ts";

/**
 * Directories of the wordlists of attack tools against Lync and Exchange (ntlmscan, lyncsmash, SprayingToolkit), and
 * curiosities of IIS.
 */
const WORDLIST = [
  "/DeviceUpdateFiles_Int",
  "/OcsPowerShell/Microsoft.PowerShell",
  "/PowerShell-LiveID",
  "/locationinformation/liservice.svc",
  "/RequestHandlerExt/ucdevice.upx",
  "/RequestHandler/ucdevice.upx",
  "/HybridConfig/HybridConfigService.svc",
  "/platformservice/v1/applications",
  "/Mcx/McxService.svc",
  "/PersistentChat/RM",
  "/MGCWebService/MGCWebService.asmx",
  "/RgsConfig/RgsConfig.aspx",
  "/PassiveAuth/PassiveAuth.aspx",
  "/PassiveAuth/federationmetadata/2007-06/federationmetadata.xml",
  "/WebTicket/WebTicketAdvancedService.svc/WsFed_bearer",
  "/WebTicket",
  "/WebTicket/web.config",
  "/WebTicket/WebTicketService.svc/Kerberos",
  "/Autodiscover",
  "/Autodiscover/Autodiscover.xml",
  "/Autodiscover/AutodiscoverService.svc/root/other",
  "/CertProv",
  "/GroupExpansion",
  "/ucwa",
  "/ucwa/v2/applications",
  "/Reach",
  "/Rgs",
  "/aspnet_client",
  "/adfs/services/trust/2005/windowstransport",
  "/CertSrv",
  "/CertEnroll",
  "/ecp",
  "/EWS/Exchange.asmx",
  "/mapi",
  "/Microsoft-Server-ActiveSync",
  "/OAB",
  "/owa",
  "/rpc/rpcproxy.dll",
  "/UnifiedMessaging",
  "/_vti_bin",
  "/bin",
  "/App_Data",
  "/web.config",
  "/global.asax",
  "/trace.axd",
  "/_ledger",
  "/_sim/fail",
] as const;

/** Every directory of the publish table and of the wordlist. If both have it, in the spelling of the wordlist. */
export const DIRECTORIES: readonly string[] = [
  ...new Set([...PUBLISH_TABLE.map(({ path }) => path.replace(/\/\*$/, "")), ...WORDLIST]),
];

/**
 * A way to spell a path. A `plain` spelling means the same address to everybody, so a published path must be found by
 * it.
 */
export type Spelling = { readonly name: string; readonly plain?: true; readonly spell: (path: string) => string };

const letters = (path: string, replace: (letter: string, index: number) => string): string => {
  let index = 0;
  return path.replace(/[a-z]/gi, (letter) => replace(letter, index++));
};
const first = (path: string, replace: (letter: string) => string): string =>
  letters(path, (letter, index) => (index === 0 ? replace(letter) : letter));
const hex = (code: number): string => `%${code.toString(16).padStart(2, "0")}`;
const bytes = (text: string): string => Buffer.from(text, "utf8").toString("latin1");
const encoded = (text: string): string => [...Buffer.from(text, "utf8")].map(hex).join("");
const fullWidth = (letter: string): string => String.fromCodePoint(0xff21 + (letter.toUpperCase().charCodeAt(0) - 65));
const separators = (path: string, separator: string): string => `/${path.slice(1).replaceAll("/", separator)}`;

const always = (name: string, spell: (path: string) => string): Spelling => ({ name, spell });
const plain = (name: string, spell: (path: string) => string): Spelling => ({ name, plain: true, spell });

export const SPELLINGS: readonly Spelling[] = [
  plain("as it is", (path) => path),
  plain("upper case", (path) => path.toUpperCase()),
  plain("lower case", (path) => path.toLowerCase()),
  plain("mixed case", (path) => letters(path, (each, i) => (i % 2 === 0 ? each.toUpperCase() : each.toLowerCase()))),
  plain("first letter encoded", (path) => first(path, (letter) => hex(letter.charCodeAt(0)))),
  plain("every letter encoded", (path) => letters(path, (letter) => hex(letter.charCodeAt(0)))),
  plain("with a query", (path) => `${path}?a=1`),
  plain("with a query that looks like a path", (path) => `${path}?x=/../../cscp/%2e%2e/%00`),
  plain("with a fragment", (path) => `${path}#/cscp`),
  plain("absolute form", (path) => `http://web.contoso.test${path}`),
  always("absolute form, upper case scheme", (path) => `HTTP://web.contoso.test${path}`),
  always("absolute form of another host", (path) => `http://fe01.contoso.local${path}`),
  always("absolute form with userinfo", (path) => `http://web.contoso.test@fe01.contoso.local${path}`),
  always("absolute form with backslashes", (path) => `http:\\\\web.contoso.test${path}`),
  always("absolute form with file scheme", (path) => `file://web.contoso.test${path}`),
  always("network-path form", (path) => `//web.contoso.test${path}`),
  always("without the slash", (path) => path.slice(1) || "*"),
  always("trailing slash", (path) => `${path}/`),
  always("two slashes in front", (path) => `/${path}`),
  always("two slashes at the end", (path) => `${path}//`),
  always("two slashes inside", (path) => separators(path, "//")),
  always("backslash in front", (path) => `\\${path.slice(1)}`),
  always("backslashes", (path) => separators(path, "\\")),
  always("slash and backslash in front", (path) => `/\\${path.slice(1)}`),
  always("encoded slashes", (path) => separators(path, "%2f")),
  always("encoded slash in front", (path) => `/%2F${path.slice(1)}`),
  always("encoded backslashes", (path) => separators(path, "%5C")),
  always("encoded backslash in front", (path) => `/%5c${path.slice(1)}`),
  always("dot segment", (path) => `/.${path}`),
  always("encoded dot segment", (path) => `/%2e${path}`),
  always("dot segment at the end", (path) => `${path}/.`),
  always("up at the end", (path) => `${path}/x/..`),
  always("encoded up at the end", (path) => `${path}/x/%2e%2e`),
  always("up from an open directory", (path) => `/meet/..${path}`),
  always("encoded up from an open directory", (path) => `/meet/%2e%2e${path}`),
  always("half-encoded up", (path) => `/meet/.%2e${path}`),
  always("up with an encoded slash", (path) => `/meet/..%2f${path.slice(1)}`),
  always("up with an encoded backslash", (path) => `/meet/..%5c${path.slice(1)}`),
  always("up with a backslash", (path) => `/meet/..\\${path.slice(1)}`),
  always("up with a path parameter", (path) => `/meet/..;${path}`),
  always("up, encoded twice", (path) => `/meet/%252e%252e${path}`),
  always("up with an overlong slash", (path) => `/meet/..%c0%af${path.slice(1)}`),
  always("up with overlong dots", (path) => `/meet/%c0%ae%c0%ae${path}`),
  always("up with a full-width slash", (path) => `/meet/..%ef%bc%8f${path.slice(1)}`),
  always("up with full-width dots", (path) => `/meet/%ef%bc%8e%ef%bc%8e${path}`),
  always("up with trailing space", (path) => `/meet/..%20${path}`),
  always("up from a ticket directory", (path) => `/abs/%2e%2e${path}`),
  always("three dots", (path) => `/meet/...${path}`),
  always("trailing dot", (path) => `${path}.`),
  always("encoded trailing dot", (path) => `${path}%2e`),
  always("trailing space", (path) => `${path}%20`),
  always("trailing space inside", (path) => separators(path, "%20/")),
  always("trailing dot inside", (path) => separators(path, "./")),
  always("path parameter", (path) => `${path};x=1`),
  always("path parameter inside", (path) => separators(path, ";x/")),
  always("encoded path parameter", (path) => `${path}%3Bx`),
  always("encoded question mark", (path) => `${path}%3fa=1`),
  always("encoded fragment", (path) => `${path}%23a`),
  always("letter encoded twice", (path) => first(path, (letter) => `%25${hex(letter.charCodeAt(0)).slice(1)}`)),
  always("letter as %u", (path) => first(path, (letter) => `%u00${hex(letter.charCodeAt(0)).slice(1)}`)),
  always("overlong letter", (path) => first(path, (each) => `%c1%${(each.charCodeAt(0) + 0x40).toString(16)}`)),
  always("full-width letter", (path) => first(path, (letter) => encoded(fullWidth(letter)))),
  always("full-width letter, raw", (path) => first(path, (letter) => bytes(fullWidth(letter)))),
  always("long s, which upper-cases to S", (path) => path.replace(/s/i, "%c5%bf")),
  always("Kelvin sign, which lower-cases to k", (path) => path.replace(/k/i, "%e2%84%aa")),
  always("dotless i, which upper-cases to I", (path) => path.replace(/i/i, "%c4%b1")),
  always("zero-width space", (path) => first(path, (letter) => `${letter}%e2%80%8b`)),
  always("soft hyphen", (path) => first(path, (letter) => `${letter}%c2%ad`)),
  always("byte order mark", (path) => `/%ef%bb%bf${path.slice(1)}`),
  always("NUL at the end", (path) => `${path}%00`),
  always("NUL and an innocent ending", (path) => `${path}%00.css`),
  always("NUL, raw", (path) => `${path}\0`),
  always("tab", (path) => `${path}%09`),
  always("line feed", (path) => `${path}%0a`),
  always("carriage return and line feed", (path) => `${path}%0d%0aX-Injected:%201`),
  always("stray percent", (path) => `${path}%`),
  always("half an escape", (path) => `${path}%4`),
  always("escape of no digits", (path) => `${path}%zz`),
  always("NTFS stream", (path) => `${path}::$DATA`),
  always("NTFS index", (path) => `${path}:$i30:$INDEX_ALLOCATION`),
  always("short name", (path) => `${path.slice(0, 7)}~1`),
  always("URL rewriting session", (path) => `/(S(x))${path}`),
];
