// The sentences of what happened, word by word, in both languages: they are read by people in a hurry.

import { describe, expect, it } from "vitest";
import { REASONS_BY_OUTCOME } from "../../audit/reasons.ts";
import type { Locale } from "../../web/locale.ts";
import { sentenceOf } from "./sentence.ts";
import type { Told, ToldKind } from "./told.ts";

const IPHONE = "iPhoneLync/5.8.1346.0 (iPhone; iOS 9.3)";

const said = (what: ToldKind, more: Partial<Told> & { readonly named?: string } = {}, locale: Locale = "en") => {
  const { named, ...given } = more;
  const entry: Told = {
    ...{
      id: "e_1",
      what,
      count: 1,
      first: 0,
      last: 0,
      userAgent: IPHONE,
      device: null,
      credentialId: null,
      label: null,
    },
    from: { network: "203.0.113.0", country: "PL", city: "Warsaw" },
    ...given,
  };
  const around = { locale, place: locale === "en" ? "Warsaw, Poland" : "Warschau, Polen" };
  return sentenceOf(entry, { ...around, nameOf: () => named, isRule: (reason) => reason === "no-jailbreak" });
};

type Case = readonly [what: ToldKind, more: Parameters<typeof said>[1], en: string, de: string];

const CASES: readonly Case[] = [
  [
    { kind: "tried", own: false, portal: false },
    { count: 14 },
    "Somebody tried your account 14 times from Warsaw, Poland. None got in.",
    "Jemand hat Ihr Konto 14 Mal probiert, aus Warschau, Polen. Niemand kam hinein.",
  ],
  [
    { kind: "tried", own: false, portal: false },
    {},
    "Somebody tried your account from Warsaw, Poland, and did not get in.",
    "Jemand hat Ihr Konto probiert, aus Warschau, Polen, und kam nicht hinein.",
  ],
  [
    { kind: "tried", own: true, portal: false },
    { count: 2 },
    "2 sign-ins were refused, from Warsaw, Poland. You have signed in from there before.",
    "2 Anmeldungen wurden abgewiesen, aus Warschau, Polen. Von dort haben Sie sich schon angemeldet.",
  ],
  [
    { kind: "tried", own: true, portal: true },
    {},
    "A sign-in to this page was refused, from Warsaw, Poland.",
    "Eine Anmeldung auf dieser Seite wurde abgewiesen, aus Warschau, Polen.",
  ],
  [
    { kind: "tried", own: false, portal: true },
    { count: 3 },
    "Somebody tried to sign in to this page as you 3 times from Warsaw, Poland. None got in.",
    "Jemand wollte sich auf dieser Seite 3 Mal als Sie anmelden, aus Warschau, Polen. Niemand kam hinein.",
  ],
  [
    { kind: "signed-in", credentialId: "p_1" },
    { named: "My phone", count: 2 },
    "“My phone” (iPhone, Lync 5.8) signed in 2 times, from Warsaw, Poland.",
    "„My phone“ (iPhone, Lync 5.8) hat sich 2 Mal angemeldet, aus Warschau, Polen.",
  ],
  [
    { kind: "signed-in", credentialId: "p_1" },
    { userAgent: "" },
    "A device signed in, from Warsaw, Poland.",
    "Ein Gerät hat sich angemeldet, aus Warschau, Polen.",
  ],
  [
    { kind: "signed-in", credentialId: "p_1" },
    { named: "My phone", userAgent: "curl/8.1.2" },
    "“My phone” (curl 8.1) signed in, from Warsaw, Poland.",
    "„My phone“ (curl 8.1) hat sich angemeldet, aus Warschau, Polen.",
  ],
  [
    { kind: "signed-in", credentialId: "p_1" },
    { named: "My phone", userAgent: "" },
    "“My phone” signed in, from Warsaw, Poland.",
    "„My phone“ hat sich angemeldet, aus Warschau, Polen.",
  ],
  [
    { kind: "portal", how: "passkey" },
    {},
    "You signed in to this page with a passkey, from Warsaw, Poland.",
    "Sie haben sich mit einem Passkey auf dieser Seite angemeldet, aus Warschau, Polen.",
  ],
  [
    { kind: "failed" },
    {},
    "A sign-in did not work because a server did not answer. You did nothing wrong.",
    "Eine Anmeldung ging nicht, weil ein Server nicht geantwortet hat. Sie haben nichts falsch gemacht.",
  ],
  [
    { kind: "device-in", reason: "enrolled" },
    { named: "My phone" },
    "“My phone” (iPhone, Lync 5.8) was let in, from Warsaw, Poland.",
    "„My phone“ (iPhone, Lync 5.8) wurde zugelassen, aus Warschau, Polen.",
  ],
  [
    { kind: "device-waits", reason: "awaiting-own-approval" },
    {},
    "iPhone, Lync 5.8 wants to be let in, from Warsaw, Poland.",
    "iPhone, Lync 5.8 möchte zugelassen werden, aus Warschau, Polen.",
  ],
  [
    { kind: "device-refused", reason: "device-changed" },
    { count: 4 },
    "iPhone, Lync 5.8 was not let in 4 times, from Warsaw, Poland.",
    "iPhone, Lync 5.8 wurde 4 Mal nicht zugelassen, aus Warschau, Polen.",
  ],
  [
    { kind: "changed", reason: "device-blocked-by-owner", bySelf: true },
    { named: "My phone" },
    "You ended “My phone”. Nothing is served to it any more.",
    "Sie haben „My phone“ beendet. Es bekommt nichts mehr.",
  ],
  [
    { kind: "changed", reason: "device-blocked", bySelf: false },
    {},
    "A device of yours was blocked.",
    "Ein Gerät von Ihnen wurde gesperrt.",
  ],
  [
    { kind: "changed", reason: "device-forgotten-by-owner", bySelf: true },
    {},
    "You removed a device of yours.",
    "Sie haben ein Gerät von Ihnen entfernt.",
  ],
  [
    { kind: "changed", reason: "password-created", bySelf: true },
    { label: "My phone" },
    "A password for a device was made: “My phone”.",
    "Ein Kennwort für ein Gerät wurde erstellt: „My phone“.",
  ],
  [
    { kind: "changed", reason: "something-new", bySelf: false },
    {},
    "A setting of your account was changed.",
    "Eine Einstellung Ihres Kontos wurde geändert.",
  ],
];

describe("what is said", () => {
  it.each(CASES)("%j", (what, more, en, de) => {
    expect([said(what, more).says, said(what, more, "de").says]).toEqual([en, de]);
  });

  it("says who changed something, unless the sentence says so, or nobody knows", () => {
    const who = (reason: string, bySelf: boolean, locale?: Locale) =>
      said({ kind: "changed", reason, bySelf }, {}, locale).more;
    expect(who("passkey-added", true)).toEqual(["You did this."]);
    expect(who("user-disabled", false)).toEqual(["Your help desk or your organisation did this."]);
    expect(who("user-disabled", false, "de")).toEqual(["Das war Ihr Helpdesk oder Ihre Organisation."]);
    expect(who("device-blocked-by-owner", true)).toEqual([]);
    expect(who("device-blocked-by-owner", true, "de")).toEqual([]);
    expect(who("invitation-used", true)).toEqual([]);
  });

  it("says why a device was not let in, and what to do; a rule's own reason too", () => {
    const why = (reason: string) => said({ kind: "device-refused", reason }).more;
    expect(why("no-jailbreak")).toEqual([
      "The password was right, but your company does not allow this kind of device.",
      "Your help desk can tell you which devices are allowed.",
    ]);
    expect(why("too-many-devices")[0]).toBe("The password was right, but you have as many devices as are allowed.");
  });

  it("a name that looks like a placeholder stays a name", () => {
    const label = "{device} {label} $&";
    expect(said({ kind: "changed", reason: "password-created", bySelf: true }, { label }).says).toBe(
      `A password for a device was made: “${label}”.`,
    );
  });

  it("leaves no placeholder, whatever the reason", () => {
    for (const reason of REASONS_BY_OUTCOME.changed) {
      for (const locale of ["en", "de"] as const) {
        expect(said({ kind: "changed", reason, bySelf: true }, {}, locale).says).not.toMatch(/[{}]|undefined/);
      }
    }
  });
});
