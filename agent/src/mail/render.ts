// A notice in words: subject, plain text, and simple HTML with the same words. Values are escaped, and a value can
// never become a placeholder, a header or a link.

import { harmless } from "./harmless.ts";
import type { Notice } from "./notice.ts";
import { type Placeholder, type Text, type Texts, textOf } from "./words.ts";

/** A mail in words. */
export type Rendered = { readonly subject: string; readonly text: string; readonly html: string };

type Values = Readonly<Partial<Record<Placeholder, string>>>;

/** What the texts of one deployment have in common. */
export type Wording = {
  readonly organisation: string;
  readonly contact?: string | undefined;
  /** For people whose language is not known. */
  readonly language: string;
  readonly timeZone: string;
};

/** Undefined: there is no such text, so the agent is older than the gateway. */
export function render(notice: Notice, texts: Texts, settings: Wording): Rendered | undefined {
  const { kind, facts } = notice;
  const textNamed = (name: string): Text | undefined => textOf(texts, name, [notice.language, settings.language]);
  const helpdesk = facts.helpdesk === true;
  const person = textNamed(kind);
  const special = helpdesk ? textNamed(`${kind}.helpdesk`) : facts.number && textNamed(`${kind}.self`);
  const titled = person ?? (special || undefined);
  const own = special || (helpdesk ? textNamed("other.helpdesk") : person);
  if (own === undefined || titled === undefined) return undefined;
  const many = facts.count === undefined ? undefined : textNamed(helpdesk ? "many.helpdesk" : "many");
  // A person whose language has no texts reads the usual one, and its dates.
  const spoken = notice.language !== null && texts.has(notice.language.slice(0, 2).toLowerCase());
  const values = valuesOf(notice, spoken ? (notice.language ?? settings.language) : settings.language, settings);
  return filled(many ?? own, { ...values, subject: fill(titled.subject, values) ?? withoutBraces(titled.subject) });
}

function valuesOf({ facts, name, link }: Notice, language: string, settings: Wording): Values {
  const time = (iso: string): string =>
    new Intl.DateTimeFormat(localeOf(language), {
      ...{ dateStyle: "long", timeStyle: "short", timeZone: settings.timeZone },
    }).format(new Date(iso)) + (settings.timeZone === "UTC" ? " UTC" : "");
  const said = {
    ...{ name: name ?? undefined, device: facts.device, network: facts.network, label: facts.label },
    ...{ what: facts.what, number: facts.number },
    ...{ organisation: settings.organisation, contact: settings.contact },
  };
  const values: Partial<Record<Placeholder, string>> = { at: time(facts.at) };
  for (const [key, value] of Object.entries(said) as [Placeholder, string | undefined][]) {
    const text = value === undefined ? "" : key === "organisation" || key === "contact" ? value : harmless(value);
    if (text !== "") values[key] = text;
  }
  // The gateway has checked these: a SIP address without `sip:`, and an address and a link of its own.
  if (facts.user !== undefined) {
    values.user = facts.user;
    values.name ??= facts.user;
  }
  if (facts.expiresAt !== undefined) values.expiresAt = time(facts.expiresAt);
  if (facts.count !== undefined) values.count = String(facts.count);
  if (facts.portal !== undefined && /^https?:\/\/[a-z0-9.:-]+$/.test(facts.portal)) values.portal = facts.portal;
  if (link !== undefined && /^https?:\/\/[^\s"<>]+$/.test(link)) values.link = link;
  return values;
}

/** A language that JavaScript knows; English else. */
function localeOf(language: string): string {
  try {
    return Intl.getCanonicalLocales(language)[0] ?? "en";
  } catch {
    return "en";
  }
}

function filled({ subject, body }: Text, values: Values): Rendered | undefined {
  const paragraphs = body.flatMap((paragraph) => {
    const lines = (typeof paragraph === "string" ? [paragraph] : paragraph).flatMap((line) => {
      const said = fill(line, values);
      return said === undefined ? [] : [{ said, isLink: line === "{link}" }];
    });
    return lines.length === 0 ? [] : [lines];
  });
  return {
    // A header is one line, whatever a value has.
    subject: (fill(subject, values) ?? withoutBraces(subject)).replace(/[\p{Cc}\s]+/gu, " ").trim(),
    text: `${paragraphs.map((lines) => lines.map(({ said }) => said).join("\n")).join("\n\n")}\n`,
    html: `<!doctype html><html><body style="font-family: sans-serif">${paragraphs
      .map((lines) => {
        const html = lines.map(({ said, isLink }) => (isLink ? anchor(said) : escaped(said)));
        return `<p>${html.join("<br>")}</p>`;
      })
      .join("")}</body></html>`,
  };
}

const withoutBraces = (subject: string): string => subject.replace(/\{\w+\}/g, "").replace(/[:\s]+$/, "");

/**
 * Fills a line in one pass, so a value that looks like a placeholder stays as it is. Undefined: a value is not known.
 */
function fill(line: string, values: Values): string | undefined {
  let whole = true;
  const said = line.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name as Placeholder] : undefined;
    if (value === undefined) whole = false;
    return value ?? "";
  });
  return whole ? said : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
const anchor = (url: string): string => `<a href="${escaped(url)}">${escaped(url)}</a>`;
