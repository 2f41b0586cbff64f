// Reads what a client says about itself when it creates an application. Clients send JSON with keys in any case, or XML
// with one property element for each key. One published sample of JSON even ends with a comma.

import { attributeOf, elements, parseXml, textOf } from "./xml.ts";

/** The longest value of any property (UCWA reference). */
const MAX_PROPERTY_CHARS = 100;

/** The properties of a new application. A gateway takes `endpointId` for the device's id. */
export interface ApplicationInput {
  readonly userAgent: string;
  readonly endpointId: string;
  readonly culture: string;
  readonly instanceId?: string;
  /** `Phone`, `Browser`, … as sent. */
  readonly type?: string;
}

/** Reads the body of POST applications. Undefined if a required property is missing, or one is too long. */
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

/** Reads JSON, even with a comma before the closing brace. */
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
