// The words about inviting a person to get an app password.

import type { Localised } from "../../web/locale.ts";

const en = {
  section: "Invitations",
  invite: "Invite",
  none: "No invitations in the last 30 days.",
  state: "State",
  states: { open: "Open", used: "Used", ended: "Ended", expired: "Not used in time" },
  made: "Made",
  by: "By",
  until: "Good until",
  used: "Used",
  withdraw: "Withdraw",

  title: "Invite the person",
  intro:
    "You get a link and a code to scan. The person opens it, chooses how to sign in to the portal from now on, and sets up devices there. For somebody who has lost every way in, it adds a new one and ends all sessions.",
  ends: "An invitation that is still open ends when you make this one.",
  lasts: "How long is it good?",
  lastsOptions: { "4320": "Three days", "1440": "One day", "60": "One hour", "10": "10 minutes: the person is here" },
  mail: (address: string) => `Also send the link by mail to ${address}`,
  mailHint: "Whoever reads that mailbox can use the link. Do not tick it if the mailbox is on the lost phone.",
  noMail: "No mail address of this person is known, so the link cannot be sent by mail.",
  mailed: (address: string) => `A mail with the link is on its way to ${address}.`,
  why: "Reason, for the audit",
  make: "Make the invitation",
  cancel: "Cancel",

  madeTitle: "The invitation",
  onlyNow:
    "It is shown only now. Give it to this person and nobody else: whoever opens it first is this person in the portal.",
  goodUntil: (when: string) => `It works once, until ${when}.`,
  scan: "To scan with the phone",
  scanAlt: "QR code of the invitation's link",
  link: "Link",
  copy: "Copy",
  copied: "Copied",
  done: "Done: back to the person",
};

const de: typeof en = {
  section: "Einladungen",
  invite: "Einladen",
  none: "Keine Einladungen in den letzten 30 Tagen.",
  state: "Zustand",
  states: { open: "Offen", used: "Benutzt", ended: "Beendet", expired: "Nicht rechtzeitig benutzt" },
  made: "Erstellt",
  by: "Von",
  until: "Gilt bis",
  used: "Benutzt",
  withdraw: "Zurückziehen",

  title: "Die Person einladen",
  intro:
    "Sie bekommen einen Link und einen Code zum Scannen. Die Person öffnet ihn, wählt, wie sie sich künftig am Portal anmeldet, und richtet dort ihre Geräte ein. Wer keinen Weg mehr hinein hat, bekommt so einen neuen, und alle Sitzungen enden.",
  ends: "Eine noch offene Einladung endet, wenn Sie diese erstellen.",
  lasts: "Wie lange gilt sie?",
  lastsOptions: {
    "4320": "Drei Tage",
    "1440": "Einen Tag",
    "60": "Eine Stunde",
    "10": "10 Minuten: Die Person ist hier",
  },
  mail: (address) => `Den Link auch per Mail an ${address} schicken`,
  mailHint:
    "Wer dieses Postfach liest, kann den Link benutzen. Kreuzen Sie es nicht an, wenn das Postfach auf dem verlorenen Telefon ist.",
  noMail: "Von dieser Person ist keine Mailadresse bekannt, darum lässt sich der Link nicht per Mail schicken.",
  mailed: (address) => `Eine Mail mit dem Link ist auf dem Weg an ${address}.`,
  why: "Grund, für das Protokoll",
  make: "Einladung erstellen",
  cancel: "Abbrechen",

  madeTitle: "Die Einladung",
  onlyNow:
    "Sie wird nur jetzt gezeigt. Geben Sie sie dieser Person und niemandem sonst: Wer sie zuerst öffnet, ist im Portal diese Person.",
  goodUntil: (when: string) => `Sie gilt einmal, bis ${when}.`,
  scan: "Mit dem Telefon zu scannen",
  scanAlt: "QR-Code mit dem Link der Einladung",
  link: "Link",
  copy: "Kopieren",
  copied: "Kopiert",
  done: "Fertig: zurück zur Person",
};

export const invitationWords: Localised<typeof en> = { en, de };
