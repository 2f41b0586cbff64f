// Reads the body with which a UCWA client creates its application (`POST …/ucwa/…/applications`) and names its device.
// The body goes to the Front-End byte for byte. So Postern refuses a body that another reader could read differently:
// with two properties whose names differ only in spelling, a property at an unexpected position, or a text that a
// comment splits. Source: UCWA documentation, "applications" and "Create an application".

import { readXml, type XmlFault } from "../lync/xml.ts";
import { ok, type Result, refuse } from "../result.ts";
import { isPrintable, printable } from "../text/printable.ts";
import { MAX_CULTURE_CHARS, MAX_USER_AGENT_CHARS } from "./bounds.ts";
import { deviceIdOf } from "./device-id.ts";
import { readJsonObject } from "./json-object.ts";
import type { DeviceId } from "./types.ts";

/** Largest body that is read, in bytes. It has five values of at most 100 characters (UCWA reference) and their XML. */
export const MAX_APPLICATION_REQUEST_BYTES = 16 * 1024;

/** What a client says about itself. A text is empty if the client did not send it. */
export type ApplicationRequest = {
  /** The device's id, from `EndpointId`. */
  readonly deviceId: DeviceId;
  /** `Phone`, `Browser`, … as sent. */
  readonly type: string;
  readonly userAgent: string;
  /** Such as `en-US`. */
  readonly culture: string;
  /** The id by which a client finds its own earlier application again, as sent. */
  readonly instanceId: string;
};

/**
 * `unknown-content-type`: neither JSON nor XML, or no content type. `not-input`: XML of another vocabulary.
 * `ambiguous`: another reader could read it differently. `not-text`: a known property that is neither a string nor
 * null. `bad-endpoint-id`: missing, or a text that cannot be the id of a device. `bad-instance-id`: the Front-End would
 * refuse it too.
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

// UCWA's own types have two spellings: one in its reference, and one in its page about versions and in newer clients.
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
 * Reads the body as its content type says, and in no other way. `body`: decoded from at most
 * {@link MAX_APPLICATION_REQUEST_BYTES} of UTF-8 without a byte order mark.
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

/** The known properties, in lower case. Clients use any case. */
const PROPERTY_NAMES = ["endpointid", "useragent", "culture", "instanceid", "type"] as const;
type PropertyName = (typeof PROPERTY_NAMES)[number];
type Properties = ReadonlyMap<PropertyName, string>;

/**
 * Which known property a name means. Undefined if it is none. `ambiguous`: only some readers would take it for a known
 * property, because they fold letters that others do not fold (`ı`, `ſ`, wide letters) or remove white space.
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
