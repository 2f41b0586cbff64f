// What Lync Server adds to the schema of Active Directory, as LDIF: the two attributes that the agent reads. Clients
// know attributes by their names alone. The numbers of Microsoft's own schema file are not published as text, so these
// two are of the lab's own choice, from the arc that Microsoft has for such products.

import { BASE_DN } from "../ad/ldif.ts";

const SCHEMA_DN = `CN=Schema,CN=Configuration,${BASE_DN}`;

type Syntax = readonly (readonly [name: string, value: string])[];

/** MS-ADTS 3.1.1.2.2.2: Boolean, and String(Unicode). */
const BOOLEAN: Syntax = [
  ["attributeSyntax", "2.5.5.8"],
  ["oMSyntax", "1"],
];
const UNICODE: Syntax = [
  ["attributeSyntax", "2.5.5.12"],
  ["oMSyntax", "64"],
];

const ATTRIBUTES = [
  { name: "PrimaryUserAddress", oid: "1.2.840.113556.1.6.20.1.101", syntax: UNICODE },
  { name: "UserEnabled", oid: "1.2.840.113556.1.6.20.1.102", syntax: BOOLEAN },
] as const;

/** The new attributes. Indexed, as in a real organisation. */
export const LYNC_ATTRIBUTES: string = ATTRIBUTES.map(({ name, oid, syntax }) =>
  [
    `dn: CN=ms-RTC-SIP-${name},${SCHEMA_DN}`,
    "changetype: add",
    "objectClass: attributeSchema",
    `lDAPDisplayName: msRTCSIP-${name}`,
    `attributeID: ${oid}`,
    ...syntax.map(([key, value]) => `${key}: ${value}`),
    "isSingleValued: TRUE",
    "searchFlags: 1",
    "isMemberOfPartialAttributeSet: TRUE",
    "",
    "",
  ].join("\n"),
).join("");

/** Who may have them. Contacts too: Lync makes contacts for its own services, and enables them. */
export const LYNC_CLASSES: string = ["User", "Contact"]
  .map((name) =>
    [
      `dn: CN=${name},${SCHEMA_DN}`,
      "changetype: modify",
      "add: mayContain",
      ...ATTRIBUTES.map((attribute) => `mayContain: msRTCSIP-${attribute.name}`),
      "",
      "",
    ].join("\n"),
  )
  .join("");
