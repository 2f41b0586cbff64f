// Messages that two readers could understand in two ways. If possible their signature is good, so that only the rule
// named here refuses the message.

import { edited, message, NOW } from "./proof.ts";
import {
  beside,
  DAY,
  freshTimestamp,
  inBody,
  instants,
  MINUTE,
  object,
  signedBody,
  signedTo,
  TO,
  type Variant,
  WSSE,
  WSU,
} from "./proof-edits.ts";

const AUTH_NS = "urn:component:Microsoft.Rtc.WebAuthentication.2010";
const prolog = (text: string): string => `${text}${message().text}`;

/** Puts the old, signed body into `place`, and a new body where it was. */
function bodyMoved(from: string | RegExp, place: (oldBody: string) => string): string {
  const { text, body } = signedBody();
  const other = edited(edited(body, ' u:Id="body"', ""), "sip:alice@", "sip:mallory@");
  return edited(edited(text, body, other), from, place(body));
}

function swapped(text: string, first: string, second: string): string {
  return edited(edited(edited(text, first, "\u0000"), second, first), "\u0000", second);
}

const numbered = (count: number, text: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => text(n)).join("");

export const WRAPPED: readonly Variant[] = [
  ["body moved to the header", "misplaced", () => bodyMoved("<o:Security", (old) => `<x>${old}</x><o:Security`)],
  ["body moved into Security", "security-content", () => bodyMoved("</o:Security>", (old) => `${old}</o:Security>`)],
  ["body moved into the new body", "misplaced", () => bodyMoved("<t:Entropy>", (old) => `${old}<t:Entropy>`)],
  ["body moved into ds:Object", "misplaced", () => bodyMoved("</Signature>", object)],
  ["the same id twice", "repeated-id", () => inBody(`<x xmlns:u="${WSU}" u:Id="timestamp"/>`)],
  ["the same id twice, once as Id", "repeated-id", () => inBody('<x Id="timestamp"/>')],
  ["the same id twice, once as ID", "repeated-id", () => inBody('<x ID="timestamp"/>')],
  ["the same id twice, once as xml:id", "repeated-id", () => inBody('<x xml:id="timestamp"/>')],
  ["two timestamps, the signed one first", "not-one-timestamp", () => beside(freshTimestamp("other"))],
  [
    "two timestamps, the signed one last",
    "not-one-timestamp",
    () => edited(message().text, /(?=<u:Timestamp)/, freshTimestamp("other")),
  ],
  [
    "the signed timestamp in another one",
    "misplaced",
    () => {
      const { text, timestamp } = message();
      return edited(text, timestamp, edited(freshTimestamp("other"), "</u:Timestamp>", `${timestamp}</u:Timestamp>`));
    },
  ],
  [
    "another timestamp in the signed one",
    "misplaced",
    () => message({ timestamp: instants(NOW, NOW + MINUTE) + freshTimestamp("other") }).text,
  ],
  [
    "an old timestamp in a wrapper",
    "misplaced",
    () => {
      const { text, timestamp } = message({ timestamp: instants(NOW - DAY, NOW - DAY + MINUTE) });
      const fresh = edited(text, timestamp, freshTimestamp("other"));
      return edited(fresh, "<o:Security", `<Wrapper>${timestamp}</Wrapper><o:Security`);
    },
  ],
  [
    "an old timestamp in ds:Object",
    "misplaced",
    () => {
      const { text, timestamp } = message({ timestamp: instants(NOW - DAY, NOW - DAY + MINUTE) });
      return edited(edited(text, timestamp, freshTimestamp("other")), "</Signature>", object(timestamp));
    },
  ],
  [
    "To moved",
    "misplaced",
    () => {
      const { text, to } = signedTo();
      const unsigned = edited(to, ' u:Id="to"', "");
      return edited(text, to, `${unsigned}<Wrapper>${to}</Wrapper>`);
    },
  ],
  ["two Security", "not-one-security", () => message({ header: `<o:Security xmlns:o="${WSSE}"/>` }).text],
  [
    "Security for an actor",
    "security-addressed",
    () => edited(message().text, ' s:mustUnderstand="1"', ' s:mustUnderstand="1" s:actor="urn:somebody"'),
  ],
  [
    "Security for a role",
    "security-addressed",
    () => {
      const soap12 = message().text.replaceAll(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
      );
      return edited(soap12, ' s:mustUnderstand="1"', ' s:mustUnderstand="1" s:role="urn:somebody"');
    },
  ],
  ["Security in the body as well", "misplaced", () => inBody(`<o:Security xmlns:o="${WSSE}"/>`)],
  ["Security in a second namespace as well", "misplaced", () => message({ header: '<Security xmlns="urn:x"/>' }).text],
  [
    "Security in a second namespace only",
    "not-one-security",
    () => edited(message().text, `<o:Security xmlns:o="${WSSE}"`, '<o:Security xmlns:o="urn:x"'),
  ],
  ["two signatures", "not-one-signature", () => beside(message().signature)],
  ["two tokens", "not-one-token", () => beside(edited(message().token, ' u:Id="token"', ' u:Id="token2"'))],
  ["an envelope in the body", "misplaced", () => inBody("<Envelope/>")],
  ["a request in the header", "misplaced", () => message({ header: "<RequestSecurityToken/>" }).text],
];

export const MISBUILT: readonly Variant[] = [
  [
    "another host in To",
    "another-host",
    () => message({ to: "https://web.fabrikam.test/WebTicket/WebTicketService.svc/Cert" }).text,
  ],
  [
    "this host as somebody's user name in To",
    "another-host",
    () => message({ to: "https://web.contoso.test@attacker.test/" }).text,
  ],
  ["this host on another port in To", "another-host", () => message({ to: "https://web.contoso.test:8443/" }).text],
  ["an element in To", "another-host", () => message({ to: `${TO}<x></x>` }).text],
  [
    "two To",
    "several-to",
    () => edited(signedTo().text, "<s:Header>", `<s:Header>${signedTo().to.replace(' u:Id="to"', "")}`),
  ],
  ["UsernameToken beside it", "security-content", () => beside("<o:UsernameToken/>")],
  [
    "EncryptedKey beside it",
    "security-content",
    () => beside('<EncryptedKey xmlns="http://www.w3.org/2001/04/xmlenc#"/>'),
  ],
  [
    "Assertion beside it",
    "security-content",
    () => beside('<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion"/>'),
  ],
  ["UsernameToken in the header", "misplaced", () => message({ header: "<UsernameToken/>" }).text],
  ["an assertion in the body", "misplaced", () => inBody("<Assertion/>")],
  [
    "two requests",
    "not-one-request",
    () =>
      message({
        body: '<t:RequestSecurityToken xmlns:t="http://docs.oasis-open.org/ws-sx/ws-trust/200512"></t:RequestSecurityToken>'.repeat(
          2,
        ),
      }).text,
  ],
  [
    "another operation",
    "not-one-request",
    () => message({ body: `<GetAndPublishCert xmlns="${AUTH_NS}"></GetAndPublishCert>` }).text,
  ],
  [
    "two bodies",
    "not-soap",
    () => edited(message().text, "</s:Envelope>", `${signedBody().body.replace(' u:Id="body"', "")}</s:Envelope>`),
  ],
  [
    "the body before the header",
    "not-soap",
    () => {
      const { text, body } = message();
      return swapped(text, /<s:Header>.*<\/s:Header>/.exec(text)?.[0] ?? "", body);
    },
  ],
  ["an element after the body", "not-soap", () => edited(message().text, "</s:Envelope>", "<x/></s:Envelope>")],
  ["another root", "not-soap", () => message().text.replaceAll("s:Envelope", "s:Letter")],
  ["another name for the body", "not-soap", () => message().text.replaceAll("s:Body", "s:Text")],
  ["no header", "not-soap", () => edited(message().text, /<s:Header>.*<\/s:Header>/, "")],
  [
    "another envelope",
    "not-soap",
    () => message().text.replaceAll("http://schemas.xmlsoap.org/soap/envelope/", "urn:x"),
  ],
  ["no Security", "not-one-security", () => edited(message().text, /<o:Security.*<\/o:Security>/, "")],
  ["no timestamp", "not-one-timestamp", () => edited(message().text, message().timestamp, "")],
  ["no token", "not-one-token", () => edited(message().text, message().token, "")],
  ["no signature", "not-one-signature", () => edited(message().text, /<Signature .*<\/Signature>/, "")],
  ["text beside Security", "stray-text", () => edited(message().text, "<o:Security", "x<o:Security")],
  ["text beside the request", "stray-text", () => edited(message().text, "</s:Body>", "x</s:Body>")],
  ["an id that is none", "bad-id", () => inBody('<x Id="a b"/>')],
  ["two ids of one element", "bad-id", () => inBody('<x Id="a" xml:id="b"/>')],
];

export const MISWRITTEN: readonly Variant[] = [
  ["a comment", "comment", () => inBody("<!-- -->")],
  ["a comment in the user's name", "comment", () => edited(message().text, "sip:alice@", "sip:alice@<!---->")],
  ["a processing instruction", "processing-instruction", () => inBody("<?x y?>")],
  ["CDATA", "cdata", () => edited(message().text, "sip:alice@contoso.test", "<![CDATA[sip:alice@contoso.test]]>")],
  ["a document type", "doctype", () => prolog("<!DOCTYPE Envelope>")],
  ["a document type with entities", "doctype", () => prolog('<!DOCTYPE Envelope [<!ENTITY a "b">]>')],
  ["a document type elsewhere", "doctype", () => prolog('<!DOCTYPE Envelope SYSTEM "http://attacker.test/x.dtd">')],
  ["an undeclared entity", "not-xml", () => inBody("<x>&nbsp;</x>")],
  ["XML 1.1", "xml-version", () => prolog('<?xml version="1.1"?>')],
  ["UTF-16", "not-utf-8", () => Buffer.from(`\ufeff${message().text}`, "utf16le")],
  ["UTF-16 without a mark", "not-xml", () => Buffer.from(message().text, "utf16le")],
  ["another encoding declared", "xml-encoding", () => prolog('<?xml version="1.0" encoding="iso-8859-1"?>')],
  ["bytes that are not UTF-8", "not-utf-8", () => Buffer.from(inBody("<x>\u00e9</x>"), "latin1")],
  ["no message", "not-xml", () => ""],
  ["two roots", "not-xml", () => message().text.repeat(2)],
  ["a prefix that nothing declares", "not-xml", () => inBody("<q:x/>")],
  ["a prefix undeclared", "not-xml", () => inBody('<x xmlns:t=""/>')],
  [
    "another prefix for the namespace of XML",
    "not-xml",
    () => inBody('<x xmlns:q="http://www.w3.org/XML/1998/namespace"/>'),
  ],
  ["another namespace for xml", "not-xml", () => inBody('<x xmlns:xml="urn:x"/>')],
  ["an attribute twice", "not-xml", () => inBody(`<x xmlns:a="urn:x" xmlns:b="urn:x" a:y="" b:y=""/>`)],
  ["too many bytes", "too-large", () => `${message().text}${" ".repeat(32 * 1024)}`],
  ["too many elements", "too-many-elements", () => inBody("<x/>".repeat(200))],
  ["too deep", "too-deep", () => inBody(`${"<x>".repeat(32)}${"</x>".repeat(32)}`)],
  ["too many attributes", "too-many-attributes", () => inBody(`<x${numbered(25, (n) => ` a${n}=""`)}/>`)],
  [
    "too many prefixes",
    "too-many-prefixes",
    () =>
      inBody([1, 2, 3, 4].map((m) => `<x${numbered(20, (n) => ` xmlns:p${m}q${n}="u"`)}>`).join("") + "</x>".repeat(4)),
  ],
  ["an element's name beyond ASCII", "name-not-ascii", () => inBody("<\u00e9/>")],
  ["an attribute's name beyond ASCII", "name-not-ascii", () => inBody('<x \u0430=""/>')],
  ["a namespace beyond ASCII", "name-not-ascii", () => inBody('<x xmlns="urn:\u{10000}"/>')],
];
