// The words of coming in with an invitation: the code, and how somebody wants to sign in from now on. Their readers know
// nothing of all this.

import type { Localised } from "../../web/locale.ts";

const en = {
  joinTitle: "Welcome",
  intro:
    "You are invited to use Skype for Business on your devices outside the company. First you choose how to sign in to this page. It takes a minute.",
  code: "Your code",
  codeHint: "It stands in your invitation, behind the # of its link. It has seven groups of four characters.",
  linked: "Your invitation is filled in.",
  goOn: "Continue",
  refused:
    "This code cannot be used. It was used already, it is too old, a newer one took its place, or it was never right. Ask your help desk for a new invitation. If you have used it yourself, just sign in.",
  mistyped: "This is not a whole code. Please compare it with your invitation: one character is wrong or missing.",
  toSignIn: "I have been here before: sign in",

  hello: (name: string) => `Hello, ${name}`,
  choose: "How do you want to sign in to this page from now on?",
  again: "You have signed in here before. What you choose now is added to what you have.",
  passkey: "With your fingerprint, your face or the PIN of this device",
  passkeyMore:
    "This makes a passkey, which takes a few seconds. There is nothing to remember and no password that anybody could steal. We recommend it.",
  noScript: "A passkey needs JavaScript, which is switched off here.",
  noPasskeys: "Passkeys cannot be made at the moment. Please take the other way.",
  codes: "With a passphrase and codes from an app",
  codesMore:
    "You choose a passphrase, and an authenticator app on your phone shows a code each time. For a device that cannot make a passkey.",
  done: "That is it. From now on you sign in to this page with what you have just set up. Next, set up a device.",
  notYou: (address: string) =>
    `This is for ${address}. If that is not you, close this page and tell your help desk. Your invitation is used up now, and you have half an hour to choose.`,
};

const de: typeof en = {
  joinTitle: "Willkommen",
  intro:
    "Sie sind eingeladen, Skype for Business auf Ihren Geräten außerhalb der Firma zu benutzen. Zuerst wählen Sie, wie Sie sich auf dieser Seite anmelden. Das dauert eine Minute.",
  code: "Ihr Code",
  codeHint: "Er steht in Ihrer Einladung, hinter dem # des Links. Er hat sieben Gruppen aus vier Zeichen.",
  linked: "Ihre Einladung ist eingetragen.",
  goOn: "Weiter",
  refused:
    "Dieser Code gilt nicht. Er wurde schon benutzt, er ist zu alt, ein neuerer hat ihn ersetzt, oder er war nie richtig. Bitten Sie Ihren Helpdesk um eine neue Einladung. Haben Sie ihn selbst benutzt, melden Sie sich einfach an.",
  mistyped:
    "Das ist kein vollständiger Code. Bitte vergleichen Sie ihn mit Ihrer Einladung: Ein Zeichen ist falsch oder fehlt.",
  toSignIn: "Ich war schon einmal hier: anmelden",

  hello: (name: string) => `Guten Tag, ${name}`,
  choose: "Wie möchten Sie sich künftig auf dieser Seite anmelden?",
  again: "Sie haben sich hier schon einmal angemeldet. Was Sie jetzt wählen, kommt zu dem dazu, was Sie haben.",
  passkey: "Mit Fingerabdruck, Gesicht oder der PIN dieses Geräts",
  passkeyMore:
    "Dabei wird in wenigen Sekunden ein Passkey angelegt. Sie müssen sich nichts merken, und es gibt kein Kennwort, das jemand stehlen könnte. Wir empfehlen das.",
  noScript: "Ein Passkey braucht JavaScript, das hier abgeschaltet ist.",
  noPasskeys: "Passkeys lassen sich zurzeit nicht anlegen. Bitte nehmen Sie den anderen Weg.",
  codes: "Mit einer Passphrase und Codes aus einer App",
  codesMore:
    "Sie wählen eine Passphrase, und eine Authenticator-App auf Ihrem Telefon zeigt jedes Mal einen Code. Für Geräte, die keinen Passkey anlegen können.",
  done: "Das war es. Von jetzt an melden Sie sich auf dieser Seite mit dem an, was Sie gerade eingerichtet haben. Richten Sie als Nächstes ein Gerät ein.",
  notYou: (address: string) =>
    `Das ist für ${address}. Sind Sie das nicht, schließen Sie diese Seite und sagen Sie Ihrem Helpdesk Bescheid. Ihre Einladung ist jetzt verbraucht, und Sie haben eine halbe Stunde für Ihre Wahl.`,
};

export const words: Localised<typeof en> = { en, de };
