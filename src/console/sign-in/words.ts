// The words of signing in, and of proving once more that it is you.

import type { Localised } from "../../web/locale.ts";

const en = {
  title: "Sign in",
  withPasskey: "Sign in with a passkey",
  withProvider: "Sign in with your organisation's account",
  withAccess: "Sign in as Cloudflare Access knows you",
  toSignIn: "Back to the sign-in",
  noPasskey: "No passkey yet? Another administrator can send you an invitation.",
  noScript: "A passkey needs JavaScript. Please allow it for this page.",
  refused: "That did not work. Try again. If it goes on, ask another administrator for an invitation.",
  waiting: "Now use your fingerprint, your face, your PIN or your security key.",
  cancelled: "The passkey was not used. Try again when you are ready.",
  known: "This device already has a passkey of yours. Sign in with it.",
  failed: "The gateway did not answer. Try again in a moment.",
  unsupported: "This browser cannot use passkeys. Use a current one, or another device.",
  inviteTitle: "Welcome to Postern",
  invite:
    "You are invited to administer Postern. Make a passkey: from then on you sign in with your fingerprint, your face, your PIN or a security key, and there is no password that anybody could steal.",
  makePasskey: "Make a passkey",
  inviteRefused: "This invitation cannot be used: it has been used already, or its time is over. Ask for a new one.",
  confirmTitle: "Is it you?",
  confirm: "This step changes something important. Confirm that it is you, and it is done.",
  confirmPasskey: "Confirm with a passkey",
  confirmProvider: "Confirm with your organisation's account",
  confirmRefused: "You could not be confirmed, so nothing was changed.",
  confirmGone: "This took longer than five minutes, so nothing was changed. Go back and send it once more.",
  confirmImpossible:
    "Your sign-in cannot be confirmed here, so nothing was changed. Add a passkey under “My sign-in” first.",
  goOn: "You are confirmed. One more click, and it is done.",
  goOnButton: "Do it now",
  cancel: "Cancel",
};

const de: typeof en = {
  title: "Anmelden",
  withPasskey: "Mit Passkey anmelden",
  withProvider: "Mit dem Konto der Organisation anmelden",
  withAccess: "So anmelden, wie Cloudflare Access Sie kennt",
  toSignIn: "Zurück zur Anmeldung",
  noPasskey: "Noch kein Passkey? Ein anderer Administrator kann Sie einladen.",
  noScript: "Ein Passkey braucht JavaScript. Bitte erlauben Sie es für diese Seite.",
  refused:
    "Das hat nicht geklappt. Versuchen Sie es noch einmal. Wenn es dabei bleibt, bitten Sie einen anderen Administrator um eine Einladung.",
  waiting: "Jetzt bitte Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel.",
  cancelled: "Der Passkey wurde nicht benutzt. Versuchen Sie es noch einmal, wenn Sie so weit sind.",
  known: "Auf diesem Gerät haben Sie schon einen Passkey. Melden Sie sich damit an.",
  failed: "Das Gateway hat nicht geantwortet. Versuchen Sie es gleich noch einmal.",
  unsupported: "Dieser Browser kann keine Passkeys. Nehmen Sie einen aktuellen oder ein anderes Gerät.",
  inviteTitle: "Willkommen bei Postern",
  invite:
    "Sie sind eingeladen, Postern zu verwalten. Legen Sie einen Passkey an: Danach melden Sie sich mit Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel an, und es gibt kein Kennwort, das jemand stehlen könnte.",
  makePasskey: "Passkey anlegen",
  inviteRefused: "Diese Einladung gilt nicht: Sie wurde schon benutzt, oder ihre Zeit ist um. Bitten Sie um eine neue.",
  confirmTitle: "Sind Sie es?",
  confirm: "Dieser Schritt ändert etwas Wichtiges. Bestätigen Sie, dass Sie es sind, dann wird er ausgeführt.",
  confirmPasskey: "Mit Passkey bestätigen",
  confirmProvider: "Mit dem Konto der Organisation bestätigen",
  confirmRefused: "Die Bestätigung ist misslungen, es wurde nichts geändert.",
  confirmGone:
    "Es hat länger als fünf Minuten gedauert, deshalb wurde nichts geändert. Gehen Sie zurück und schicken Sie es noch einmal ab.",
  confirmImpossible:
    "Ihre Anmeldung lässt sich hier nicht bestätigen, deshalb wurde nichts geändert. Legen Sie zuerst unter „Meine Anmeldung“ einen Passkey an.",
  goOn: "Sie sind bestätigt. Noch ein Klick, und es ist getan.",
  goOnButton: "Jetzt ausführen",
  cancel: "Abbrechen",
};

export const words: Localised<typeof en> = { en, de };
