// Writes UCWA resources as HAL JSON for most clients, or as the UCWA XML of 2012/03 for native phones. Accept chooses.
// A resource is described once, by links, properties and embedded resources, and can be written in either form.

import { type Answer, answer, type Exchange, type HeaderLine, noCache } from "./exchange.ts";
import { escapeXml } from "./xml.ts";

export interface Resource {
  readonly rel: string;
  /** Absolute or root-relative addresses by relation, `self` among them. */
  readonly links: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly embedded?: readonly Resource[];
}

/** UCWA's own XML type has two spellings. This is the one that the client accepts. */
export const ucwaXmlType = (exchange: Exchange): string =>
  /vnd\.microsoft\.ucwa\+xml/i.test(`${exchange.header("accept")} ${exchange.header("content-type")}`)
    ? "application/vnd.microsoft.ucwa+xml; charset=utf-8"
    : "application/vnd.microsoft.com.ucwa+xml; charset=utf-8";

const UCWA_NAMESPACE = "http://schemas.microsoft.com/rtc/2012/03/ucwa";

/** Writes a resource in the form the client accepts. */
export function resourceAnswer(
  exchange: Exchange,
  status: number,
  resource: Resource,
  headers: readonly HeaderLine[] = [],
): Answer {
  return wantsXml(exchange)
    ? answer(
        status,
        ucwaXmlType(exchange),
        `<?xml version="1.0" encoding="utf-8"?>${toXml(resource, ` xmlns="${UCWA_NAMESPACE}"`)}`,
        [...noCache, ...headers],
      )
    : answer(status, "application/json; charset=utf-8", JSON.stringify(toHal(resource)), [...noCache, ...headers]);
}

/** A UCWA error: a code word of the reference, a subcode, and a sentence. */
export function errorAnswer(exchange: Exchange, status: number, code: string, subcode?: string): Answer {
  const properties = { code, ...(subcode === undefined ? {} : { subcode }), message: `${subcode ?? code}.` };
  return wantsXml(exchange)
    ? answer(
        status,
        ucwaXmlType(exchange),
        `<?xml version="1.0" encoding="utf-8"?><reason xmlns="${UCWA_NAMESPACE}">${xmlProperties(properties)}</reason>`,
        noCache,
      )
    : answer(status, "application/json; charset=utf-8", JSON.stringify(properties), noCache);
}

function wantsXml(exchange: Exchange): boolean {
  const accept = exchange.header("accept") ?? "";
  const spoken = /json|xml/i.test(accept) ? accept : (exchange.header("content-type") ?? "");
  return /xml/i.test(spoken) && !/json/i.test(spoken);
}

function toHal(resource: Resource): Record<string, unknown> {
  const links = Object.fromEntries(Object.entries(resource.links).map(([rel, href]) => [rel, { href }]));
  const embedded = (resource.embedded ?? []).map((inner) => [inner.rel, toHal(inner)]);
  return {
    ...resource.properties,
    _links: links,
    ...(embedded.length > 0 ? { _embedded: Object.fromEntries(embedded) } : {}),
    rel: resource.rel,
  };
}

function toXml(resource: Resource, namespace = ""): string {
  const { self = "", ...others } = resource.links;
  const links = Object.entries(others).map(([rel, href]) => `<link rel="${rel}" href="${escapeXml(href)}"/>`);
  const embedded = (resource.embedded ?? []).map((inner) => toXml(inner));
  const content = `${links.join("")}${xmlProperties(resource.properties ?? {})}${embedded.join("")}`;
  // The event channel has an element of its own, as in the samples of the reference.
  const [element, rel] = resource.rel === "events" ? ["events", ""] : ["resource", ` rel="${resource.rel}"`];
  return `<${element}${rel} href="${escapeXml(self)}"${namespace}>${content}</${element}>`;
}

const xmlProperties = (properties: Readonly<Record<string, unknown>>): string =>
  Object.entries(properties)
    .map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return `<property name="${name}">${escapeXml(text)}</property>`;
    })
    .join("");
