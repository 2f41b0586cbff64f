// Says in words of a person what an event is, and what to do about it. Pure.

import type { Explanations, Said } from "./explanations.ts";
import { ENGLISH } from "./explanations-english.ts";
import { GERMAN } from "./explanations-german.ts";

/** The languages that there are. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** What the explanation needs of an event. `by`: the name of who made a change. Times are ISO 8601. */
export type ToExplain = {
  readonly outcome: string;
  readonly reason: string;
  readonly channel: string;
  readonly source: string;
  readonly user: string | null;
  readonly by: string | null;
  readonly why: string | null;
  /** What was changed: `before` and `after`. */
  readonly change: Readonly<Record<string, unknown>> | null;
  readonly repeats: number | null;
  readonly waitUntil: string | null;
  readonly wouldRefuse: string | null;
};

/** A sentence or two about what happened; and what to do, null where there is nothing to do. */
export type Explained = { readonly said: string; readonly fix: string | null };

const TEXTS: Readonly<Record<Language, Explanations>> = { en: ENGLISH, de: GERMAN };
/** The id with which the note of a change to an administrator or a token begins. */
const ID_BEFORE = /^[at]_[a-z2-7]{16}(?::\s*|$)/;
const STATUS = /^front-end-\d+$/;

/** The reason of an event in a sentence, without who and from where; the bare word where no text explains it. */
export function reasonIn(event: ToExplain, language: Language): string {
  const [said] = reasonOf(event, TEXTS[language]);
  return said?.replaceAll("{code}", event.reason).replaceAll(/ ?\{\w+\}/g, "") ?? `${event.reason}.`;
}

/** Explains an event. A reason that an older or newer release wrote is explained by its outcome alone. */
export function explained(event: ToExplain, language: Language): Explained {
  const texts = TEXTS[language];
  const [said, fix] = reasonOf(event, texts);
  const { after } = texts;
  const why = event.why?.replace(ID_BEFORE, "").replace(/[.\s]+$/, "") ?? "";
  const values: Readonly<Record<string, string>> = {
    who: event.user?.replace(/^sip:/, "") ?? texts.nobody,
    by:
      event.channel === "portal"
        ? texts.person
        : (event.by ?? (event.channel === "clock" ? texts.itself : texts.nobody)),
    from: event.source === "unknown" ? texts.somewhere : event.source,
    named: nameIn(event.change),
    code: event.wouldRefuse ?? event.reason,
    n: String(event.repeats),
    time: `${event.waitUntil?.slice(0, 16).replace("T", " ")} UTC`,
    why,
  };
  const sentences = [
    leadOf(event, texts.lead),
    said?.replaceAll("{code}", event.reason),
    event.repeats !== null && event.repeats > 1 ? after.repeats : undefined,
    event.waitUntil === null ? undefined : after.waits,
    event.wouldRefuse === null ? undefined : after.wouldRefuse,
    why === "" ? undefined : after.why,
  ];
  const fill = (sentence: string): string =>
    sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string, at: number) => {
      const value = values[name] ?? whole;
      // An address or a name keeps its spelling, also where a sentence begins with it.
      return at === 0 && [texts.nobody, texts.itself, texts.person].includes(value) ? upper(value) : value;
    });
  const filled = sentences.filter((each) => each !== undefined).map(fill);
  return { said: filled.join(" "), fix: fix ?? null };
}

function leadOf({ outcome, channel, user }: ToExplain, lead: Explanations["lead"]): string | undefined {
  const guest = channel === "guest";
  switch (outcome) {
    case "signed-in":
      return guest ? lead.guestIn : lead.signedIn;
    case "refused":
      if (channel === "device" || channel === "ticket") return lead.blocked;
      if (channel === "admin") return lead.key;
      return guest ? lead.guestOut : user === null ? lead.refusedNobody : lead.refused;
    case "failed":
      return guest ? lead.guestOut : lead.failed;
    case "allowed":
    case "quarantined":
    case "blocked":
      return lead[outcome];
    default:
      return undefined;
  }
}

function reasonOf({ outcome, reason, channel }: ToExplain, texts: Explanations): Said | readonly [] {
  const guest = channel === "guest" ? texts.guest[reason] : undefined;
  if (guest !== undefined) return guest;
  // The sign-in page takes the same passphrase and code as the portal.
  const portal = channel === "portal" || channel === "passive" ? texts.portal[reason] : undefined;
  if (portal !== undefined) return portal;
  if (STATUS.test(reason)) return outcome === "refused" ? texts.guestStatus : texts.status;
  const found = (of: Readonly<Record<string, Said>>): Said | undefined =>
    Object.hasOwn(of, reason) ? of[reason] : undefined;
  switch (outcome) {
    case "signed-in":
      return found(texts.signedIn) ?? [];
    case "refused":
      // The password of a blocked device is refused with the device's reason.
      return found(texts.refused) ?? found(texts.device) ?? [];
    case "failed":
      return found(texts.failed) ?? [];
    case "changed":
      return found(texts.changed) ?? (reason.startsWith("user-") ? texts.settings : [`${reason}.`]);
    default:
      return found(texts.device) ?? found(texts.changed) ?? texts.rule;
  }
}

/** The address or the name of what was changed, in brackets behind a space; empty where the change has neither. */
function nameIn(change: ToExplain["change"]): string {
  for (const part of [change?.after, change?.before]) {
    if (typeof part !== "object" || part === null) continue;
    const { email, name }: { email?: unknown; name?: unknown } = part;
    const found = [email, name].find((each) => typeof each === "string");
    if (found !== undefined) return ` (${String(found)})`;
  }
  return "";
}

const upper = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);
