// The words of the page on which people sign in to Lync.

import type { Localised } from "../web/locale.ts";

const en = {
  site: "Sign in to Lync",
  title: "Sign in",
  withPasskey: "Sign in with a passkey",
  passkeyMore: "Your fingerprint, your face, your PIN or a security key.",
  codeTitle: "With passphrase and code",
  address: "Sign-in address",
  addressHint: "Such as you@example.com",
  passphrase: "Passphrase",
  passphraseHint: (portal: string) => `The one that you chose at ${portal}. Not the password of Windows.`,
  code: "Code",
  codeHint: "The six digits that your authenticator app shows now. Without the app: a recovery code.",
  signIn: "Sign in",
  otherTitle: "With another device",
  other: (portal: string) =>
    `You are signed in to ${portal} on another device? Then this page shows you a number, and you pick it there.`,
  showNumber: "Show me a number",
  refused:
    "That did not work. Please check the address, the passphrase, and a code that the app shows now. Each code works once. If it goes on, wait a quarter of an hour or ask your help desk.",
  refusedPasskey: "This passkey did not work. Try another one, or sign in with your passphrase. Or ask your help desk.",
  refusedApproval:
    "Nobody has approved this sign-in, or it cannot be approved now. Try again, or sign in with your passphrase and a code. Or ask your help desk.",
  refusedIssue: "This sign-in cannot be finished now. Please sign in again. If it goes on, ask your help desk.",
  notOursTitle: "Please start from Lync",
  notOurs:
    "This page works only when Lync opens it, and only for ten minutes. Close it, and sign in to Lync again. Then Lync opens it anew.",
  againTitle: "Lync asked again and again",
  again:
    "Lync has not taken the last sign-ins. Close this page, wait a minute, and sign in to Lync again. If it goes on, tell your help desk.",
  waitTitle: "Pick this number",
  waitNumber: "Your number",
  wait: (portal: string) =>
    `Open ${portal} on a device where you are signed in, choose “Approve a sign-in to Lync”, and pick this number.`,
  waitMore: "This page goes on by itself. The number is good for two minutes. Tell it to nobody.",
  waitCancel: "Sign in another way",
  answerTitle: "You are signed in",
  answer: "Lync goes on by itself. If it does not, press the button.",
  goOn: "Continue",
  outTitle: "You are signed out",
  out: "You are signed out of this page. Lync itself may still be signed in: sign out there as well.",
  notFoundTitle: "There is no such page",
  notFound: "Close this page, and sign in to Lync again.",
  failedTitle: "This did not work",
  failed: "The sign-in does not work at the moment. You did nothing wrong. Please try again in a minute.",
  requestId: (id: string) => `For your help desk: ${id}`,
  language: "Language",
  passkeyLines: {
    waiting: "Now use your fingerprint, your face, your PIN or your security key.",
    cancelled: "The passkey was not used. Try again when you are ready.",
    known: "That did not work. Try again in a moment.",
    refused: "That did not work. Try again in a moment.",
    failed: "There was no answer. Try again in a moment.",
    unsupported: "This browser cannot use passkeys.",
  },
};

const de: typeof en = {
  site: "Anmelden bei Lync",
  title: "Anmelden",
  withPasskey: "Mit Passkey anmelden",
  passkeyMore: "Ihr Fingerabdruck, Ihr Gesicht, Ihre PIN oder ein Sicherheitsschlüssel.",
  codeTitle: "Mit Passphrase und Code",
  address: "Anmeldeadresse",
  addressHint: "Etwa sie@example.com",
  passphrase: "Passphrase",
  passphraseHint: (portal) => `Die Sie auf ${portal} gewählt haben. Nicht das Kennwort von Windows.`,
  code: "Code",
  codeHint: "Die sechs Ziffern, die Ihre Authenticator-App jetzt zeigt. Ohne die App: ein Wiederherstellungscode.",
  signIn: "Anmelden",
  otherTitle: "Mit einem anderen Gerät",
  other: (portal) =>
    `Sie sind auf einem anderen Gerät bei ${portal} angemeldet? Dann zeigt Ihnen diese Seite eine Zahl, und Sie wählen sie dort.`,
  showNumber: "Zahl anzeigen",
  refused:
    "Das hat nicht geklappt. Bitte prüfen Sie die Adresse, die Passphrase und einen Code, den die App jetzt zeigt. Jeder Code gilt einmal. Bleibt es dabei, warten Sie eine Viertelstunde oder fragen Sie Ihren Helpdesk.",
  refusedPasskey:
    "Dieser Passkey hat nicht funktioniert. Nehmen Sie einen anderen, oder melden Sie sich mit Ihrer Passphrase an. Oder fragen Sie Ihren Helpdesk.",
  refusedApproval:
    "Niemand hat diese Anmeldung freigegeben, oder sie kann zurzeit nicht freigegeben werden. Versuchen Sie es noch einmal, oder melden Sie sich mit Passphrase und Code an. Oder fragen Sie Ihren Helpdesk.",
  refusedIssue:
    "Diese Anmeldung kann zurzeit nicht abgeschlossen werden. Bitte melden Sie sich noch einmal an. Bleibt es dabei, fragen Sie Ihren Helpdesk.",
  notOursTitle: "Bitte von Lync aus anfangen",
  notOurs:
    "Diese Seite funktioniert nur, wenn Lync sie öffnet, und nur zehn Minuten lang. Schließen Sie sie, und melden Sie sich noch einmal bei Lync an. Dann öffnet Lync sie neu.",
  againTitle: "Lync hat immer wieder gefragt",
  again:
    "Lync hat die letzten Anmeldungen nicht angenommen. Schließen Sie diese Seite, warten Sie eine Minute, und melden Sie sich noch einmal bei Lync an. Bleibt es dabei, sagen Sie Ihrem Helpdesk Bescheid.",
  waitTitle: "Wählen Sie diese Zahl",
  waitNumber: "Ihre Zahl",
  wait: (portal) =>
    `Öffnen Sie ${portal} auf einem Gerät, auf dem Sie angemeldet sind, wählen Sie „Eine Anmeldung bei Lync freigeben“ und dann diese Zahl.`,
  waitMore: "Diese Seite geht von selbst weiter. Die Zahl gilt zwei Minuten. Sagen Sie sie niemandem.",
  waitCancel: "Anders anmelden",
  answerTitle: "Sie sind angemeldet",
  answer: "Lync macht von selbst weiter. Wenn nicht, drücken Sie den Knopf.",
  goOn: "Weiter",
  outTitle: "Sie sind abgemeldet",
  out: "Sie sind auf dieser Seite abgemeldet. Lync selbst ist vielleicht noch angemeldet: Melden Sie sich auch dort ab.",
  notFoundTitle: "Diese Seite gibt es nicht",
  notFound: "Schließen Sie diese Seite, und melden Sie sich noch einmal bei Lync an.",
  failedTitle: "Das hat nicht geklappt",
  failed:
    "Die Anmeldung funktioniert im Moment nicht. Sie haben nichts falsch gemacht. Bitte versuchen Sie es in einer Minute noch einmal.",
  requestId: (id) => `Für Ihren Helpdesk: ${id}`,
  language: "Sprache",
  passkeyLines: {
    waiting: "Jetzt bitte Fingerabdruck, Gesicht, PIN oder Sicherheitsschlüssel.",
    cancelled: "Der Passkey wurde nicht benutzt. Versuchen Sie es noch einmal, wenn Sie so weit sind.",
    known: "Das hat nicht geklappt. Versuchen Sie es gleich noch einmal.",
    refused: "Das hat nicht geklappt. Versuchen Sie es gleich noch einmal.",
    failed: "Es kam keine Antwort. Versuchen Sie es gleich noch einmal.",
    unsupported: "Dieser Browser kann keine Passkeys.",
  },
};

export const words: Localised<typeof en> = { en, de };
