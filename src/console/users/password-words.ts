// The words about making, renewing, changing and revoking app passwords.

import type { Localised } from "../../web/locale.ts";

const en = {
  newTitle: "New app password",
  for: (name: string) => `for ${name}`,
  intro: "Each device needs an app password of its own. It is shown once, on the next page.",
  label: "What is it for?",
  labelHint: "Such as “iPhone” or “laptop at home”. The person sees it, too.",
  lasts: "How long is it good?",
  lastsOptions: { "": "Until somebody revokes it", "30": "30 days", "90": "90 days", "365": "One year" },
  lastsAsBefore: "As long as before",
  codeTick: "Ask for a code each time",
  codeHint:
    "For clients that ask for the password at each sign-in. The person types the six digits of the authenticator app behind it. Not for phones: they store the password, and the code in it is good once.",
  windowTick: (minutes: number) => `Let a new device enrol within the next ${minutes} minutes`,
  windowHint: "New devices of this person enrol only while a window is open.",
  closedHint:
    "New devices of this person are let in only if they are expected. Expect the device with this app password, on the next page.",
  approvalHint: "The device will wait for your approval. It appears on the person's page when it has signed in.",
  selfHint: "The device will wait until the person approves it in the portal. You may approve it, too.",
  make: "Make the app password",
  why: "Reason, for the audit",
  cancel: "Cancel",

  madeTitle: "The new app password",
  onlyNow: "It is shown only now. It works with or without the hyphens.",
  withCode: (example: string) =>
    `It asks for a code. Each time, the six digits of the authenticator app stand directly behind it, such as ${example}.`,
  copy: "Copy",
  copied: "Copied",
  type: "What to type on the device",
  typeAddress: "Sign-in address",
  typeUser: "User name",
  typeUserMore: "only if the app asks for one, under “More” or “Advanced”",
  typePassword: "Password",
  typePasswordMore: "the app password above, not the one of Windows",
  typePasswordCode: "with the six digits of the authenticator app behind it",
  endsOn: (when: string) => `It is good until ${when}.`,
  oldGood: (when: string) => `The one before is good until ${when}.`,
  userDisabled: "The person is disabled, so it opens nothing yet.",
  windowOpened: (when: string) => `A new device may enrol until ${when}.`,
  windowFailed: "The window for new devices could not be opened:",
  expectIt: "Expect the device",
  done: "Done: back to the person",

  renewTitle: "Renew an app password",
  renewIntro:
    "The device keeps its place and gets a new secret. The old one stays good for a while, so nobody is cut off before the new one is typed in.",
  renewStolen: "If somebody else may know the old one, revoke it instead.",
  oldFor: "The old one stays good for",
  oldForOptions: { "1": "One day", "7": "7 days", "14": "14 days", "30": "30 days" },
  renew: "Make the new secret",

  revokeTitle: "Revoke an app password",
  revokeIntro:
    "At once nothing more is served to who signed in with it. It cannot be undone, but a new one is made quickly.",
  revoke: "Revoke it",

  changeTitle: "Change an app password",
  ends: "It ends",
  endsOptions: {
    keep: "As it is now",
    never: "When somebody revokes it",
    "30": "In 30 days",
    "90": "In 90 days",
    "365": "In a year",
  },
  save: "Save",
  noLabel: "no name",
};

const de: typeof en = {
  newTitle: "Neues App-Kennwort",
  for: (name: string) => `für ${name}`,
  intro: "Jedes Gerät braucht ein eigenes App-Kennwort. Es wird einmal gezeigt, auf der nächsten Seite.",
  label: "Wofür ist es?",
  labelHint: "Zum Beispiel „iPhone“ oder „Laptop zu Hause“. Die Person sieht das auch.",
  lasts: "Wie lange gilt es?",
  lastsOptions: { "": "Bis es jemand widerruft", "30": "30 Tage", "90": "90 Tage", "365": "Ein Jahr" },
  lastsAsBefore: "So lange wie bisher",
  codeTick: "Jedes Mal einen Code verlangen",
  codeHint:
    "Für Programme, die bei jeder Anmeldung nach dem Kennwort fragen. Die Person tippt die sechs Ziffern der Authenticator-App dahinter. Nicht für Telefone: Sie speichern das Kennwort, und der Code darin gilt nur einmal.",
  windowTick: (minutes: number) => `In den nächsten ${minutes} Minuten darf sich ein neues Gerät eintragen`,
  windowHint: "Neue Geräte dieser Person tragen sich nur ein, solange ein Fenster offen ist.",
  closedHint:
    "Neue Geräte dieser Person werden nur zugelassen, wenn sie erwartet werden. Erwarten Sie das Gerät mit diesem App-Kennwort, auf der nächsten Seite.",
  approvalHint:
    "Das Gerät wird auf Ihre Zulassung warten. Es erscheint auf der Seite der Person, wenn es sich angemeldet hat.",
  selfHint: "Das Gerät wird warten, bis die Person es im Portal zulässt. Auch Sie können es zulassen.",
  make: "App-Kennwort anlegen",
  why: "Grund, für das Protokoll",
  cancel: "Abbrechen",

  madeTitle: "Das neue App-Kennwort",
  onlyNow: "Es wird nur jetzt gezeigt. Es gilt mit und ohne Bindestriche.",
  withCode: (example: string) =>
    `Es verlangt einen Code. Jedes Mal stehen die sechs Ziffern der Authenticator-App direkt dahinter, zum Beispiel ${example}.`,
  copy: "Kopieren",
  copied: "Kopiert",
  type: "Was am Gerät einzugeben ist",
  typeAddress: "Anmeldeadresse",
  typeUser: "Benutzername",
  typeUserMore: "nur, wenn die App danach fragt, unter „Mehr“ oder „Erweitert“",
  typePassword: "Kennwort",
  typePasswordMore: "das App-Kennwort von oben, nicht das von Windows",
  typePasswordCode: "dahinter die sechs Ziffern der Authenticator-App",
  endsOn: (when: string) => `Es gilt bis ${when}.`,
  oldGood: (when: string) => `Das vorige gilt bis ${when}.`,
  userDisabled: "Die Person ist gesperrt, deshalb öffnet es noch nichts.",
  windowOpened: (when: string) => `Bis ${when} darf sich ein neues Gerät eintragen.`,
  windowFailed: "Das Fenster für neue Geräte ließ sich nicht öffnen:",
  expectIt: "Gerät erwarten",
  done: "Fertig: zurück zur Person",

  renewTitle: "App-Kennwort erneuern",
  renewIntro:
    "Das Gerät behält seinen Platz und bekommt ein neues Geheimnis. Das alte gilt noch eine Weile, damit niemand ausgesperrt ist, bevor das neue eingegeben ist.",
  renewStolen: "Wenn jemand anders das alte kennen könnte, widerrufen Sie es stattdessen.",
  oldFor: "Das alte gilt noch",
  oldForOptions: { "1": "einen Tag", "7": "7 Tage", "14": "14 Tage", "30": "30 Tage" },
  renew: "Neues Geheimnis anlegen",

  revokeTitle: "App-Kennwort widerrufen",
  revokeIntro:
    "Wer damit angemeldet ist, bekommt sofort nichts mehr. Das lässt sich nicht rückgängig machen, aber ein neues ist schnell angelegt.",
  revoke: "Widerrufen",

  changeTitle: "App-Kennwort ändern",
  ends: "Es endet",
  endsOptions: {
    keep: "Wie bisher",
    never: "Wenn es jemand widerruft",
    "30": "In 30 Tagen",
    "90": "In 90 Tagen",
    "365": "In einem Jahr",
  },
  save: "Speichern",
  noLabel: "ohne Namen",
};

export const passwordWords: Localised<typeof en> = { en, de };
