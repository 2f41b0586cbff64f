// The equivalent mutants of the room proof.

import { type Equivalent, type Group, inGroups } from "./report.ts";

const FOR_THE_COMPILER = "For the compiler: where one of these is not there, another condition says so as well.";
const NO_TAG = "A text has no tag, and where it would stand nothing is read.";

const GROUPS: ReadonlyArray<Group> = [
  {
    file: "src/core/proof/base64.ts",
    why: "What was decoded is encoded again and compared.",
    mutants: [
      [
        "const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;",
        "/^(?:[A-Za-z0-9+/])*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/",
      ],
    ],
  },
  {
    file: "src/core/proof/canonical-form.ts",
    why: "A prefix with blanks is never in force.",
    mutants: [
      [
        "export const canonicalForm = (element: Element, inclusive: readonly string[] = []): string =>",
        '["Stryker was here"]',
      ],
    ],
  },
  {
    file: "src/core/proof/canonical-form.ts",
    why: "Where no default namespace is in force, none is declared above either, and nothing is written.",
    mutants: ["false", '"Stryker was here!"'].map((to) => [
      'const inForce = inclusive.filter((prefix) => prefix === "" || element.scope.has(prefix));',
      to,
    ]),
  },
  {
    file: "src/core/proof/canonical-form.ts",
    why: "A shortcut: a copy with nothing added.",
    mutants: [["const now = added.length === 0 ? declared : new Map([...declared, ...added]);", "false"]],
  },
  {
    file: "src/core/proof/issued-certificate.ts",
    why: FOR_THE_COMPILER,
    mutants: [
      ['if (fields === undefined || endsAt === undefined) return refuse("not-read");', "false"],
      ["const [info, algorithm, signature, more] = der === undefined ? [] : elementsOf(der, DER_SEQUENCE);", "false"],
      [
        "const [info, algorithm, signature, more] = der === undefined ? [] : elementsOf(der, DER_SEQUENCE);",
        '["Stryker was here"]',
      ],
      [
        "if (info?.tag !== DER_SEQUENCE || algorithm === undefined || signature === undefined || more !== undefined) {",
        "false",
      ],
    ],
  },
  {
    file: "src/core/proof/issued-certificate.ts",
    why: NO_TAG,
    mutants: [
      ["const [version, subject, spki] = readDer(info.content) ?? [];", '["Stryker was here"]'],
      ["const [, notAfter, more] = readDer(validity.content) ?? [];", '["Stryker was here"]'],
    ],
  },
  {
    file: "src/core/proof/issued-certificate.ts",
    why: "The text begins when a token does.",
    mutants: [["let inToken = false;", "true"]],
  },
  {
    file: "src/core/proof/issued-certificate.ts",
    why: "This text is no value type either, and a match always has a year.",
    mutants: [
      ['if (!isType(tag.attributes.ValueType?.value ?? "")) return;', '"Stryker was here!"'],
      ['const [, century, year = "", month, day, hours, minutes, seconds] = match;', '"Stryker was here!"'],
    ],
  },
  {
    file: "src/core/proof/parts.ts",
    why: FOR_THE_COMPILER,
    mutants: [
      ['if (!isSoap || header === undefined || body === undefined) return refuse("not-soap");', "false"],
      [
        'if (request === undefined || !isRequest || moreRequests.length > 0) return refuse("not-one-request");',
        "false",
      ],
    ],
  },
  {
    file: "src/core/proof/public-key.ts",
    why: "A token without wsu:Id is not the one that is referred to, and no element has two ids.",
    mutants: [
      [
        'namespace === "" ? local === "ValueType" || local === "EncodingType" : namespace === WSU_NS && local === "Id",',
        "true",
      ],
    ],
  },
  {
    file: "src/core/proof/public-key.ts",
    why: "What is not a sequence has no fields.",
    mutants: [
      ["if (info?.tag !== DER_SEQUENCE || algorithm?.tag !== DER_SEQUENCE) return undefined;", "false"],
      ["if (algorithm?.tag !== DER_SEQUENCE || bits?.tag !== DER_BIT_STRING || more !== undefined)", "false"],
    ],
  },
  {
    file: "src/core/proof/public-key.ts",
    why: NO_TAG,
    mutants: [
      ["const fields = readDer(info.content) ?? [];", '["Stryker was here"]'],
      [".map((attribute) => readDer(attribute.content) ?? [])", '["Stryker was here"]'],
      ["const [oid, parameters, another] = readDer(algorithm.content) ?? [];", '["Stryker was here"]'],
    ],
  },
  {
    file: "src/core/proof/public-key.ts",
    why: FOR_THE_COMPILER,
    mutants: [
      "false",
      "(validity === undefined || subject === undefined) && spki === undefined",
      "validity === undefined && subject === undefined",
    ].map((to) => ["if (validity === undefined || subject === undefined || spki === undefined) return undefined;", to]),
  },
  {
    file: "src/core/proof/public-key.ts",
    why: "A function that ends without a value returns undefined.",
    mutants: [["} catch {", "{}"]],
  },
  {
    file: "src/core/proof/read.ts",
    why: "The parser takes a byte order mark away as well.",
    mutants: [['const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });', "true"]],
  },
  {
    file: "src/core/proof/read.ts",
    why: "Nothing else is thrown through the parser, which itself refuses a text without a root.",
    mutants: [
      ["if (fault === undefined || !(thrown instanceof EndOfReading)) throw thrown;", "false"],
      [
        "if (fault === undefined || !(thrown instanceof EndOfReading)) throw thrown;",
        "fault === undefined && !(thrown instanceof EndOfReading)",
      ],
      ['return root === undefined ? refuse("not-xml") : ok(root);', "false"],
      ['return root === undefined ? refuse("not-xml") : ok(root);', '""'],
    ],
  },
  {
    file: "src/core/proof/read.ts",
    why: "A shortcut: a copy with nothing added.",
    mutants: [["const scope = declared.length === 0 ? outer : new Map([...outer, ...declared]);", "false"]],
  },
];

/** Each of them, with its reason. */
export const PROOF: ReadonlyArray<Equivalent> = inGroups(GROUPS);
