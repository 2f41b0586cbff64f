// The audit's reasons of the portal, explained to administrators in each language.

import type { Said } from "./explanations.ts";
import type { PORTAL_REASONS } from "./reasons.ts";

/** `changed`: the reasons that only the portal has. `here`: what other reasons mean on the channel `portal`. */
type PortalTexts = {
  readonly changed: Readonly<Record<(typeof PORTAL_REASONS)[number], Said>>;
  readonly here: Readonly<Partial<Record<string, Said>>>;
};

export const PORTAL_ENGLISH: PortalTexts = {
  here: {
    "code-wrong": [
      "The passphrase was right, and the code was wrong.",
      "Once is a typing error, or a clock that is wrong. Many are somebody who knows the passphrase: the person has to change it.",
    ],
    "code-used": [
      "The passphrase was right, and the code had been used before, or a later one had.",
      "Once is a code that was typed again too soon. From elsewhere: somebody saw the code and knows the passphrase, so the person has to change it.",
    ],
    "code-waiting": [
      "The passphrase was right, but too many codes were guessed beside it, so no code is taken now.",
      "Somebody knows the passphrase: the person has to change it. A passkey and a recovery code still let the person in.",
    ],
    "proof-repeated": [
      "The passkey is not the person's any more, or its counter did not grow, as if two devices had it.",
      "If it happens again, remove that passkey and let the person make a new one.",
    ],
    "wrong-password": [
      "The passphrase was wrong.",
      "As a rule it is a typing error. If it happens again and again, somebody guesses, and Postern makes that network wait.",
    ],
    repeated: ["The same wrong passphrase came again. It was not counted again."],
    waiting: ["This network failed too often with this user.", "Nothing: the wait ends by itself."],
    "passkey-added": [
      "{who} added a passkey to their own sign-in to the portal.",
      "If it was not this person, remove the passkey, end the sessions, and invite the person again.",
    ],
    "passkey-removed": ["A passkey with which {who} signs in to the portal was removed."],
  },
  changed: {
    "totp-added": [
      "{who} set up an app for codes.",
      "If it was not this person, remove it, end the sessions, and invite the person again.",
    ],
    "totp-removed": ["The app for codes of {who} was removed."],
    "passphrase-changed": [
      "{who} set another passphrase for the portal.",
      "If it was not this person, end the sessions, and invite the person again.",
    ],
    "recovery-codes-made": ["{who} made new recovery codes. The codes from before are worth nothing now."],
    "recovery-code-used": [
      "{who} used a recovery code in the place of the second factor.",
      "If it was not this person, somebody has the codes: end the sessions, and invite the person again.",
    ],
    "portal-signed-out": ["{who} signed out of the portal."],
    "portal-locked": [
      "Signing in to the portal as {who} failed too often, so the portal makes it wait.",
      "If it was the person, help with the passphrase or the code, and clear the lock. Otherwise somebody guesses, and nothing has to be done.",
    ],
    "portal-session-ended": ["A session of {who} in the portal was ended."],
    "certificate-left": [
      "{who} ended a lost computer in the portal. It still has a certificate of the pool, which Postern cannot end.",
      "Run the command that the event has under `why` in the Lync Server Management Shell. It ends all certificates of this person.",
    ],
    "reported-not-me": [
      '{who} says of something in this account: "This was not me".',
      "Ask the person at once. Until you know, block the device or revoke the app password that the report names.",
    ],
    "data-exported": ["{who} exported what is stored about them."],
    "identity-linked": [
      "{who} signed in to the portal at the identity provider for the first time. From now on the provider's account is this person.",
    ],
    "sign-in-approved": [
      "{who} approved in the portal a sign-in at the sign-in page, with the number that the page showed.",
      "If it was not this person, end the sessions, and invite the person again.",
    ],
  },
};

export const PORTAL_GERMAN: PortalTexts = {
  here: {
    "code-wrong": [
      "Die Passphrase war richtig, der Code falsch.",
      "Einmal ist es ein Tippfehler oder eine falsch gehende Uhr. Viele sind jemand, der die Passphrase kennt: Die Person muss sie ändern.",
    ],
    "code-used": [
      "Die Passphrase war richtig, aber der Code oder ein späterer war schon benutzt.",
      "Einmal ist es ein Code, der zu früh noch einmal getippt wurde. Von woanders: Jemand hat den Code gesehen und kennt die Passphrase. Die Person muss sie ändern.",
    ],
    "code-waiting": [
      "Die Passphrase war richtig, aber es wurden zu viele Codes dazu geraten. Zurzeit gilt kein Code.",
      "Jemand kennt die Passphrase: Die Person muss sie ändern. Mit Passkey oder Notfallcode kommt sie weiter hinein.",
    ],
    "proof-repeated": [
      "Der Passkey gehört der Person nicht mehr, oder sein Zähler ist nicht gewachsen, als hätten ihn zwei Geräte.",
      "Kommt es wieder vor, entfernen Sie diesen Passkey und lassen Sie die Person einen neuen anlegen.",
    ],
    "wrong-password": [
      "Die Passphrase war falsch.",
      "In der Regel ist es ein Tippfehler. Kommt es immer wieder, rät jemand, und Postern lässt dieses Netz warten.",
    ],
    repeated: ["Dieselbe falsche Passphrase kam noch einmal. Sie wurde nicht noch einmal gezählt."],
    waiting: ["Dieses Netz ist bei dieser Person zu oft gescheitert.", "Nichts: Die Wartezeit endet von selbst."],
    "passkey-added": [
      "{who} hat der eigenen Anmeldung am Portal einen Passkey hinzugefügt.",
      "War es nicht diese Person, entfernen Sie den Passkey, beenden Sie die Sitzungen und laden Sie die Person neu ein.",
    ],
    "passkey-removed": ["Ein Passkey, mit dem sich {who} am Portal anmeldet, wurde entfernt."],
  },
  changed: {
    "totp-added": [
      "{who} hat eine App für Codes eingerichtet.",
      "War es nicht diese Person, entfernen Sie die App, beenden Sie die Sitzungen und laden Sie die Person neu ein.",
    ],
    "totp-removed": ["Die App für Codes von {who} wurde entfernt."],
    "passphrase-changed": [
      "{who} hat eine andere Passphrase für das Portal gesetzt.",
      "War es nicht diese Person, beenden Sie die Sitzungen und laden Sie die Person neu ein.",
    ],
    "recovery-codes-made": ["{who} hat neue Notfallcodes erstellt. Die früheren sind nichts mehr wert."],
    "recovery-code-used": [
      "{who} hat statt des zweiten Faktors einen Notfallcode benutzt.",
      "War es nicht diese Person, hat jemand die Codes: Beenden Sie die Sitzungen und laden Sie die Person neu ein.",
    ],
    "portal-signed-out": ["{who} hat sich vom Portal abgemeldet."],
    "portal-locked": [
      "Die Anmeldung am Portal als {who} ist zu oft gescheitert, und das Portal lässt nun warten.",
      "War es die Person selbst, helfen Sie mit Passphrase oder Code und lösen Sie die Sperre. Sonst rät jemand, und es ist nichts zu tun.",
    ],
    "portal-session-ended": ["Eine Sitzung von {who} im Portal wurde beendet."],
    "certificate-left": [
      "{who} hat im Portal einen verlorenen Computer beendet. Er hat noch ein Zertifikat des Pools, das Postern nicht beenden kann.",
      "Führen Sie den Befehl, den das Ereignis unter `why` hat, in der Lync Server Management Shell aus. Er beendet alle Zertifikate dieser Person.",
    ],
    "reported-not-me": [
      "{who} meldet zu einem Ereignis an diesem Konto: „Das war ich nicht“.",
      "Fragen Sie die Person sofort. Sperren Sie bis dahin das Gerät oder widerrufen Sie das App-Kennwort, das die Meldung nennt.",
    ],
    "data-exported": ["{who} hat exportiert, was über die eigene Person gespeichert ist."],
    "identity-linked": [
      "{who} hat sich zum ersten Mal über den Identitätsanbieter im Portal angemeldet. Von nun an ist das Konto dort diese Person.",
    ],
    "sign-in-approved": [
      "{who} hat im Portal eine Anmeldung an der Anmeldeseite freigegeben, mit der Zahl, die die Seite zeigte.",
      "War es nicht diese Person, beenden Sie die Sitzungen und laden Sie die Person neu ein.",
    ],
  },
};
