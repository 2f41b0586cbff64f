// The body with which a UCWA client creates its application, `POST …/ucwa/…/applications`, and names its device. It
// goes to the Front-End byte for byte, so Postern refuses a body that another reader could read differently: two
// properties whose names differ only in spelling, a property in an unexpected place, a text that is split by a comment.
// Source: UCWA documentation, "applications" and "Create an application".

import { readXml, type XmlFault } from "../lync/xml.ts";
import { ok, type Result, refuse } from "../result.ts";
import { isPrintable, printable } from "../text/printable.ts";
import { MAX_CULTURE_CHARS, MAX_USER_AGENT_CHARS } from "./bounds.ts";
import { deviceIdOf } from "./device-id.ts";
import { readJsonObject } from "./json-object.ts";
import type { DeviceId } from "./types.ts";

/** Largest body that is read, bytes: five values of at most 100 characters (UCWA reference) and room for their XML. */
export const MAX_APPLICATION_REQUEST_BYTES = 16 * 1024;

/** What a client says about itself. A text is empty when the client did not send it. */
export type ApplicationRequest = {
  /** From `EndpointId`. */
  readonly deviceId: DeviceId;
  /** `Phone`, `Browser`, … as sent. */
  readonly type: string;
  readonly userAgent: string;
  /** Such as `en-US`. */
  readonly culture: string;
  /** By which a client finds its own earlier application again; as sent. */
  readonly instanceId: string;
};

/**
 * `unknown-content-type`: neither JSON nor XML, or no content type. `not-input`: XML of another vocabulary.
 * `ambiguous`: see above. `not-text`: a known property that is neither a string nor null. `bad-endpoint-id`: missing,
 * or a text that cannot be the id of a device. `bad-instance-id`: the Front-End would refuse it as well.
 */
export type ApplicationRequestFault =
  | XmlFault
  | "unknown-content-type"
  | "not-json"
  | "not-input"
  | "ambiguous"
  | "not-text"
  | "bad-endpoint-id"
  | "bad-instance-id";

// UCWA's own types have two spellings. Its reference has one; its page about versions, and newer clients, have the
// other.
const JSON_TYPES = new Set([
  "application/json",
  "application/vnd.microsoft.com.ucwa+json",
  "application/vnd.microsoft.ucwa+json",
]);
const XML_TYPES = new Set([
  "application/xml",
  "application/vnd.microsoft.com.ucwa+xml",
  "application/vnd.microsoft.ucwa+xml",
  "text/xml",
]);

/** Longest `InstanceId` (UCWA reference). */
const MAX_INSTANCE_ID_CHARS = 100;
const MAX_TYPE_CHARS = 32;

/**
 * Reads the body, decoded from at most {@link MAX_APPLICATION_REQUEST_BYTES} of UTF-8 without a byte order mark, only
 * in the way its content type says.
 */
export function readApplicationRequest(
  contentType: string,
  text: string,
): Result<ApplicationRequest, ApplicationRequestFault> {
  if (text.length > MAX_APPLICATION_REQUEST_BYTES) return refuse("too-large");
  const mediaType = contentType.split(";", 1).join("").trim().toLowerCase();
  const properties = JSON_TYPES.has(mediaType)
    ? fromJson(text)
    : XML_TYPES.has(mediaType)
      ? fromXml(text)
      : refuse("unknown-content-type");
  if (!properties.ok) return properties;
  const textOf = (name: PropertyName): string => properties.value.get(name) ?? "";
  const deviceId = deviceIdOf("endpoint", textOf("endpointid"));
  if (deviceId === undefined) return refuse("bad-endpoint-id");
  const instanceId = textOf("instanceid");
  if (instanceId.length > MAX_INSTANCE_ID_CHARS || !isPrintable(instanceId)) return refuse("bad-instance-id");
  return ok({
    deviceId,
    type: printable(textOf("type").trim(), MAX_TYPE_CHARS),
    userAgent: printable(textOf("useragent").trim(), MAX_USER_AGENT_CHARS),
    culture: printable(textOf("culture").trim(), MAX_CULTURE_CHARS),
    instanceId,
  });
}

/** In lower case; clients use any case. */
const PROPERTY_NAMES = ["endpointid", "useragent", "culture", "instanceid", "type"] as const;
type PropertyName = (typeof PROPERTY_NAMES)[number];
type Properties = ReadonlyMap<PropertyName, string>;

/**
 * Which property a name means; undefined when it is not one of ours. `ambiguous` when only some readers would take it
 * for one of ours, because they fold letters that others do not (`ı`, `ſ`, wide letters) or remove white space.
 */
function propertyOf(name: string): PropertyName | "ambiguous" | undefined {
  const known = (text: string): PropertyName | undefined => PROPERTY_NAMES.find((each) => each === text);
  const exact = known(name.toLowerCase());
  if (exact !== undefined) return exact;
  const folded = name
    .normalize("NFKD")
    .replaceAll(/[\s\p{M}\p{Cc}\p{Cf}]/gu, "")
    .toUpperCase()
    .toLowerCase();
  return known(folded) === undefined ? undefined : "ambiguous";
}

function fromJson(text: string): Result<Properties, ApplicationRequestFault> {
  const members = readJsonObject(text);
  if (!members.ok) return members;
  const properties = new Map<PropertyName, string>();
  const names = new Set<string>();
  for (const { name, value } of members.value) {
    const property = propertyOf(name);
    const plainName = name.toLowerCase();
    if (property === "ambiguous" || names.has(plainName)) return refuse("ambiguous");
    names.add(plainName);
    if (property === undefined) continue;
    if (value === undefined) return refuse("not-text");
    if (value !== null) properties.set(property, value); // .NET writes null for a value it does not have
  }
  return ok(properties);
}

const UCWA_NS = "http://schemas.microsoft.com/rtc/2012/03/ucwa";

function fromXml(text: string): Result<Properties, ApplicationRequestFault> {
  const properties = new Map<PropertyName, string>();
  const names = new Set<string>();
  let depth = 0;
  let reading: { readonly property: PropertyName; value: string } | undefined;
  const read = readXml<ApplicationRequestFault>(text, (fail) => ({
    open: (tag) => {
      depth++;
      if (reading !== undefined) fail("not-text");
      const ours = tag.uri === UCWA_NS;
      if (depth === 1) {
        if (!ours || tag.local !== "input") fail("not-input");
      } else if (tag.local.toLowerCase() === "property") {
        const named = Object.values(tag.attributes).filter(({ local }) => local.toLowerCase() === "name");
        const name = tag.attributes.name?.value;
        if (!ours || depth !== 2 || tag.local !== "property" || name === undefined || named.length > 1) {
          return fail("ambiguous");
        }
        const property = propertyOf(name);
        if (property === "ambiguous" || names.has(name.toLowerCase())) return fail("ambiguous");
        names.add(name.toLowerCase());
        reading = property && { property, value: "" };
      }
    },
    text: (piece) => {
      if (reading !== undefined) reading.value += piece;
    },
    aside: () => {
      if (reading !== undefined) fail("ambiguous");
    },
    close: () => {
      depth--;
      if (reading !== undefined) properties.set(reading.property, reading.value);
      reading = undefined;
    },
  }));
  return read.ok ? ok(properties) : read;
}
