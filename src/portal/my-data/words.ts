// The words of "My data". Its readers know nothing of Postern.

import type { Localised } from "../../web/locale.ts";

const en = {
  title: "My data",
  intro:
    "To let you in from outside and to keep everybody else out, this system keeps some things about you. Here is what, why, and for how long.",
  what: "What",
  why: "Why",
  howLong: "For how long",
  rows: [
    [
      "Your name, your sign-in address, the names you sign in by, your mail address",
      "So that you are recognised, and mail reaches you",
      "As long as you may use Lync from outside",
    ],
    [
      "The passwords of your devices: their names and dates, and a sealed form from which nobody can read them",
      "To check what your device sends",
      "As long as you may use Lync from outside",
    ],
    [
      "Your devices: model, app, an id, the network, country and town where it was last",
      "So that only your devices get in, and you recognise them",
      "Until a device is removed",
    ],
    [
      "What happened: sign-ins, refusals and changes, with the network, country and town",
      "So that you and your help desk can see whether somebody else tried",
      "AUDIT",
    ],
    [
      "How you sign in to this page: passkeys (the public half only), your passphrase and authenticator app in a sealed form, and where you are signed in",
      "So that two factors are needed",
      "Until you remove it, or your account here ends",
    ],
    [
      "Places where you have signed in, and wrong tries",
      "So that strangers who guess have to wait, and you do not",
      "30 days",
    ],
    ["Mail that was sent to you: which kind and when", "So that none is lost or sent twice", "30 days"],
  ] as readonly (readonly [string, string, string])[],
  audit: (days: number | undefined) => (days === undefined ? "Without an end" : `${days} days`),
  not: "What is not kept",
  notList: [
    "your Windows password: it is never typed here and never reaches this system",
    "what you write, say or send in Lync: it only passes through",
    "where you are: country and town are a guess from the address of the network, and often wrong",
  ],
  town: "Nothing here is given to anybody outside your organisation and those who run this service for it.",
  download: "Download a copy",
  downloadMore:
    "You get one file (JSON) with all of it, except what could open something. You may be asked once more who you are.",
  button: "Download my data",
  erase: "To have it erased, ask your help desk. Then you cannot use Lync from outside any more.",
};

const de: typeof en = {
  title: "Meine Daten",
  intro:
    "Damit Sie von außen hineinkommen und alle anderen draußen bleiben, speichert dieses System einiges über Sie. Hier steht, was, wozu und wie lange.",
  what: "Was",
  why: "Wozu",
  howLong: "Wie lange",
  rows: [
    [
      "Ihr Name, Ihre Anmeldeadresse, die Namen, mit denen Sie sich anmelden, Ihre Mailadresse",
      "Damit Sie erkannt werden und Mail Sie erreicht",
      "Solange Sie Lync von außen benutzen dürfen",
    ],
    [
      "Die Kennwörter Ihrer Geräte: Namen und Daten, und eine versiegelte Form, aus der niemand sie lesen kann",
      "Um zu prüfen, was Ihr Gerät sendet",
      "Solange Sie Lync von außen benutzen dürfen",
    ],
    [
      "Ihre Geräte: Modell, App, eine Kennung, Netz, Land und Ort, wo sie zuletzt waren",
      "Damit nur Ihre Geräte hineinkommen und Sie sie wiedererkennen",
      "Bis ein Gerät entfernt wird",
    ],
    [
      "Was geschehen ist: Anmeldungen, Abweisungen und Änderungen, mit Netz, Land und Ort",
      "Damit Sie und Ihr Helpdesk sehen, ob jemand anderes es versucht hat",
      "AUDIT",
    ],
    [
      "Womit Sie sich auf dieser Seite anmelden: Passkeys (nur der öffentliche Teil), Passphrase und Authenticator-App in versiegelter Form, und wo Sie angemeldet sind",
      "Damit zwei Faktoren nötig sind",
      "Bis Sie es entfernen oder Ihr Konto hier endet",
    ],
    [
      "Orte, an denen Sie sich angemeldet haben, und falsche Versuche",
      "Damit Fremde, die raten, warten müssen und Sie nicht",
      "30 Tage",
    ],
    ["Mail, die an Sie ging: welche Art und wann", "Damit keine verloren geht und keine doppelt kommt", "30 Tage"],
  ],
  audit: (days) => (days === undefined ? "Ohne Ende" : `${days} Tage`),
  not: "Was nicht gespeichert wird",
  notList: [
    "Ihr Windows-Kennwort: Sie geben es hier nie ein, und es erreicht dieses System nie",
    "was Sie in Lync schreiben, sagen oder senden: Es geht nur hindurch",
    "wo Sie sind: Land und Ort sind aus der Adresse des Netzes geraten und oft falsch",
  ],
  town: "Nichts davon bekommt jemand außerhalb Ihrer Organisation und derer, die diesen Dienst für sie betreiben.",
  download: "Eine Kopie herunterladen",
  downloadMore:
    "Sie bekommen eine Datei (JSON) mit allem, außer dem, was etwas öffnen könnte. Vielleicht werden Sie dafür noch einmal gefragt, wer Sie sind.",
  button: "Meine Daten herunterladen",
  erase:
    "Wenn Sie alles löschen lassen wollen, fragen Sie Ihren Helpdesk. Danach können Sie Lync nicht mehr von außen benutzen.",
};

export const words: Localised<typeof en> = { en, de };
