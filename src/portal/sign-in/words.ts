// The words of signing in, and of proving once more that it is you.

import type { Localised } from "../../web/locale.ts";

const en = {
  title: "Sign in",
  withPasskey: "Sign in with a passkey",
  passkeyMore: "Your fingerprint, your face, your PIN or a security key.",
  withProvider: "Sign in with your organisation's account",
  noScript: "A passkey needs JavaScript. You can sign in below without it.",
  or: "or with your passphrase",
  address: "Sign-in address",
  addressHint: "as in Skype for Business, such as you@example.com",
  passphrase: "Passphrase",
  passphraseHint: "the one you chose for this page, not the password of Windows",
  code: "Code",
  codeHint: "The six digits that your authenticator app shows now. Without the app: one of your recovery codes.",
  signIn: "Sign in",
  where: (host: string) =>
    `Type passphrase and code only while your browser's address bar shows ${host}. Nobody from your organisation will ever ask you for a code.`,
  refused:
    "That did not work. Please check all three: the sign-in address, the passphrase, and a code that the app shows now. Each code works once. If it goes on, wait a quarter of an hour or ask your help desk.",
  refusedPasskey: "This passkey did not work. Try another one, or sign in with your passphrase. Or ask your help desk.",
  firstTime: "Here for the first time?",
  haveInvitation: "I have an invitation",
  otherName:
    "Passkeys do not work at the moment: the address of this page has changed since they were made. Please sign in with your passphrase and a code, or tell your help desk.",
  signedOut: "You are signed out.",

  confirmTitle: "Is it you?",
  confirm: "This step is important, so please confirm that it is you. Then it is done.",
  confirmPasskey: "Confirm with a passkey",
  confirmCode: "Confirm",
  confirmProvider: "Confirm with your organisation's account",
  confirmedTitle: "Thank you",
  confirmed: "You have confirmed that it is you. Nothing is done yet: go on, and it is.",
  goOn: "Go on",
  confirmRefused:
    "That did not work, so nothing was changed. Check the passphrase, and wait until the app shows a new code: each works once.",
  confirmImpossible:
    "You cannot confirm it here, so nothing was changed. Sign out, and sign in again. Then you have five minutes for it.",
  confirmGone: "This took longer than five minutes, so nothing was changed. Go back and send it once more.",
  cancel: "Cancel",
  passkeyLines: {
    waiting: "Now use your fingerprint, your face, your PIN or your security key.",
    cancelled: "The passkey was not used. Try again when you are ready.",
    known: "This device already has a passkey of yours.",
    refused: "That did not work. Try again in a moment.",
    failed: "There was no answer. Try again in a moment.",
    unsupported: "This browser cannot use passkeys.",
  },
};

const de: typeof en = {
  title: "Anmelden",
  withPasskey: "Mit Passkey anmelden",
  passkeyMore: "Ihr Fingerabdruck, Ihr Gesicht, Ihre PIN oder ein Sicherheitsschlüssel.",
  withProvider: "Mit dem Konto Ihrer Organisation anmelden",
  noScript: "Ein Passkey braucht JavaScript. Unten können Sie sich ohne anmelden.",
  or: "oder mit Ihrer Passphrase",
  address: "Anmeldeadresse",
  addressHint: "wie in Skype for Business, etwa sie@example.com",
  passphrase: "Passphrase",
  passphraseHint: "die Sie für diese Seite gewählt haben, nicht das Kennwort von Windows",
  code: "Code",
  codeHint:
    "Die sechs Ziffern, die Ihre Authenticator-App jetzt zeigt. Ohne die App: einer Ihrer Wiederherstellungscodes.",
  signIn: "Anmelden",
  where: (host: string) =>
    `Geben Sie Passphrase und Code nur ein, wenn in der Adresszeile Ihres Browsers ${host} steht. Niemand aus Ihrer Organisation wird Sie je nach einem Code fragen.`,
  refused:
    "Das hat nicht geklappt. Bitte prüfen Sie alle drei: die Anmeldeadresse, die Passphrase und einen Code, den die App jetzt zeigt. Jeder Code gilt einmal. Bleibt es dabei, warten Sie eine Viertelstunde oder fragen Sie Ihren Helpdesk.",
  refusedPasskey:
    "Dieser Passkey hat nicht funktioniert. Nehmen Sie einen anderen, oder melden Sie sich mit Ihrer Passphrase an. Oder fragen Sie Ihren Helpdesk.",
  firstTime: "Zum ersten Mal hier?",
  haveInvitation: "Ich habe eine Einladung",
  otherName:
    "Passkeys funktionieren zurzeit nicht: Die Adresse dieser Seite ist eine andere als damals, als sie angelegt wurden. Bitte melden Sie sich mit Passphrase und Code an, oder sagen Sie Ihrem Helpdesk Bescheid.",
  signedOut: "Sie sind abgemeldet.",

  confirmTitle: "Sind Sie es?",
  confirm: "Dieser Schritt ist wichtig. Bitte bestätigen Sie, dass Sie es sind, dann wird er ausgeführt.",
  confirmPasskey: "Mit Passkey bestätigen",
  confirmCode: "Bestätigen",
  confirmProvider: "Mit dem Konto Ihrer Organisation bestätigen",
  confirmedTitle: "Danke",
  confirmed: "Sie haben bestätigt, dass Sie es sind. Noch ist nichts geschehen: Erst mit dem nächsten Schritt.",
  goOn: "Weiter",
  confirmRefused:
    "Das hat nicht geklappt, es wurde nichts geändert. Prüfen Sie die Passphrase, und warten Sie, bis die App einen neuen Code zeigt: Jeder gilt einmal.",
  confirmImpossible:
    "Sie können es hier nicht bestätigen, es wurde nichts geändert. Melden Sie sich ab und wieder an. Dann haben Sie fünf Minuten dafür.",
  confirmGone:
    "Es hat länger als fünf Minuten gedauert, deshalb wurde nichts geändert. Gehen Sie zurück und schicken Sie es noch einmal ab.",
  cancel: "Abbrechen",
  passkeyLines: {
    waiting: "Jetzt bitte Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel.",
    cancelled: "Der Passkey wurde nicht benutzt. Versuchen Sie es noch einmal, wenn Sie so weit sind.",
    known: "Auf diesem Gerät haben Sie schon einen Passkey.",
    refused: "Das hat nicht geklappt. Versuchen Sie es gleich noch einmal.",
    failed: "Es kam keine Antwort. Versuchen Sie es gleich noch einmal.",
    unsupported: "Dieser Browser kann keine Passkeys.",
  },
};

export const words: Localised<typeof en> = { en, de };
