// Changes of a person as SCIM sends them (RFC 7644, 3.5.2), in the dialects of Entra ID and Okta. `scim-patch` carries
// out the operations. It is given none but those whose target Postern keeps, because it would follow any path.

import { type ScimPatchOperation, scimPatch } from "scim-patch";
import * as v from "valibot";
import { ok, type Result, refuse } from "../result.ts";
import { EXTENSION } from "./resource.ts";

const MAX_OPERATIONS = 100;
const MAX_PATH_CHARS = 300;

const patch = v.object({
  Operations: v.pipe(
    v.array(
      v.object({
        // Entra ID writes "Replace".
        op: v.pipe(v.string(), v.toLowerCase(), v.picklist(["add", "replace", "remove"])),
        path: v.nullish(v.pipe(v.string(), v.maxLength(MAX_PATH_CHARS))),
        value: v.optional(v.unknown()),
      }),
    ),
    v.minLength(1),
    v.maxLength(MAX_OPERATIONS),
  ),
});

type Operation = { readonly op: "add" | "replace" | "remove"; readonly path: string; readonly value?: unknown };

const SIMPLE = ["userName", "externalId", "displayName", "preferredLanguage", "active"] as const;
const LISTS = ["emails", "phoneNumbers"] as const;
const OWN = ["sipAddress", "account", "sid", "pool", "groups"] as const;
const named = (names: readonly string[], text: string): string | undefined =>
  names.find((name) => name.toLowerCase() === text.toLowerCase());

/** Carries out a PatchOp on a document of `documentOf`. A fault is a sentence. */
export function patched(document: Record<string, unknown>, body: unknown): Result<unknown, string> {
  const read = v.safeParse(patch, body);
  if (!read.success) {
    return refuse(`${v.getDotPath(read.issues[0]) ?? "Operations"}: This is not a PatchOp as in RFC 7644, 3.5.2.`);
  }
  let after: unknown = structuredClone(document);
  for (const given of read.output.Operations) {
    for (const operation of operationsOf(given)) {
      try {
        after = scimPatch(after as never, [reachable(operation, after)]);
      } catch {
        // Removing what is not there leaves nothing to do.
        if (operation.op !== "remove") return refuse(`${operation.path}: This operation cannot be carried out.`);
      }
    }
  }
  return ok(after);
}

/** One operation for each attribute, and none for what Postern does not keep. */
function operationsOf({ op, path, value }: v.InferOutput<typeof patch>["Operations"][number]): Operation[] {
  if (path === undefined || path === null || path === "") {
    return entriesOf(value).flatMap(([name, inner]) => operationsOf({ op, path: name, value: inner }));
  }
  if (path.toLowerCase() === EXTENSION.toLowerCase()) {
    if (op === "remove") return OWN.map((name) => ({ op, path: `${EXTENSION}:${name}` }));
    return entriesOf(value).flatMap(([name, inner]) =>
      operationsOf({ op, path: `${EXTENSION}:${name}`, value: inner }),
    );
  }
  const target = targetOf(path);
  if (target === undefined) return [];
  // Some clients take a value away by replacing it with nothing.
  const gone = op === "remove" || value === null || value === "";
  return [gone ? { op: "remove", path: target } : { op, path: target, value }];
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** The path as Postern spells it; undefined for an attribute that it does not keep. */
function targetOf(path: string): string | undefined {
  const simple = named(SIMPLE, path);
  if (simple !== undefined) return simple;
  const colon = path.lastIndexOf(":");
  if (colon >= 0) {
    const own = path.slice(0, colon).toLowerCase() === EXTENSION.toLowerCase() && named(OWN, path.slice(colon + 1));
    return own ? `${EXTENSION}:${own}` : targetOfCore(path);
  }
  const [, list = "", filter, rest = ""] = /^(\w+)(?:\[\s*type\s+eq\s+"(\w{1,20})"\s*\])?(\.value)?$/i.exec(path) ?? [];
  const known = named(LISTS, list);
  if (known === undefined) return undefined;
  return filter === undefined ? known : `${known}[type eq "${filter.toLowerCase()}"]${rest}`;
}

const CORE = "urn:ietf:params:scim:schemas:core:2.0:user:";
const targetOfCore = (path: string): string | undefined =>
  path.toLowerCase().startsWith(CORE) ? targetOf(path.slice(CORE.length)) : undefined;

/** Replacing a value that is not there is adding it: Entra ID does so. */
function reachable({ op, path, value }: Operation, document: unknown): ScimPatchOperation {
  if (op === "remove") return { op, path } as ScimPatchOperation;
  const [, list, type] = /^(\w+)\[type eq "(\w+)"\]/.exec(path) ?? [];
  const there = list === undefined || hasOfType(document, list, type);
  return { op: there ? op : "add", path, value } as ScimPatchOperation;
}

function hasOfType(document: unknown, list: string, type: string | undefined): boolean {
  const all: unknown = (document as Readonly<Record<string, unknown>>)[list];
  return Array.isArray(all) && all.some((one: unknown) => (one as { type?: unknown } | null)?.type === type);
}
