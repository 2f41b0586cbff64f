// One entry of what happened as a sentence, with what is said beneath it. Pure.

import type { Locale } from "../../web/locale.ts";
import { whyOf } from "../devices/arrival.ts";
import { arrivalWords } from "../devices/arrival-words.ts";
import { clientSaid } from "../devices/said.ts";
import type { Told } from "./told.ts";
import { words } from "./words.ts";

/** What the sentence needs to know beside the entry. `nameOf`: what the person calls a device or an app password. */
export type Around = {
  readonly locale: Locale;
  readonly place: string;
  readonly nameOf: (entry: Pick<Told, "device" | "credentialId">) => string | undefined;
  /** Whether a reason is the code of a rule of the policy. */
  readonly isRule: (reason: string) => boolean;
};

export type Sentence = {
  readonly says: string;
  readonly more: readonly string[];
  readonly tone: "quiet" | "good" | "wait" | "bad";
};

/** What is said of an entry. */
export function sentenceOf(entry: Told, { locale, place, nameOf, isRule }: Around): Sentence {
  const t = words[locale];
  const { what, count, userAgent } = entry;
  const client = userAgent === "" ? undefined : clientSaid(userAgent, locale);
  const device = nameOf(entry);
  const named =
    device === undefined ? (client ?? t.aDevice) : `“${device}”${client === undefined ? "" : ` (${client})`}`;
  switch (what.kind) {
    case "tried":
      if (what.portal) {
        return what.own
          ? { says: t.triedPortalOwn(count, place), more: [t.triedPortalOwnMore], tone: "quiet" }
          : { says: t.triedPortal(count, place), more: [], tone: "wait" };
      }
      return what.own
        ? { says: t.triedOwn(count, place), more: [t.triedOwnMore], tone: "quiet" }
        : { says: t.tried(count, place), more: [], tone: "wait" };
    case "signed-in":
      return { says: t.signedIn(quoted(named, locale), count, place), more: [], tone: "quiet" };
    case "portal":
      return { says: t.portal(t.how[what.how] ?? t.howOther, place), more: [], tone: "quiet" };
    case "page":
      return { says: t.page(t.how[what.how] ?? t.howOther, place), more: [], tone: "quiet" };
    case "failed":
      return { says: t.failed(count), more: [], tone: "quiet" };
    case "device-in":
      return { says: t.deviceIn(quoted(named, locale), place), more: [], tone: "good" };
    case "device-waits":
      return { says: t.deviceWaits(quoted(named, locale), place), more: [], tone: "wait" };
    case "device-refused": {
      const [says, todo] = arrivalWords[locale].why[whyOf(what.reason, isRule(what.reason))];
      return { says: t.deviceRefused(quoted(named, locale), place, count), more: [says, todo], tone: "wait" };
    }
    case "changed": {
      const text = t.changed[what.reason] ?? t.changedOther;
      const values: Readonly<Record<string, string>> = {
        "{device}": device === undefined ? lowered(t.yourDevice, text) : quoted(`“${device}”`, locale),
        "{label}": entry.label ?? device ?? "?",
      };
      // In one step: a name may itself look like a placeholder.
      const says = text.replace(/\{\w+\}/g, (name) => values[name] ?? name);
      const saysWho = text.startsWith(locale === "de" ? "Sie " : "You ") || NOBODYS.has(what.reason);
      const who = saysWho ? [] : [what.bySelf ? t.byYou : t.byOthers];
      return { says, more: who, tone: "quiet" };
    }
  }
}

/** Nobody did this, or nobody knows who it was. */
const NOBODYS: ReadonlySet<string> = new Set(["invitation-used", "certificate-left"]);

/** German has other quotation marks. */
const quoted = (text: string, locale: Locale): string =>
  locale === "de" ? text.replaceAll("“", "„").replaceAll("”", "“") : text;

/** Within a sentence, it begins with a small letter. */
const lowered = (text: string, sentence: string): string =>
  sentence.startsWith("{device}") ? text : text.charAt(0).toLowerCase() + text.slice(1);
