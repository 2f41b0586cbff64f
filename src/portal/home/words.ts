// The words of the first page.

import type { Localised } from "../../web/locale.ts";

const en = {
  hello: (name: string) => `Hello, ${name}`,
  setUp: "Set up a device",
  setUpMore: "a phone, a computer, a browser",
  lost: "I lost a phone",
  lostMore: "End it at once, at any time",
  quiet: "Nothing needs your attention.",
  waits: (what: string, place: string) => `A new device wants to use your account: ${what}, from ${place}.`,
  waitsButton: "Look at it",
  runsOut: (name: string, when: string) => `The password of “${name}” ends on ${when}.`,
  runsOutMore: "Renew it before, so that the device stays signed in.",
  runsOutButton: "Renew it",
  tries: (count: number) =>
    count === 1
      ? "A wrong password was typed for your account."
      : `Wrong passwords were typed for your account ${count} times.`,
  triesMore: "Nobody got in with them. If it was not you, see what happened.",
  triesLocked: (places: number, until: string) =>
    places === 1
      ? `One place has to wait until ${until} before it may try again.`
      : `${places} places have to wait before they may try again, the last one until ${until}.`,
  triesButton: "What happened",
  devices: "My devices",
  allDevices: "All devices",
  first: "Set up your first device now. It takes a few minutes.",
};

const de: typeof en = {
  hello: (name: string) => `Guten Tag, ${name}`,
  setUp: "Ein Gerät einrichten",
  setUpMore: "ein Telefon, einen Computer, einen Browser",
  lost: "Mein Telefon ist weg",
  lostMore: "Sofort beenden, zu jeder Zeit",
  quiet: "Im Moment braucht nichts Ihre Aufmerksamkeit.",
  waits: (what: string, place: string) => `Ein neues Gerät möchte Ihr Konto benutzen: ${what}, aus ${place}.`,
  waitsButton: "Ansehen",
  runsOut: (name: string, when: string) => `Das Kennwort von „${name}“ gilt nur noch bis ${when}.`,
  runsOutMore: "Erneuern Sie es vorher, damit das Gerät angemeldet bleibt.",
  runsOutButton: "Erneuern",
  tries: (count: number) =>
    count === 1
      ? "Für Ihr Konto wurde ein falsches Kennwort eingegeben."
      : `Für Ihr Konto wurden ${count} Mal falsche Kennwörter eingegeben.`,
  triesMore: "Damit kam niemand hinein. Waren Sie das nicht, sehen Sie nach, was geschehen ist.",
  triesLocked: (places: number, until: string) =>
    places === 1
      ? `Ein Ort muss bis ${until} warten, bevor er es wieder versuchen darf.`
      : `${places} Orte müssen warten, bevor sie es wieder versuchen dürfen, der letzte bis ${until}.`,
  triesButton: "Was geschehen ist",
  devices: "Meine Geräte",
  allDevices: "Alle Geräte",
  first: "Richten Sie jetzt Ihr erstes Gerät ein. Es dauert ein paar Minuten.",
};

export const words: Localised<typeof en> = { en, de };
