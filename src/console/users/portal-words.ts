// The words about how a person signs in to the portal.

import type { Localised } from "../../web/locale.ts";

const en = {
  section: "Portal",
  complete: "Can sign in",
  completeYes: "Yes",
  completeProvider: "At the identity provider",
  completeNo: "No: the person needs an invitation",
  passkeys: "Passkeys",
  synced: "synced",
  bound: "on one device",
  passphrase: "Passphrase",
  authenticator: "Authenticator app",
  since: (when: string) => `since ${when}`,
  none: "None",
  recovery: "Recovery codes left",
  never: "Never made",
  identity: "Identity provider",
  sessions: "Signed in now",
  sessionOf: (how: string, source: string, when: string) => `${how}, from ${source}, last seen ${when}`,
  how: {
    passkey: "Passkey",
    code: "Passphrase and code",
    "recovery-code": "Recovery code",
    provider: "Identity provider",
    invitation: "Invitation",
    approval: "Approval, for Lync",
  },
  signOut: "Sign out everywhere",
  reset: "Take all of it away",
  resetTitle: "Take away how this person signs in to the portal",
  resetIntro:
    "For somebody who has lost it, or whose account may be in other hands. Passkeys, passphrase, authenticator app and recovery codes go, and the person is signed out. App passwords and devices stay.",
  resetAfter: "Invite the person afterwards, so that they can get in again. Make sure first who is asking you.",
  why: "Reason, for the audit",
  resetButton: "Take it away",
  cancel: "Cancel",
};

const de: typeof en = {
  section: "Portal",
  complete: "Kann sich anmelden",
  completeYes: "Ja",
  completeProvider: "Über den Identitätsanbieter",
  completeNo: "Nein: Die Person braucht eine Einladung",
  passkeys: "Passkeys",
  synced: "synchronisiert",
  bound: "auf einem Gerät",
  passphrase: "Passphrase",
  authenticator: "Authenticator-App",
  since: (when) => `seit ${when}`,
  none: "Keine",
  recovery: "Übrige Wiederherstellungscodes",
  never: "Nie erstellt",
  identity: "Identitätsanbieter",
  sessions: "Gerade angemeldet",
  sessionOf: (how, source, when) => `${how}, aus ${source}, zuletzt ${when}`,
  how: {
    passkey: "Passkey",
    code: "Passphrase und Code",
    "recovery-code": "Wiederherstellungscode",
    provider: "Identitätsanbieter",
    invitation: "Einladung",
    approval: "Freigabe, für Lync",
  },
  signOut: "Überall abmelden",
  reset: "Alles wegnehmen",
  resetTitle: "Dieser Person die Anmeldung am Portal wegnehmen",
  resetIntro:
    "Für eine Person, die alles verloren hat oder deren Zugang in fremden Händen sein kann. Passkeys, Passphrase, Authenticator-App und Wiederherstellungscodes werden gelöscht, und die Person ist abgemeldet. App-Kennwörter und Geräte bleiben.",
  resetAfter:
    "Laden Sie die Person danach ein, damit sie wieder hereinkommt. Vergewissern Sie sich vorher, wer Sie darum bittet.",
  why: "Grund, für das Audit",
  resetButton: "Wegnehmen",
  cancel: "Abbrechen",
};

export const portalWords: Localised<typeof en> = { en, de };
