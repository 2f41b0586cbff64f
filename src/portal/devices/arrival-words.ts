// What is said while a person waits for a new device. Its readers know nothing of Postern.

import type { Localised } from "../../web/locale.ts";
import type { NotLetIn } from "./arrival.ts";

type Said = readonly [says: string, todo: string];

const en = {
  title: (name: string) => `Waiting for “${name}”`,
  waiting: "Waiting for your device…",
  waitingMore: "As soon as you have signed in on it, this page says so. Leave it open.",
  noneYet: "Nothing has come yet. If the app says that the password is wrong, compare the user name letter by letter.",
  here: (what: string) => `Here it is: ${what}.`,
  from: (place: string) => `from ${place}`,
  hereMore: "It is let in. You are done.",
  toDevices: "To my devices",
  signedIn: "The password was right. Now the device says which one it is…",
  signedInLong:
    "The password was right, but the device has not said yet which one it is. If the app still tries after a minute, close it and sign in once more.",
  wrong: "A wrong password was typed for your account",
  wrongMore:
    "If that was you: type the password as it stands on the page, with the user name. If it was not you, you need do nothing: nobody got in.",
  locked: (until: string) => `Too many wrong passwords were typed there. Try again at ${until}.`,
  lockedMore: "Until then even the right password is refused there. This page goes on by itself.",
  networkLocked: (until: string) =>
    `From the network that you are in, too many wrong passwords were tried. Try again at ${until}, or from another network.`,
  failed: "The password was right, but the servers of your company did not answer",
  failedMore: "Try again in a minute. If it goes on, tell your help desk.",
  number: (number: string) => `Its number is ${number}.`,
  at: (place: string, time: string) => `From ${place}, at ${time}.`,
  sameNetwork: "the network that you are in",
  network: (address: string) => `the network ${address}`,
  look: "Look again",
  lookInTab: "Wait for the device on a page of its own",
  stopped: "This page has waited for a quarter of an hour. The password stays good.",
  why: {
    closed: [
      "The password was right, but new devices are let in only if your help desk expects them.",
      "Call your help desk, and say that you have a new device. The same password works afterwards.",
    ],
    "no-window": [
      "The password was right, but new devices are let in only while your help desk has opened a short time for you.",
      "Call your help desk. Then sign in again on the device, with the same password.",
    ],
    "too-many": [
      "The password was right, but you have as many devices as are allowed.",
      "Remove one that you do not use any more. Then sign in again, with the same password.",
    ],
    "another-device": [
      "The password was right, but it belongs to another device, or this device already has another password.",
      "Is this device in your list already? Remove it there, then sign in on it again. If it is not, set it up with a new password.",
    ],
    "of-another-user": [
      "We know this device as somebody else’s.",
      "If it has changed hands, your help desk can free it. Tell them that it is yours now.",
    ],
    ended: ["This password has ended.", "Set the device up with a new one."],
    "own-approval": [
      "It waits for you: say that it is yours.",
      "Then sign in on it once more, with the same password.",
    ],
    approval: [
      "It waits until your help desk lets it in.",
      "They know of it. When they have let it in, sign in on it once more, with the same password.",
    ],
    authority: [
      "Your company’s list of devices has not said yet whether it may be used.",
      "Sign in on it once more in a minute. If it goes on, tell your help desk.",
    ],
    "too-many-waiting": [
      "The password was right, but several new devices wait for you already.",
      "Say of each whether it is yours. Then sign in on this one again.",
    ],
    code: [
      "The password was right, but the code behind it was missing, wrong, or used already.",
      "Type the password, and directly behind it six digits that your authenticator app shows now. Each code works once.",
    ],
    rule: [
      "The password was right, but your company does not allow this kind of device.",
      "Your help desk can tell you which devices are allowed.",
    ],
    other: ["The password was right, but the device was not let in.", "Tell your help desk when you tried."],
  } as Readonly<Record<NotLetIn, Said>>,
  toDevice: "See the device",
  approve: "Look at it",
  remove: "Remove an old device",
  again: "Set up a device",
};

const de: typeof en = {
  title: (name: string) => `Warten auf „${name}“`,
  waiting: "Warten auf Ihr Gerät …",
  waitingMore: "Sobald Sie sich darauf angemeldet haben, steht es hier. Lassen Sie diese Seite offen.",
  noneYet:
    "Es ist noch nichts gekommen. Meldet die App ein falsches Kennwort, vergleichen Sie den Benutzernamen Buchstabe für Buchstabe.",
  here: (what: string) => `Da ist es: ${what}.`,
  from: (place: string) => `aus ${place}`,
  hereMore: "Es ist zugelassen. Sie sind fertig.",
  toDevices: "Zu meinen Geräten",
  signedIn: "Das Kennwort stimmt. Gleich sagt das Gerät, welches es ist …",
  signedInLong:
    "Das Kennwort stimmt, aber das Gerät hat noch nicht gesagt, welches es ist. Versucht die App es nach einer Minute noch immer, schließen Sie sie und melden Sie sich noch einmal an.",
  wrong: "Für Ihr Konto wurde ein falsches Kennwort eingegeben",
  wrongMore:
    "Waren Sie das, geben Sie das Kennwort so ein, wie es auf der Seite steht, mit dem Benutzernamen. Waren Sie es nicht, müssen Sie nichts tun: Niemand kam hinein.",
  locked: (until: string) => `Dort wurden zu viele falsche Kennwörter eingegeben. Versuchen Sie es um ${until} wieder.`,
  lockedMore: "Bis dahin wird dort auch das richtige Kennwort abgewiesen. Diese Seite geht von selbst weiter.",
  networkLocked: (until: string) =>
    `Aus dem Netz, in dem Sie gerade sind, wurden zu viele falsche Kennwörter versucht. Versuchen Sie es um ${until} wieder, oder aus einem anderen Netz.`,
  failed: "Das Kennwort stimmt, aber die Server Ihrer Firma haben nicht geantwortet",
  failedMore: "Versuchen Sie es in einer Minute noch einmal. Bleibt es dabei, sagen Sie Ihrem Helpdesk Bescheid.",
  number: (number: string) => `Seine Nummer ist ${number}.`,
  at: (place: string, time: string) => `Aus ${place}, um ${time}.`,
  sameNetwork: "dem Netz, in dem Sie gerade sind",
  network: (address: string) => `dem Netz ${address}`,
  look: "Noch einmal nachsehen",
  lookInTab: "Auf einer eigenen Seite auf das Gerät warten",
  stopped: "Diese Seite hat eine Viertelstunde gewartet. Das Kennwort gilt weiter.",
  why: {
    closed: [
      "Das Kennwort stimmt, aber neue Geräte werden nur zugelassen, wenn Ihr Helpdesk sie erwartet.",
      "Rufen Sie Ihren Helpdesk an und sagen Sie, dass Sie ein neues Gerät haben. Danach gilt dasselbe Kennwort.",
    ],
    "no-window": [
      "Das Kennwort stimmt, aber neue Geräte werden nur zugelassen, während Ihr Helpdesk ein Zeitfenster für Sie geöffnet hat.",
      "Rufen Sie Ihren Helpdesk an. Melden Sie sich dann auf dem Gerät noch einmal an, mit demselben Kennwort.",
    ],
    "too-many": [
      "Das Kennwort stimmt, aber Sie haben so viele Geräte, wie erlaubt sind.",
      "Entfernen Sie eines, das Sie nicht mehr benutzen. Melden Sie sich dann noch einmal an, mit demselben Kennwort.",
    ],
    "another-device": [
      "Das Kennwort war richtig, aber es gehört zu einem anderen Gerät, oder dieses Gerät hat schon ein anderes Kennwort.",
      "Steht dieses Gerät schon in Ihrer Liste? Dann entfernen Sie es dort und melden Sie sich noch einmal darauf an. Wenn nicht, richten Sie es mit einem neuen Kennwort ein.",
    ],
    "of-another-user": [
      "Wir kennen dieses Gerät als das von jemand anderem.",
      "Hat es den Besitzer gewechselt, kann Ihr Helpdesk es freigeben. Sagen Sie dort, dass es jetzt Ihres ist.",
    ],
    ended: ["Dieses Kennwort gilt nicht mehr.", "Richten Sie das Gerät mit einem neuen ein."],
    "own-approval": [
      "Es wartet auf Sie: Sagen Sie, dass es Ihres ist.",
      "Melden Sie sich danach noch einmal darauf an, mit demselben Kennwort.",
    ],
    approval: [
      "Es wartet, bis Ihr Helpdesk es zulässt.",
      "Dort weiß man davon. Ist es zugelassen, melden Sie sich noch einmal darauf an, mit demselben Kennwort.",
    ],
    authority: [
      "Das Geräteverzeichnis Ihrer Firma hat noch nicht gesagt, ob es benutzt werden darf.",
      "Melden Sie sich in einer Minute noch einmal darauf an. Bleibt es dabei, sagen Sie Ihrem Helpdesk Bescheid.",
    ],
    "too-many-waiting": [
      "Das Kennwort stimmt, aber es warten schon mehrere neue Geräte auf Sie.",
      "Sagen Sie bei jedem, ob es Ihres ist. Melden Sie sich dann auf diesem noch einmal an.",
    ],
    code: [
      "Das Kennwort stimmt, aber der Code dahinter fehlte, war falsch oder schon benutzt.",
      "Geben Sie das Kennwort ein und direkt dahinter sechs Ziffern, die Ihre Authenticator-App gerade zeigt. Jeder Code gilt einmal.",
    ],
    rule: [
      "Das Kennwort stimmt, aber Ihre Firma erlaubt diese Art von Gerät nicht.",
      "Ihr Helpdesk kann Ihnen sagen, welche Geräte erlaubt sind.",
    ],
    other: [
      "Das Kennwort stimmt, aber das Gerät wurde nicht zugelassen.",
      "Sagen Sie Ihrem Helpdesk, wann Sie es versucht haben.",
    ],
  },
  toDevice: "Zum Gerät",
  approve: "Ansehen",
  remove: "Ein altes Gerät entfernen",
  again: "Ein Gerät einrichten",
};

export const arrivalWords: Localised<typeof en> = { en, de };
