// What SCIM answers: resources, lists and errors, in the shapes of RFC 7644.

import { ownAnswer } from "../trace/refusal.ts";

/** The `scimType` of an error (RFC 7644, 3.12). */
export type ScimType = "invalidFilter" | "invalidPath" | "invalidSyntax" | "invalidValue" | "uniqueness";

/** Answers with that document. */
export function scimAnswer(
  document: object | null,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const own = { "cache-control": "no-store", ...(document !== null && { "content-type": "application/scim+json" }) };
  const body = document === null ? null : JSON.stringify(document);
  return ownAnswer(new Response(body, { status, headers: { ...headers, ...own } }));
}

/** Answers with an error. `detail` is for people. */
export function scimError(status: number, detail: string, scimType?: ScimType): Response {
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
  return scimAnswer({ schemas, status: String(status), ...(scimType && { scimType }), detail }, status);
}

/** Answers with a page of resources. `startIndex` is from 1. */
export function scimList(resources: readonly object[], { total = resources.length, startIndex = 1 } = {}): Response {
  return scimAnswer({
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    ...{ totalResults: total, startIndex, itemsPerPage: resources.length, Resources: resources },
  });
}
