// Reads a request by the schemas of its operation. The answer names every field that cannot be used. It never quotes a
// value, because people sometimes put a password into the wrong field.

import * as v from "valibot";
import { declaredSize, readText } from "../core/http/body.ts";
import { ok } from "../core/result.ts";
import type { Fields, Operation, Schema } from "./operation.ts";
import { type FieldError, type Problem, problem } from "./problem.ts";

/** The longest body, bytes, for every operation except batches and policies. */
const MAX_BODY_BYTES = 16 * 1024;
/** The most faults that one answer names. More would help nobody. */
const MAX_ERRORS = 50;
const JSON_TYPE = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

type Read<T> = { readonly ok: true; readonly value: T } | Problem;

/** The fields of a path or a query. Each may be given once. */
export function readFields(schema: Fields | undefined, given: Iterable<readonly [string, string]>): Read<unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, text] of given) {
    if (Object.hasOwn(fields, name)) {
      return problem("unusable-query", `"${shown(name)}" is given twice.`, {
        errors: [{ path: shown(name), message: "Give it once." }],
      });
    }
    Object.defineProperty(fields, name, { value: typed(schema?.entries[name], text), enumerable: true });
  }
  if (schema === undefined) {
    const [name] = Object.keys(fields);
    if (name === undefined) return ok(undefined);
    return unusable("unusable-query", [{ path: shown(name), message: "There is no such parameter." }]);
  }
  const read = v.safeParse(schema, fields);
  return read.success ? ok(read.output) : unusable("unusable-query", errorsOf(read.issues, "parameter"));
}

/** Reads a body as text, up to its limit. A request without a body gives an empty text. */
export async function readBody(
  request: Request,
  { body, maxBodyBytes = MAX_BODY_BYTES }: Operation,
): Promise<Read<string>> {
  const limit = body === undefined ? 0 : maxBodyBytes;
  if (request.body === null) return ok("");
  const tooLarge = problem("body-too-large", limit === 0 ? "This takes no body." : `The body may have ${limit} bytes.`);
  if (declaredSize(request.headers, limit) === "too-large") return tooLarge;
  const type = request.headers.get("content-type") ?? "";
  if (limit > 0 && !JSON_TYPE.test(type) && request.headers.get("content-length") !== "0") {
    return problem("unsupported-media-type", "The body must be JSON, in UTF-8.", {
      fix: "Send content-type: application/json.",
    });
  }
  const read = await readText(request, limit);
  if (read.ok) return ok(read.value.text);
  return read.reason === "too-large" ? tooLarge : problem("unusable-body", "The body must be JSON, in UTF-8.");
}

/** The JSON value of a body. An empty body gives the empty object. */
export function parseBody(schema: Schema | undefined, text: string): Read<unknown> {
  if (schema === undefined) return ok(undefined);
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return problem("unusable-body", "The body is not JSON.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return problem("unusable-body", "The body must be a JSON object.");
  }
  const read = v.safeParse(schema, value);
  return read.success ? ok(read.output) : unusable("invalid", errorsOf(read.issues, "field"));
}

function unusable(code: "invalid" | "unusable-query", errors: readonly FieldError[]): Problem {
  const said = errors.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join(" ");
  return problem(code, said, { errors });
}

function errorsOf(issues: readonly v.BaseIssue<unknown>[], what: string): FieldError[] {
  return issues.slice(0, MAX_ERRORS).map((issue) => ({
    path: shown(v.getDotPath(issue) ?? ""),
    message: messageOf(issue, what),
  }));
}

/** The schema's own message for a fault, or a general one that does not quote the value. */
function messageOf({ type, expected, received, message }: v.BaseIssue<unknown>, what: string): string {
  if (!message.startsWith("Invalid ")) return message;
  if (expected === "never") return `There is no such ${what}.`;
  if (received === "undefined") return `This ${what} is needed.`;
  const bound = expected?.replace(/^[<>]=/, "") ?? "";
  switch (type) {
    case "max_value":
      return `It must be at most ${bound}.`;
    case "min_value":
      return `It must be at least ${bound}.`;
    case "max_length":
      return `It may have ${bound} characters or items at most.`;
    case "min_length":
      return `It must have ${bound} characters or items at least.`;
    case "picklist":
      return `It must be one of ${bound.replaceAll(/[()"]/g, "").replaceAll(" | ", ", ")}.`;
    default:
      return `It must be ${withArticle(expected?.toLowerCase() ?? type.replaceAll("_", " "))}.`;
  }
}

const withArticle = (what: string): string => {
  if (!/^(?:array|boolean|integer|number|object|string)$/.test(what)) return what;
  return `${/^[aio]/.test(what) ? "an" : "a"} ${what}`;
};

/** The caller chose the names of the fields, so they are shortened and cleaned. */
const shown = (name: string): string => name.slice(0, 100).replaceAll(/[^\x20-\x7e]/g, "?");

/**
 * Turns a text of a path or query into the type of its field. A text that does not fit stays a text, and the schema
 * refuses it.
 */
function typed(schema: unknown, text: string): unknown {
  switch (typeOf(schema)) {
    case "number":
      return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    default:
      return text;
  }
}

/** The type beneath `optional`, `nullable` and `pipe`. */
function typeOf(schema: unknown): string {
  if (typeof schema !== "object" || schema === null || !("type" in schema)) return "";
  if ("wrapped" in schema) return typeOf(schema.wrapped);
  return String(schema.type);
}
