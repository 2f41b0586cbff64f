// What a client says about itself when it creates an application. Clients disagree about everything but the meaning:
// JSON with keys in any case (one published sample even ends in a comma), or XML with a property element per key.

import { attributeOf, elements, parseXml, textOf } from "./xml.ts";

/** The longest value of any property, UCWA reference. */
const MAX_PROPERTY_CHARS = 100;

/** `endpointId` is what a gateway takes the device for. */
export interface ApplicationInput {
  readonly userAgent: string;
  readonly endpointId: string;
  readonly culture: string;
  readonly instanceId?: string;
  /** `Phone`, `Browser`, … as sent. */
  readonly type?: string;
}

/** Reads the body of POST applications; undefined when a required property is missing or one is too long. */
export function readApplicationInput(contentType: string, body: string): ApplicationInput | undefined {
  const properties = /xml/i.test(contentType) ? fromXml(body) : fromJson(body);
  if (!properties) return undefined;
  const [userAgent, endpointId, culture] = ["useragent", "endpointid", "culture"].map((key) => properties.get(key));
  if (!userAgent || !endpointId || !culture) return undefined;
  if ([...properties.values()].some((value) => value.length > MAX_PROPERTY_CHARS)) return undefined;
  const instanceId = properties.get("instanceid");
  const type = properties.get("type");
  return {
    userAgent,
    endpointId,
    culture,
    ...(instanceId === undefined ? {} : { instanceId }),
    ...(type === undefined ? {} : { type }),
  };
}

function fromJson(body: string): Map<string, string> | undefined {
  const value = parseLenient(body);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const properties = new Map<string, string>();
  for (const [key, property] of Object.entries(value)) {
    if (typeof property === "string") properties.set(key.toLowerCase(), property);
  }
  return properties;
}

/** JSON, also with a comma before the closing brace. */
function parseLenient(body: string): unknown {
  try {
    return JSON.parse(body.replace(/,\s*\}\s*$/, "}"));
  } catch {
    return undefined;
  }
}

function fromXml(body: string): Map<string, string> | undefined {
  const root = parseXml(body);
  if (root?.local !== "input") return undefined;
  const properties = new Map<string, string>();
  for (const property of elements(root)) {
    const name = attributeOf(property, "name");
    if (property.local === "property" && name !== undefined) properties.set(name.toLowerCase(), textOf(property));
  }
  return properties;
}
