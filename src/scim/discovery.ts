// What this SCIM service can do (RFC 7643, 5 to 7): clients read it before they send anybody.

import { EXTENSION, USER_SCHEMA } from "../core/scim/resource.ts";

type Attribute = { readonly name: string; readonly description: string } & Readonly<Record<string, unknown>>;

const text = (name: string, description: string, rest: Readonly<Record<string, unknown>> = {}): Attribute => ({
  ...{ name, description, type: "string", multiValued: false, required: false, caseExact: false },
  ...{ mutability: "readWrite", returned: "default", uniqueness: "none" },
  ...rest,
});
const list = (name: string, description: string, type: string): Attribute => ({
  ...text(name, description),
  ...{ type: "complex", multiValued: true },
  subAttributes: [text("value", "The value."), text("type", `\`${type}\` is kept.`, { canonicalValues: [type] })],
});

/** `/Schemas`: only what Postern keeps. */
export const schemas = (base: string): Record<string, unknown>[] =>
  [
    {
      ...{ id: USER_SCHEMA, name: "User", description: "A person who may sign in from outside." },
      attributes: [
        text("userName", "The user principal name.", { required: true, uniqueness: "server" }),
        text("externalId", "What the client calls the person.", { caseExact: true, uniqueness: "server" }),
        text("displayName", "The person's name as people write it."),
        text("preferredLanguage", "The language of mail to the person."),
        { ...text("active", "Whether the person may sign in."), type: "boolean" },
        list("emails", "Where mail to the person goes.", "work"),
        list("phoneNumbers", "A telephone number of the person.", "mobile"),
      ],
    },
    {
      ...{ id: EXTENSION, name: "PosternUser", description: "How the pool knows the person." },
      attributes: [
        text("sipAddress", "The SIP address. Without one it is the userName.", { uniqueness: "server" }),
        text("account", "DOMAIN\\sAMAccountName. Without one it is made of the userName.", { uniqueness: "server" }),
        text("sid", "The account's objectSid, S-1-5-…"),
        text("pool", "The pool at which the person is homed, as the directory names it."),
        {
          ...text("groups", "Words that rules of the policy match on."),
          ...{ type: "complex", multiValued: true },
          subAttributes: [text("value", "One word.")],
        },
      ],
    },
  ].map((schema) => ({
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
    ...schema,
    meta: { resourceType: "Schema", location: `${base}/Schemas/${schema.id}` },
  }));

/** `/ResourceTypes`: people only. */
export const resourceTypes = (base: string): Record<string, unknown>[] => [
  {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
    ...{ id: "User", name: "User", endpoint: "/Users", description: "People who may sign in from outside." },
    ...{ schema: USER_SCHEMA, schemaExtensions: [{ schema: EXTENSION, required: false }] },
    meta: { resourceType: "ResourceType", location: `${base}/ResourceTypes/User` },
  },
];

/** `/ServiceProviderConfig`. */
export const serviceProvider = (base: string, maxResults: number): Record<string, unknown> => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
  ...{ patch: { supported: true }, bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 } },
  ...{ filter: { supported: true, maxResults }, changePassword: { supported: false } },
  ...{ sort: { supported: false }, etag: { supported: false } },
  authenticationSchemes: [
    {
      ...{ type: "oauthbearertoken", name: "A token of the API", primary: true },
      description: "A token with the scope directory, in the header Authorization: Bearer.",
    },
  ],
  meta: { resourceType: "ServiceProviderConfig", location: `${base}/ServiceProviderConfig` },
});
