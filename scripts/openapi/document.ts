// Makes the OpenAPI 3.1 document of the API from its operations. Schemas with a title become components, so a generated
// client has a type of that name.

import { toJsonSchema } from "@valibot/to-json-schema";
import * as v from "valibot";
import type { Operation, Schema } from "../../src/api/operation.ts";
import { PROBLEMS, type ProblemCode } from "../../src/api/problem.ts";
import { allowedScopes } from "../../src/api/roles.ts";
import { problemSchema } from "../../src/api/schemas/problem.ts";

type Json = Readonly<Record<string, unknown>>;

/** Problems that every operation may have. */
const COMMON: readonly ProblemCode[] = ["too-many-requests", "internal", "unavailable"];
const JSON_TYPE = "application/json";

/** The document. */
export function openApiOf(operations: readonly Operation[]): Json {
  const named = new Map<string, Schema>([["Problem", problemSchema]]);
  for (const { answer, body } of operations) for (const schema of [answer, body]) if (schema) collect(schema, named);
  const paths: Record<string, Record<string, Json>> = {};
  const responses = new Map<string, Json>();
  for (const operation of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method.toLowerCase()]: described(operation, named, responses),
    };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Postern API",
      version: "1",
      description: "Administrates Postern. docs/api.md says how to begin.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "https://{host}", variables: { host: { default: "postern-admin.example.com" } } }],
    security: [{ token: [] }],
    tags: [...new Set(operations.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries([...named].toSorted(byName).map(([name, schema]) => [name, whole(schema, named)])),
      responses: Object.fromEntries([...responses].toSorted(byName)),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "A token (`pt_…`), or a key of ADMIN_KEYS." },
      },
    },
  };
}

function described(operation: Operation, named: ReadonlyMap<string, Schema>, responses: Map<string, Json>): Json {
  const { id, method, scope, summary, description, params, query, body, answer, status = 200, streams } = operation;
  const allowed = allowedScopes(scope);
  const content = Object.fromEntries(
    (streams ?? [JSON_TYPE]).map((type) => [
      type,
      { schema: streams ? { type: "string" } : jsonOf(answer, named, "output") },
    ]),
  );
  const header = (name: string, required: boolean, text: string): Json => ({
    ...{ name, in: "header", required, description: text },
    schema: { type: "string" },
  });
  const parameters = [
    ...parametersOf("path", params, named),
    ...parametersOf("query", query, named),
    ...(method === "POST"
      ? [header("Idempotency-Key", false, "A repeated request with it gets the first one's answer.")]
      : []),
    ...(operation.ifMatch ? [header("If-Match", operation.ifMatch === "required", "The ETag of what was seen.")] : []),
  ];
  return {
    operationId: id,
    tags: [tagOf(operation)],
    summary,
    description: [description, `Scopes: ${allowed.join(", ")}.`].filter((each) => each !== undefined).join("\n\n"),
    "x-scopes": allowed,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: { required: needed(body), content: { [JSON_TYPE]: { schema: jsonOf(body, named, "input") } } },
        }),
    responses: { [String(status)]: { description: "Done.", content }, ...problemsOf(operation, responses) },
  };
}

const tagOf = ({ id }: Operation): string => id.split(".")[0] ?? id;

/** Whether a body without any field is refused. */
const needed = (body: Schema): boolean => !v.safeParse(body, {}).success;

function parametersOf(
  where: "path" | "query",
  fields: Operation["params"],
  named: ReadonlyMap<string, Schema>,
): Json[] {
  return Object.entries(fields?.entries ?? {}).map(([name, entry]) => {
    const { description, ...schema } = jsonOf(entry as Schema, named, "input");
    const required = where === "path" || !v.safeParse(entry as Schema, undefined).success;
    return { name, in: where, required, ...(description === undefined ? {} : { description }), schema };
  });
}

/** By status: each a component that is named by its codes. */
function problemsOf(
  { problems, params, query, body, ifMatch, method, secret, scope }: Operation,
  responses: Map<string, Json>,
): Json {
  const codes: ProblemCode[] = [
    ...problems,
    ...(scope === "any" ? [] : (["forbidden-scope"] as const)),
    ...(params || query ? (["unusable-query"] as const) : []),
    ...(body ? (["unusable-body", "unsupported-media-type", "body-too-large", "invalid"] as const) : []),
    ...(ifMatch ? (["unusable-header", "changed-meanwhile"] as const) : []),
    ...(ifMatch === "required" ? (["precondition-required"] as const) : []),
    ...(method === "POST" ? (["unusable-header", "idempotency-key-reused", "still-running"] as const) : []),
    ...(secret ? (["already-done"] as const) : []),
    ...COMMON,
  ];
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of new Set(codes)) {
    const [status] = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, each]) => {
      const name = each.toSorted().join(".");
      responses.set(name, {
        description: each.map((code) => `\`${code}\`: ${PROBLEMS[code][1]}.`).join(" "),
        content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
      });
      return [String(status), { $ref: `#/components/responses/${name}` }];
    }),
  );
}

/** Finds every schema that has a title, in schemas that it is part of. */
function collect(schema: Schema, named: Map<string, Schema>): void {
  const name = titleOf(schema);
  if (name !== undefined) {
    if ((named.get(name) ?? schema) !== schema) throw new Error(`two schemas have the title ${name}`);
    if (named.has(name)) return;
    named.set(name, schema);
  }
  for (const part of partsOf(schema)) collect(part, named);
}

function titleOf(schema: object): string | undefined {
  if (!("pipe" in schema) || !Array.isArray(schema.pipe)) return undefined;
  return schema.pipe.find((action: { type: string }) => action.type === "title")?.title;
}

function partsOf(schema: object): Schema[] {
  const parts: unknown[] = [];
  for (const [key, value] of Object.entries(schema)) {
    if (key === "pipe" && Array.isArray(value))
      parts.push(...value.filter((each) => each !== schema && each.kind === "schema"));
    else if (key === "entries" && typeof value === "object" && value !== null) parts.push(...Object.values(value));
    else if (key === "options" && Array.isArray(value)) parts.push(...value);
    else if (["item", "wrapped", "value", "rest"].includes(key)) parts.push(value);
  }
  return parts.filter((part): part is Schema => typeof part === "object" && part !== null && "kind" in part);
}

function jsonOf(schema: Schema, named: ReadonlyMap<string, Schema>, typeMode: "input" | "output"): Json {
  const {
    $defs: _defs,
    $schema: _schema,
    ...json
  } = toJsonSchema(schema, {
    ...{ target: "draft-2020-12", typeMode },
    definitions: Object.fromEntries(named),
    ignoreActions: ["readonly", "trim", "to_lower_case", "check", "title"],
    overrideRef: ({ referenceId }) => `#/components/schemas/${referenceId}`,
  });
  return json as Json;
}

/** A component itself, with references to the others. */
function whole(schema: Schema, named: ReadonlyMap<string, Schema>): Json {
  return jsonOf(schema, new Map([...named].filter(([, each]) => each !== schema)), "output");
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
