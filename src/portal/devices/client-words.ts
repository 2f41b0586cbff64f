// What to do on each kind of device: the steps, in the words of its app, and what to leave alone.

import type { Localised } from "../../web/locale.ts";
import type { DeviceKind } from "./kinds.ts";

type ClientWords = {
  /** In the list of what can be set up. */
  readonly said: string;
  /** Under it. */
  readonly more: string;
  /** The name that the device gets unless its owner says another. */
  readonly name: string;
  readonly steps: readonly string[];
  /** What must stay as it is. */
  readonly leave: string;
};

const en: Readonly<Record<DeviceKind, ClientWords>> = {
  iphone: {
    said: "iPhone or iPad",
    more: "the app Skype for Business or Lync",
    name: "iPhone",
    steps: [
      "Open the app. If somebody is signed in there, sign out first.",
      "Type the sign-in address and the password.",
      "Open “Advanced options”, or “Show advanced options”, and type the user name.",
      "Sign in.",
    ],
    leave: "In the advanced options, leave “Auto-detect server” switched on. The app finds everything else by itself.",
  },
  android: {
    said: "Android phone or tablet",
    more: "the app Skype for Business or Lync",
    name: "Android",
    steps: [
      "Open the app. If somebody is signed in there, sign out first.",
      "Type the sign-in address and the password.",
      "Open “More details”, or “Advanced options”, and type the user name.",
      "Sign in.",
    ],
    leave: "Leave “Auto-detect server” switched on. The app finds everything else by itself.",
  },
  windows: {
    said: "Windows computer",
    more: "Skype for Business or Lync",
    name: "Windows computer",
    steps: [
      "Open Skype for Business. If it signed you in before, sign out and choose “Delete my sign-in info”.",
      "Type the sign-in address, and press “Sign in”.",
      "When a password is asked for, type the user name and the password. If your own Windows account is offered there, choose to use a different account.",
      "Tick “Save my password” or “Remember my credentials”, so that you need not type it again.",
    ],
    leave: "Leave the servers on “Automatic configuration”.",
  },
  mac: {
    said: "Mac",
    more: "Skype for Business or Lync for Mac",
    name: "Mac",
    steps: [
      "Open the app, and type the sign-in address.",
      "Open “Advanced Options”, and type the user name.",
      "Go on, type the password, and sign in.",
    ],
    leave: "Leave the servers on automatic.",
  },
  browser: {
    said: "Browser",
    more: "to join a meeting as yourself",
    name: "Browser",
    steps: [
      "Open the link of the meeting, and choose to join with the web app.",
      "Where it asks whether you are from the organiser’s company, choose to sign in.",
      "Type the user name and the password.",
    ],
    leave: "To join as a guest, you need none of this: type your name, and wait until you are let in.",
  },
  "desk-phone": {
    said: "Desk phone",
    more: "a telephone with Lync or Skype for Business",
    name: "Desk phone",
    steps: [
      "In the menu of the phone, choose to sign in with user name and password. If the phone is connected to your computer by USB, you can type there.",
      "Type the sign-in address, the user name and the password.",
      "Sign in.",
    ],
    leave:
      "Signing in with extension and PIN does not work from outside the company. If the phone offers nothing else, sign it in once inside the company.",
  },
  other: {
    said: "Something else",
    more: "another program",
    name: "Other device",
    steps: [
      "Type the sign-in address and the password.",
      "Where the program asks for a user name, an account or a domain, type the user name as it stands here.",
    ],
    leave: "Leave servers on automatic.",
  },
};

const de: typeof en = {
  iphone: {
    said: "iPhone oder iPad",
    more: "die App Skype for Business oder Lync",
    name: "iPhone",
    steps: [
      "Öffnen Sie die App. Ist dort noch jemand angemeldet, melden Sie erst ab.",
      "Geben Sie Anmeldeadresse und Kennwort ein.",
      "Öffnen Sie „Erweiterte Optionen“ und geben Sie den Benutzernamen ein.",
      "Melden Sie sich an.",
    ],
    leave:
      "Lassen Sie in den erweiterten Optionen die automatische Servererkennung eingeschaltet. Alles andere findet die App selbst.",
  },
  android: {
    said: "Android-Telefon oder -Tablet",
    more: "die App Skype for Business oder Lync",
    name: "Android",
    steps: [
      "Öffnen Sie die App. Ist dort noch jemand angemeldet, melden Sie erst ab.",
      "Geben Sie Anmeldeadresse und Kennwort ein.",
      "Öffnen Sie „Weitere Details“ oder „Erweiterte Optionen“ und geben Sie den Benutzernamen ein.",
      "Melden Sie sich an.",
    ],
    leave: "Lassen Sie die automatische Servererkennung eingeschaltet. Alles andere findet die App selbst.",
  },
  windows: {
    said: "Windows-Computer",
    more: "Skype for Business oder Lync",
    name: "Windows-Computer",
    steps: [
      "Öffnen Sie Skype for Business. Waren Sie dort schon angemeldet, melden Sie sich ab und wählen Sie „Meine Anmeldeinformationen löschen“.",
      "Geben Sie die Anmeldeadresse ein und drücken Sie „Anmelden“.",
      "Wird nach einem Kennwort gefragt, geben Sie Benutzername und Kennwort ein. Steht dort Ihr eigenes Windows-Konto, wählen Sie ein anderes Konto.",
      "Lassen Sie das Kennwort speichern, damit Sie es nicht wieder eingeben müssen.",
    ],
    leave: "Lassen Sie die Server auf „Automatische Konfiguration“.",
  },
  mac: {
    said: "Mac",
    more: "Skype for Business oder Lync für Mac",
    name: "Mac",
    steps: [
      "Öffnen Sie die App und geben Sie die Anmeldeadresse ein.",
      "Öffnen Sie „Erweiterte Optionen“ und geben Sie den Benutzernamen ein.",
      "Gehen Sie weiter, geben Sie das Kennwort ein und melden Sie sich an.",
    ],
    leave: "Lassen Sie die Server auf automatisch.",
  },
  browser: {
    said: "Browser",
    more: "um an einer Besprechung mit Ihrem Konto teilzunehmen",
    name: "Browser",
    steps: [
      "Öffnen Sie den Link der Besprechung und wählen Sie die Teilnahme mit der Web-App.",
      "Wo gefragt wird, ob Sie zur Firma des Organisators gehören, wählen Sie die Anmeldung.",
      "Geben Sie Benutzername und Kennwort ein.",
    ],
    leave: "Als Gast brauchen Sie das alles nicht: Geben Sie Ihren Namen ein und warten Sie, bis man Sie hereinlässt.",
  },
  "desk-phone": {
    said: "Tischtelefon",
    more: "ein Telefon mit Lync oder Skype for Business",
    name: "Tischtelefon",
    steps: [
      "Wählen Sie im Menü des Telefons die Anmeldung mit Benutzername und Kennwort. Hängt das Telefon per USB an Ihrem Computer, können Sie dort tippen.",
      "Geben Sie Anmeldeadresse, Benutzername und Kennwort ein.",
      "Melden Sie sich an.",
    ],
    leave:
      "Die Anmeldung mit Durchwahl und PIN geht von außerhalb der Firma nicht. Bietet das Telefon nichts anderes an, melden Sie es einmal in der Firma an.",
  },
  other: {
    said: "Etwas anderes",
    more: "ein anderes Programm",
    name: "Anderes Gerät",
    steps: [
      "Geben Sie Anmeldeadresse und Kennwort ein.",
      "Fragt das Programm nach Benutzername, Konto oder Domäne, geben Sie den Benutzernamen so ein, wie er hier steht.",
    ],
    leave: "Lassen Sie Server auf automatisch.",
  },
};

export const clientWords: Localised<typeof en> = { en, de };
