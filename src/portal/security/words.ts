// The words of the page "Security": what somebody signs in with, and where the person is signed in.

import type { Localised } from "../../web/locale.ts";

const en = {
  title: "Security",
  intro: "What you sign in to this page with, and where you are signed in.",

  passkeys: "Passkeys",
  passkeysIntro: "With a passkey you sign in by the fingerprint, face or PIN of your device, or with a security key.",
  noPasskeys: "You have no passkey.",
  oneOnly: "This is your only way in. Add a second one, so that you can still sign in when you lose this device.",
  name: "Name",
  kind: "Where it is",
  synced: "on all devices of your account with Apple, Google, Microsoft or a password manager",
  bound: "on this one device or security key only",
  otherAddress: "made for an earlier address of this page: it does not work any more",
  made: "Made",
  used: "Last used",
  never: "never",
  change: "Change",
  rename: "Rename",
  remove: "Remove",
  addPasskey: "Add a passkey",
  addTitle: "Add a passkey",
  addIntro:
    "It is made on the device that you hold now, on a phone nearby, or on a security key. The browser asks which.",
  makePasskey: "Make the passkey",
  passkeysOff:
    "Passkeys do not work at the moment, because the address of this page has changed. Your help desk can put it right.",

  codes: "Passphrase and authenticator app",
  codesIntro: "For a device that cannot use a passkey: your passphrase, and then a code that an app shows.",
  noCodes: "You have not set this up.",
  setUp: "Set it up",
  passphrase: "Passphrase",
  app: "Authenticator app",
  since: "since",
  newPassphrase: "Change the passphrase",
  newApp: "Set up another app",
  removeCodes: "Remove passphrase and app",
  removeCodesSure: "Your recovery codes go with them. You then sign in with a passkey only.",

  recovery: "Recovery codes",
  recoveryIntro: "One of them takes the place of the app’s code when you have lost the phone with the app.",
  left: (n: number) => (n === 1 ? "One code is left." : `${n} codes are left.`),
  noneLeft: "No code is left. Make new ones.",
  noRecovery: "You have none.",
  newCodes: "Make new codes",
  newCodesMore: "The old ones stop working then.",

  sessions: "Where you are signed in",
  sessionsIntro: "If you do not know one of these, end it, and tell your help desk.",
  browser: "Browser",
  here: "here",
  unknownBrowser: "unknown",
  network: "Network",
  began: "Signed in",
  seen: "Last seen",
  how: "With",
  hows: {
    passkey: "a passkey",
    code: "passphrase and app",
    "recovery-code": "a recovery code",
    provider: "your organisation’s account",
    invitation: "an invitation",
    approval: "an approval, for Lync",
  },
  end: "Sign out there",
  endOthers: "Sign out everywhere else",

  cancel: "Cancel",
  done: {
    "passkey-added": "The passkey is added. From now on you can sign in with it.",
    renamed: "The new name is saved.",
    removed: "The passkey is removed. Nobody can sign in with it any more. Everywhere but here you are signed out.",
    codes: "It is saved.",
    passphrase: "The new passphrase is saved. Everywhere but here you are signed out.",
    app: "The new app is set up. The old one does not work any more. Everywhere but here you are signed out.",
    "codes-removed": "Passphrase, app and recovery codes are removed. Everywhere but here you are signed out.",
    kept: "Your new recovery codes are saved. The old ones do not work any more.",
    ended: "You are signed out there.",
    "ended-others": "You are signed out everywhere but here.",
    recovered:
      "You signed in with a recovery code, which is used up. If you have lost the phone with the app, set up another app now, and end the phone under “My devices”.",
  },
  denied: {
    "last-factors":
      "This is your only way to sign in, so it stays. Set up another one first: a passkey, or a passphrase with an app.",
    "not-found": "This has gone already.",
    other: "That did not work. Try again.",
  },
};

const de: typeof en = {
  title: "Sicherheit",
  intro: "Womit Sie sich auf dieser Seite anmelden, und wo Sie angemeldet sind.",

  passkeys: "Passkeys",
  passkeysIntro:
    "Mit einem Passkey melden Sie sich mit Fingerabdruck, Gesicht oder PIN Ihres Geräts an, oder mit einem Sicherheitsschlüssel.",
  noPasskeys: "Sie haben keinen Passkey.",
  oneOnly:
    "Das ist Ihr einziger Weg hinein. Richten Sie einen zweiten ein, damit Sie sich noch anmelden können, wenn Sie dieses Gerät verlieren.",
  name: "Name",
  kind: "Wo er ist",
  synced: "auf allen Geräten Ihres Kontos bei Apple, Google, Microsoft oder einem Passwort-Manager",
  bound: "nur auf diesem einen Gerät oder Sicherheitsschlüssel",
  otherAddress: "für eine frühere Adresse dieser Seite angelegt: funktioniert nicht mehr",
  made: "Angelegt",
  used: "Zuletzt benutzt",
  never: "nie",
  change: "Ändern",
  rename: "Umbenennen",
  remove: "Entfernen",
  addPasskey: "Passkey hinzufügen",
  addTitle: "Passkey hinzufügen",
  addIntro:
    "Er wird auf dem Gerät angelegt, das Sie in der Hand haben, auf einem Telefon in der Nähe oder auf einem Sicherheitsschlüssel. Der Browser fragt, wo.",
  makePasskey: "Passkey anlegen",
  passkeysOff:
    "Passkeys funktionieren zurzeit nicht, weil sich die Adresse dieser Seite geändert hat. Ihr Helpdesk kann das beheben lassen.",

  codes: "Passphrase und Authenticator-App",
  codesIntro: "Für Geräte, die keinen Passkey benutzen können: Ihre Passphrase und dann ein Code, den eine App zeigt.",
  noCodes: "Das haben Sie nicht eingerichtet.",
  setUp: "Einrichten",
  passphrase: "Passphrase",
  app: "Authenticator-App",
  since: "seit",
  newPassphrase: "Passphrase ändern",
  newApp: "Andere App einrichten",
  removeCodes: "Passphrase und App entfernen",
  removeCodesSure: "Ihre Wiederherstellungscodes verschwinden mit. Danach melden Sie sich nur mit einem Passkey an.",

  recovery: "Wiederherstellungscodes",
  recoveryIntro: "Einer davon ersetzt den Code der App, wenn Sie das Telefon mit der App verloren haben.",
  left: (n: number) => (n === 1 ? "Ein Code ist übrig." : `${n} Codes sind übrig.`),
  noneLeft: "Es ist kein Code übrig. Legen Sie neue an.",
  noRecovery: "Sie haben keine.",
  newCodes: "Neue Codes anlegen",
  newCodesMore: "Die alten gelten dann nicht mehr.",

  sessions: "Wo Sie angemeldet sind",
  sessionsIntro: "Kennen Sie eine davon nicht, beenden Sie sie und sagen Sie Ihrem Helpdesk Bescheid.",
  browser: "Browser",
  here: "hier",
  unknownBrowser: "unbekannt",
  network: "Netz",
  began: "Angemeldet",
  seen: "Zuletzt gesehen",
  how: "Mit",
  hows: {
    passkey: "einem Passkey",
    code: "Passphrase und App",
    "recovery-code": "einem Wiederherstellungscode",
    provider: "dem Konto Ihrer Organisation",
    invitation: "einer Einladung",
    approval: "einer Freigabe, für Lync",
  },
  end: "Dort abmelden",
  endOthers: "Überall sonst abmelden",

  cancel: "Abbrechen",
  done: {
    "passkey-added": "Der Passkey ist hinzugefügt. Sie können sich von jetzt an damit anmelden.",
    renamed: "Der neue Name ist gespeichert.",
    removed: "Der Passkey ist entfernt. Damit kann sich niemand mehr anmelden. Überall außer hier sind Sie abgemeldet.",
    codes: "Es ist gespeichert.",
    passphrase: "Die neue Passphrase ist gespeichert. Überall außer hier sind Sie abgemeldet.",
    app: "Die neue App ist eingerichtet. Die alte gilt nicht mehr. Überall außer hier sind Sie abgemeldet.",
    "codes-removed":
      "Passphrase, App und Wiederherstellungscodes sind entfernt. Überall außer hier sind Sie abgemeldet.",
    kept: "Ihre neuen Wiederherstellungscodes sind gespeichert. Die alten gelten nicht mehr.",
    ended: "Sie sind dort abgemeldet.",
    "ended-others": "Sie sind überall außer hier abgemeldet.",
    recovered:
      "Sie haben sich mit einem Wiederherstellungscode angemeldet, der jetzt verbraucht ist. Haben Sie das Telefon mit der App verloren, richten Sie jetzt eine andere App ein und sperren Sie das Telefon unter „Meine Geräte“.",
  },
  denied: {
    "last-factors":
      "Das ist Ihr einziger Weg zur Anmeldung, deshalb bleibt es. Richten Sie zuerst etwas anderes ein: einen Passkey, oder eine Passphrase mit App.",
    "not-found": "Das gibt es schon nicht mehr.",
    other: "Das hat nicht geklappt. Versuchen Sie es noch einmal.",
  },
};

export const words: Localised<typeof en> = { en, de };
