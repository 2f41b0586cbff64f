// The words of what somebody signs in with: a passkey, a passphrase with an authenticator app, and recovery codes. Their
// readers have never heard of these.

import type { Localised } from "../../web/locale.ts";

const en = {
  noScript: "A passkey needs JavaScript, which is switched off here.",
  passkeyFailed: "The passkey was not made. Try again, or choose the other way.",
  denied: {
    "another-rp-id":
      "Passkeys cannot be made at the moment, because the address of this page has changed. Take the other way, and tell your help desk.",
    "passkey-known": "This passkey is known already. Take another device, or the other way.",
    "too-many": "You have too many passkeys. Remove one under “Security” first.",
    other: "That did not work. Try again.",
  },

  codesTitle: "Passphrase and app",
  appTitle: "A new authenticator app",
  passphraseTitle: "A new passphrase",
  step1: "1. Choose a passphrase",
  newPassphrase: "New passphrase",
  newPassphraseHint:
    "At least 12 characters. Three or four words that do not belong together are good. It is for this page alone: never use the password of Windows.",
  step2: "2. Add this page to an authenticator app",
  scan: "Open an authenticator app on your phone, such as Microsoft Authenticator or Google Authenticator. Choose “add” or “+”, and point the camera at this picture.",
  qrAlt: "QR code for the authenticator app. The key below is the same as text.",
  key: "No camera? Type this key into the app",
  keyCopy: "Copy",
  keyCopied: "Copied",
  step3: "3. Type the code that the app shows now",
  code6: "Code of six digits",
  code6Hint: (host: string) =>
    `It changes every 30 seconds. You will be asked for such a code only on this page, ${host}, and never by phone or mail.`,
  save: "Save",
  faults: {
    "too-short": "This is too short: at least 12 characters, please.",
    "too-long": "This is too long: at most 128 characters, please.",
    "too-common": "Others would try this one first. Please choose something else, such as four unusual words.",
    "contains-name": "Your own name is in it. Please choose something that nobody would guess of you.",
    unreadable: "It contains a character that cannot be typed everywhere. Please leave it out.",
    "wrong-code": "This is not the code that the app shows now. Wait for the next one, and type that.",
  },

  recoveryTitle: "Your recovery codes",
  recovery:
    "If you lose the phone with the app, one of these codes takes the place of the app’s code, together with your passphrase. Each works once. They are shown only now.",
  recoveryHow: "Print them or write them down, and keep them where your phone is not.",
  print: "Print",
  copy: "Copy",
  copied: "Copied",
  recoveryFor: (address: string, host: string) => `Recovery codes of ${address} for ${host}`,
  kept: "I have kept these codes",
  toHome: "Continue",
};

const de: typeof en = {
  noScript: "Ein Passkey braucht JavaScript, das hier abgeschaltet ist.",
  passkeyFailed: "Der Passkey wurde nicht angelegt. Versuchen Sie es noch einmal, oder nehmen Sie den anderen Weg.",
  denied: {
    "another-rp-id":
      "Passkeys lassen sich zurzeit nicht anlegen, weil sich die Adresse dieser Seite geändert hat. Nehmen Sie den anderen Weg, und sagen Sie Ihrem Helpdesk Bescheid.",
    "passkey-known": "Dieser Passkey ist schon bekannt. Nehmen Sie ein anderes Gerät oder den anderen Weg.",
    "too-many": "Sie haben zu viele Passkeys. Entfernen Sie zuerst einen unter „Sicherheit“.",
    other: "Das hat nicht geklappt. Versuchen Sie es noch einmal.",
  },

  codesTitle: "Passphrase und App",
  appTitle: "Eine neue Authenticator-App",
  passphraseTitle: "Eine neue Passphrase",
  step1: "1. Wählen Sie eine Passphrase",
  newPassphrase: "Neue Passphrase",
  newPassphraseHint:
    "Mindestens 12 Zeichen. Gut sind drei oder vier Wörter, die nicht zusammengehören. Sie ist nur für diese Seite: Nehmen Sie nie das Kennwort von Windows.",
  step2: "2. Fügen Sie diese Seite einer Authenticator-App hinzu",
  scan: "Öffnen Sie auf Ihrem Telefon eine Authenticator-App, etwa Microsoft Authenticator oder Google Authenticator. Wählen Sie „Hinzufügen“ oder „+“ und richten Sie die Kamera auf dieses Bild.",
  qrAlt: "QR-Code für die Authenticator-App. Der Schlüssel darunter ist dasselbe als Text.",
  key: "Keine Kamera? Tippen Sie diesen Schlüssel in die App",
  keyCopy: "Kopieren",
  keyCopied: "Kopiert",
  step3: "3. Tippen Sie den Code ein, den die App jetzt zeigt",
  code6: "Code aus sechs Ziffern",
  code6Hint: (host: string) =>
    `Er wechselt alle 30 Sekunden. Nach so einem Code werden Sie nur auf dieser Seite gefragt, ${host}, nie am Telefon oder per Mail.`,
  save: "Speichern",
  faults: {
    "too-short": "Das ist zu kurz: bitte mindestens 12 Zeichen.",
    "too-long": "Das ist zu lang: bitte höchstens 128 Zeichen.",
    "too-common": "Das würden andere zuerst probieren. Bitte wählen Sie etwas anderes, etwa vier ungewöhnliche Wörter.",
    "contains-name": "Ihr eigener Name steht darin. Bitte wählen Sie etwas, worauf bei Ihnen niemand kommt.",
    unreadable: "Darin ist ein Zeichen, das man nicht überall tippen kann. Bitte lassen Sie es weg.",
    "wrong-code": "Das ist nicht der Code, den die App jetzt zeigt. Warten Sie auf den nächsten und tippen Sie den.",
  },

  recoveryTitle: "Ihre Wiederherstellungs\u00adcodes",
  recovery:
    "Wenn Sie das Telefon mit der App verlieren, ersetzt einer dieser Codes den Code der App, zusammen mit Ihrer Passphrase. Jeder gilt einmal. Sie werden nur jetzt gezeigt.",
  recoveryHow: "Drucken Sie sie aus oder schreiben Sie sie auf, und heben Sie sie dort auf, wo Ihr Telefon nicht ist.",
  print: "Drucken",
  copy: "Kopieren",
  copied: "Kopiert",
  recoveryFor: (address: string, host: string) => `Wiederherstellungscodes von ${address} für ${host}`,
  kept: "Ich habe diese Codes aufgehoben",
  toHome: "Weiter",
};

export const words: Localised<typeof en> = { en, de };
