// The words of the page that redeems an invitation. Its readers know nothing of Postern.

import type { Localised } from "../web/locale.ts";

const en = {
  site: "Skype for Business from outside",
  title: "Set up a device",
  welcome:
    "You are invited to use Skype for Business on a device outside the company. This page gives you the password for it.",
  code: "Your code",
  codeHint: "It stands in your invitation, behind the # of its link. It has seven groups of four characters.",
  linked: "Your invitation is filled in.",
  goOn: "Continue",
  refused:
    "This code cannot be used. It was used already, it is too old, a newer one took its place, or it was never right. Ask for a new invitation.",
  mistyped: "This is not a whole code. Please compare it with your invitation: one character is wrong or missing.",

  hello: (name: string) => `Hello, ${name}`,
  address: "Sign-in address",
  which: "Which device do you want to set up?",
  devices: {
    iphone: "iPhone or iPad",
    android: "Android phone or tablet",
    windows: "Windows computer",
    mac: "Mac",
    other: "Something else",
  },
  labels: {
    iphone: "iPhone or iPad",
    android: "Android",
    windows: "Windows computer",
    mac: "Mac",
    other: "Other device",
  },
  once: "On the next page you see the password, only this once. Have the device at hand, then go on.",
  show: "Show my password",
  notYou: "If this is not your name, close this page and tell your help desk.",

  outlook: {
    open: "The device may be used as soon as you have signed in on it.",
    window: (until: string) => `Sign in on the device before ${until}. Later it would be refused.`,
    "no-window":
      "New devices are let in only after your help desk has opened a short time for you. Call the help desk before you sign in on the device.",
    self: "After you have signed in, the device waits until you approve it here. Until then the app says that it cannot connect.",
    approval:
      "After you have signed in, the device waits until your help desk approves it. Until then the app says that it cannot connect.",
    closed:
      "New devices are let in only if your help desk expects them. Call the help desk before you sign in on the device, and say that you have a new app password.",
    full: (limit: number) =>
      `You have ${limit === 1 ? "one device" : `${limit} devices`} already, and no more are allowed. Ask your help desk to remove an old one before you sign in on the new one.`,
  },

  madeTitle: "Your password for this device",
  copy: "Copy",
  copied: "Copied",
  onlyNow:
    "It is shown only now. It is for this one device: each further device gets a password of its own. It works with or without the hyphens.",
  type: "Type this on the device",
  password: "Password",
  passwordMore: "the one above, not the one of Windows",
  user: "User name",
  userMore: "exactly so, with the part before the backslash",
  how: {
    iphone:
      "Open the app and type the sign-in address and the password. If it asks for more, or under “Advanced options”, type the user name. Leave the server detection on automatic.",
    android:
      "Open the app and type the sign-in address and the password. If it asks for more, or under “More details”, type the user name. Leave the server detection on automatic.",
    windows:
      "Open Skype for Business and type the sign-in address. When Windows asks for credentials, choose another account if it offers your own, then type the user name and the password, and let it remember them.",
    mac: "Open the app and type the sign-in address and the password. Under “Advanced options”, type the user name. Leave the server detection on automatic.",
    other:
      "Type the sign-in address and the password. If the app asks for a user name, a domain or an account, type the user name. Leave servers on automatic.",
  },
  done: "Done? Then close this page.",
  tooMany:
    "You have too many app passwords already, so you cannot get another one. Ask your help desk to revoke old ones. Your invitation is still good.",
  notFoundTitle: "There is no such page",
  notFound: "Please check the address, or open the link of your invitation once more.",
  foreignTitle: "This did not come from here",
  foreign: "The form was not sent from this page, so nothing was done. Open the link of your invitation once more.",
  failedTitle: "That did not work",
  failed: "Something failed at our side. Try again in a moment. If it goes on, tell your help desk.",
  requestId: (id: string) => `Number of the request: ${id}`,
};

const de: typeof en = {
  site: "Skype for Business von außen",
  title: "Ein Gerät einrichten",
  welcome:
    "Sie sind eingeladen, Skype for Business auf einem Gerät außerhalb der Firma zu benutzen. Das Kennwort dafür bekommen Sie auf dieser Seite.",
  code: "Ihr Code",
  codeHint: "Er steht in Ihrer Einladung, hinter dem # des Links. Er hat sieben Gruppen aus vier Zeichen.",
  linked: "Ihre Einladung ist eingetragen.",
  goOn: "Weiter",
  refused:
    "Dieser Code gilt nicht. Er wurde schon benutzt, er ist zu alt, ein neuerer hat ihn ersetzt, oder er war nie richtig. Bitten Sie um eine neue Einladung.",
  mistyped:
    "Das ist kein vollständiger Code. Bitte vergleichen Sie ihn mit Ihrer Einladung: Ein Zeichen ist falsch oder fehlt.",

  hello: (name: string) => `Guten Tag, ${name}`,
  address: "Anmeldeadresse",
  which: "Welches Gerät möchten Sie einrichten?",
  devices: {
    iphone: "iPhone oder iPad",
    android: "Android-Telefon oder -Tablet",
    windows: "Windows-Computer",
    mac: "Mac",
    other: "Etwas anderes",
  },
  labels: {
    iphone: "iPhone oder iPad",
    android: "Android",
    windows: "Windows-Computer",
    mac: "Mac",
    other: "Anderes Gerät",
  },
  once: "Auf der nächsten Seite sehen Sie das Kennwort, nur dieses eine Mal. Nehmen Sie das Gerät zur Hand, dann geht es weiter.",
  show: "Mein Kennwort zeigen",
  notYou: "Ist das nicht Ihr Name, schließen Sie diese Seite und sagen Sie Ihrem Helpdesk Bescheid.",

  outlook: {
    open: "Sie können das Gerät benutzen, sobald Sie sich darauf angemeldet haben.",
    window: (until: string) => `Melden Sie sich vor ${until} auf dem Gerät an. Danach würde es abgewiesen.`,
    "no-window":
      "Neue Geräte werden nur zugelassen, nachdem Ihr Helpdesk für kurze Zeit ein Zeitfenster für Sie geöffnet hat. Rufen Sie dort an, bevor Sie sich auf dem Gerät anmelden.",
    self: "Nach Ihrer Anmeldung wartet das Gerät, bis Sie es hier zulassen. Bis dahin meldet die App, dass sie keine Verbindung bekommt.",
    approval:
      "Nach Ihrer Anmeldung wartet das Gerät, bis Ihr Helpdesk es zulässt. Bis dahin meldet die App, dass sie keine Verbindung bekommt.",
    closed:
      "Neue Geräte werden nur zugelassen, wenn Ihr Helpdesk sie erwartet. Rufen Sie dort an, bevor Sie sich auf dem Gerät anmelden, und sagen Sie, dass Sie ein neues App-Kennwort haben.",
    full: (limit: number) =>
      `Sie haben schon ${limit === 1 ? "ein Gerät" : `${limit} Geräte`}, und mehr sind nicht erlaubt. Bitten Sie Ihren Helpdesk, ein altes zu entfernen, bevor Sie sich auf dem neuen anmelden.`,
  },

  madeTitle: "Ihr Kennwort für dieses Gerät",
  copy: "Kopieren",
  copied: "Kopiert",
  onlyNow:
    "Es wird nur jetzt gezeigt. Es ist für dieses eine Gerät: Jedes weitere bekommt ein eigenes. Es gilt mit und ohne die Bindestriche.",
  type: "Das geben Sie auf dem Gerät ein",
  password: "Kennwort",
  passwordMore: "das von oben, nicht das von Windows",
  user: "Benutzername",
  userMore: "genau so, mit dem Teil vor dem umgekehrten Schrägstrich",
  how: {
    iphone:
      "Öffnen Sie die App und geben Sie Anmeldeadresse und Kennwort ein. Fragt sie nach mehr, oder unter „Erweiterte Optionen“, geben Sie den Benutzernamen ein. Lassen Sie die Servererkennung auf automatisch.",
    android:
      "Öffnen Sie die App und geben Sie Anmeldeadresse und Kennwort ein. Fragt sie nach mehr, oder unter „Weitere Details“, geben Sie den Benutzernamen ein. Lassen Sie die Servererkennung auf automatisch.",
    windows:
      "Öffnen Sie Skype for Business und geben Sie die Anmeldeadresse ein. Wenn Windows nach Anmeldeinformationen fragt und Ihr eigenes Konto anbietet, wählen Sie ein anderes, geben Sie Benutzername und Kennwort ein und lassen Sie beides merken.",
    mac: "Öffnen Sie die App und geben Sie Anmeldeadresse und Kennwort ein. Geben Sie unter „Erweiterte Optionen“ den Benutzernamen ein. Lassen Sie die Servererkennung auf automatisch.",
    other:
      "Geben Sie Anmeldeadresse und Kennwort ein. Fragt die App nach Benutzername, Domäne oder Konto, geben Sie den Benutzernamen ein. Lassen Sie Server auf automatisch.",
  },
  done: "Fertig? Dann schließen Sie diese Seite.",
  tooMany:
    "Sie haben schon zu viele App-Kennwörter und können keines mehr bekommen. Bitten Sie Ihren Helpdesk, alte zu widerrufen. Ihre Einladung gilt weiter.",
  notFoundTitle: "Diese Seite gibt es nicht",
  notFound: "Bitte prüfen Sie die Adresse, oder öffnen Sie den Link Ihrer Einladung noch einmal.",
  foreignTitle: "Das kam nicht von hier",
  foreign:
    "Das Formular wurde nicht von dieser Seite abgeschickt, deshalb ist nichts geschehen. Öffnen Sie den Link Ihrer Einladung noch einmal.",
  failedTitle: "Das hat nicht geklappt",
  failed:
    "Bei uns ist etwas fehlgeschlagen. Versuchen Sie es gleich noch einmal. Bleibt es dabei, sagen Sie Ihrem Helpdesk Bescheid.",
  requestId: (id: string) => `Nummer der Anfrage: ${id}`,
};

export const words: Localised<typeof en> = { en, de };
