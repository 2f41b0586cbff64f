// The words of the pages about devices.

import type { Platform } from "../../core/device/types.ts";
import type { Localised } from "../../web/locale.ts";
import { deviceTypes } from "../common-words.ts";
import type { ListedState, SeenWithin } from "./filter.ts";

/** "1 device", "3 devices". */
const count = (n: number): string => (n === 1 ? "1 device" : `${n} devices`);
const zahl = (n: number): string => (n === 1 ? "1 Gerät" : `${n} Geräte`);

const en = {
  title: "Devices",
  views: {
    quarantined: "Waiting",
    all: "All",
    allowed: "Let in",
    blocked: "Blocked",
    pending: "Expected",
    expired: "Expired",
  } satisfies Record<ListedState | "all", string>,
  contests: "Contested ids",
  viewsLabel: "Which devices",
  types: deviceTypes.en,
  platforms: {
    windows: "Windows",
    mac: "macOS",
    linux: "Linux",
    ios: "iOS",
    android: "Android",
    "windows-phone": "Windows Phone",
    web: "Web",
    unknown: "unknown",
  } satisfies Record<Platform, string>,

  search: "Search",
  searchHint: "Name, address, model, computer or id",
  type: "Kind",
  anyType: "Any kind",
  product: "Product",
  productHint: "such as AndroidLync",
  version: "Version",
  versionHint: "such as 6.25",
  seen: "Last seen",
  seenWithin: {
    any: "Whenever",
    day: "In the last 24 hours",
    week: "In the last 7 days",
    month: "In the last 30 days",
    "not-month": "Not for 30 days",
    "not-quarter": "Not for 90 days",
  } satisfies Record<SeenWithin | "any", string>,
  more: "More filters",
  filter: "Show",
  reset: "Without filters",
  ofUser: "Only the devices of one person.",

  columns: { tick: "Tick", device: "Device", user: "Person", state: "State", seen: "Last seen", from: "From" },
  number: (number: string) => `Number ${number}`,
  tick: (device: string, user: string) => `${device} of ${user}`,
  tickAll: "All on this page",
  why: "Reason",
  whyHint: "The audit keeps it.",
  approve: "Approve",
  block: "Block…",
  forget: "Forget…",
  none: "No device matches.",
  noneYet: "No device has come yet. It appears here as soon as somebody signs in with it.",
  noneWaiting: "No device waits for approval.",
  short: "The filters were applied to a part of the devices. More may come on the next page.",
  pager: { label: "Pages of the list", first: "First page", next: "Next page" },
  waiting: (n: number, more: boolean) =>
    n === 1 && !more ? "One device waits for approval." : `${more ? "More than " : ""}${n} devices wait for approval.`,
  lookAtWaiting: "Look at them",

  noneTicked: "No device was ticked, so nothing was done.",
  sureTitle: { block: (n: number) => `Block ${count(n)}?`, forget: (n: number) => `Forget ${count(n)}?` },
  sure: {
    block:
      "Nothing more is served to a blocked device, and its app password stops working with it. Approving it takes that back.",
    forget:
      "A forgotten device is as if it had never come. Its app password stays good, and the next device that comes with it enrols. Of a blocked device the app password is revoked, so that it stays out.",
  },
  really: { block: (n: number) => `Block ${count(n)}`, forget: (n: number) => `Forget ${count(n)}` },
  cancel: "Cancel",
  cannot: "This one cannot be done:",
  reportTitle: {
    approve: (n: number) => `${count(n)} approved`,
    block: (n: number) => `${count(n)} blocked`,
    forget: (n: number) => `${count(n)} forgotten`,
  },
  notDone: (n: number) => `${count(n)} not done. The reason stands beside each.`,
  done: { approve: "approved", block: "blocked", forget: "forgotten" },
  outcome: "What was done",
  passwordRevoked: "its app password was revoked, too",
  failed: "not done",
  back: "Back to the list",
  certificates: "Certificates of computers",
  certificatesHelp:
    "A computer also has a certificate, by which it signs in past Postern. Where that has to end too, run this on a Front-End. It ends all certificates of the person:",

  contestsTitle: "Contested ids",
  contestsHelp:
    "One person's device gave an id that belongs to another person's. The one who came second is refused. Mostly a phone has changed hands. Where the second is right, free the id: the device is forgotten where it is now. Where it was copied, revoke the app password of the one who tried.",
  contestColumns: { id: "Id", refused: "Who is refused", holder: "Who has it", at: "Last tried", act: "Free the id" },
  noContests: "No id is contested.",
  free: "Free the id",
};

const de: typeof en = {
  title: "Geräte",
  views: {
    quarantined: "Wartende",
    all: "Alle",
    allowed: "Zugelassene",
    blocked: "Gesperrte",
    pending: "Erwartete",
    expired: "Abgelaufene",
  },
  contests: "Umstrittene IDs",
  viewsLabel: "Welche Geräte",
  types: deviceTypes.de,
  platforms: {
    windows: "Windows",
    mac: "macOS",
    linux: "Linux",
    ios: "iOS",
    android: "Android",
    "windows-phone": "Windows Phone",
    web: "Web",
    unknown: "unbekannt",
  },

  search: "Suche",
  searchHint: "Name, Adresse, Modell, Computer oder ID",
  type: "Art",
  anyType: "Jede Art",
  product: "Produkt",
  productHint: "etwa AndroidLync",
  version: "Version",
  versionHint: "etwa 6.25",
  seen: "Zuletzt gesehen",
  seenWithin: {
    any: "Egal wann",
    day: "In den letzten 24 Stunden",
    week: "In den letzten 7 Tagen",
    month: "In den letzten 30 Tagen",
    "not-month": "Seit 30 Tagen nicht",
    "not-quarter": "Seit 90 Tagen nicht",
  },
  more: "Weitere Filter",
  filter: "Anzeigen",
  reset: "Ohne Filter",
  ofUser: "Nur die Geräte einer Person.",

  columns: {
    tick: "Auswahl",
    device: "Gerät",
    user: "Person",
    state: "Status",
    seen: "Zuletzt gesehen",
    from: "Von",
  },
  number: (number) => `Nummer ${number}`,
  tick: (device, user) => `${device} von ${user}`,
  tickAll: "Alle auf dieser Seite",
  why: "Grund",
  whyHint: "Er steht im Protokoll.",
  approve: "Zulassen",
  block: "Sperren…",
  forget: "Vergessen…",
  none: "Kein Gerät passt dazu.",
  noneYet: "Es war noch kein Gerät da. Es erscheint hier, sobald sich jemand damit anmeldet.",
  noneWaiting: "Kein Gerät wartet auf Zulassung.",
  short: "Die Filter wurden auf einen Teil der Geräte angewandt. Auf der nächsten Seite können weitere sein.",
  pager: { label: "Seiten der Liste", first: "Erste Seite", next: "Nächste Seite" },
  waiting: (n, more) =>
    n === 1 && !more
      ? "Ein Gerät wartet auf Zulassung."
      : `${more ? "Mehr als " : ""}${n} Geräte warten auf Zulassung.`,
  lookAtWaiting: "Ansehen",

  noneTicked: "Es war kein Gerät angekreuzt, also wurde nichts getan.",
  sureTitle: { block: (n) => `${zahl(n)} sperren?`, forget: (n) => `${zahl(n)} vergessen?` },
  sure: {
    block:
      "Ein gesperrtes Gerät bekommt nichts mehr, und sein App-Kennwort gilt nicht mehr. Eine Zulassung nimmt das zurück.",
    forget:
      "Ein vergessenes Gerät ist, als wäre es nie da gewesen. Sein App-Kennwort bleibt gültig, und das nächste Gerät, das damit kommt, meldet sich neu an. War das Gerät gesperrt, wird das App-Kennwort widerrufen, damit es draußen bleibt.",
  },
  really: { block: (n) => `${zahl(n)} sperren`, forget: (n) => `${zahl(n)} vergessen` },
  cancel: "Abbrechen",
  cannot: "Bei diesem geht es nicht:",
  reportTitle: {
    approve: (n) => `${zahl(n)} zugelassen`,
    block: (n) => `${zahl(n)} gesperrt`,
    forget: (n) => `${zahl(n)} vergessen`,
  },
  notDone: (n) => `Bei ${n === 1 ? "einem Gerät" : `${n} Geräten`} ging es nicht. Der Grund steht jeweils daneben.`,
  done: { approve: "zugelassen", block: "gesperrt", forget: "vergessen" },
  outcome: "Was getan wurde",
  passwordRevoked: "auch sein App-Kennwort wurde widerrufen",
  failed: "nicht getan",
  back: "Zurück zur Liste",
  certificates: "Zertifikate von Computern",
  certificatesHelp:
    "Ein Computer hat auch ein Zertifikat, mit dem er sich an Postern vorbei anmeldet. Soll auch das enden, führen Sie dies auf einem Front-End aus. Es beendet alle Zertifikate der Person:",

  contestsTitle: "Umstrittene IDs",
  contestsHelp:
    "Das Gerät einer Person nennt eine ID, die dem Gerät einer anderen gehört. Wer als Zweites kam, wird abgewiesen. Meist hat ein Telefon den Besitzer gewechselt. Hat die zweite Person recht, geben Sie die ID frei: Das Gerät wird dort vergessen, wo es jetzt ist. Wurde sie kopiert, widerrufen Sie das App-Kennwort dessen, der es versucht hat.",
  contestColumns: {
    id: "ID",
    refused: "Wer abgewiesen wird",
    holder: "Wem sie gehört",
    at: "Zuletzt versucht",
    act: "ID freigeben",
  },
  noContests: "Keine ID ist umstritten.",
  free: "ID freigeben",
};

export const words: Localised<typeof en> = { en, de };
