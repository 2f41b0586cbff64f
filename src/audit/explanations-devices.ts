// The reasons of devices, explained to administrators in each language.

import type { Explanations } from "./explanations.ts";

const APPROVE_ENGLISH =
  "If the device is the user's own, approve it. If nobody knows it, block it and revoke its app password.";
const CLOSED_ENGLISH =
  "If the person should have this device, let devices of this user enrol for a while, or expect the device.";

export const DEVICES_ENGLISH: Explanations["device"] = {
  "user-disabled": ["The user is disabled.", "Enable the user if that is wrong."],
  "password-revoked": [
    "Its app password was revoked.",
    "Give the device a new app password if the person still has it.",
  ],
  "device-of-another-user": [
    "The device named an id that is another user's device.",
    "Ask both whose device it is. If it has changed hands, forget it at the user who had it.",
  ],
  "device-changed": [
    "The app password belongs to another device.",
    "Each device needs its own app password: make one. If the device was set up again, forget the old one.",
  ],
  "device-unproved": [
    "The device has a key that it has to sign with, and it came with the app password alone.",
    "Let the user sign out and in. If the computer was set up again, reset the device's keys. If it happens elsewhere, somebody else has the app password: revoke it.",
  ],
  "no-address-book": [
    "A desktop asked for its address book from a place where it has not named itself.",
    "Messages and calls work. Let the user sign out and in, or use the office's network or a VPN once.",
  ],
  "device-unnamed": [
    "It has not said which device it is.",
    "Nothing: as a rule the client names itself in its next request.",
  ],
  "device-blocked": ["Somebody blocked this device.", "If it is no longer lost, approve it."],
  "key-awaiting-approval": [
    "It asked for a certificate with a new key, and new keys of this device have to be approved.",
    "Ask the user whether the computer has a new Windows profile or was set up again. If so, approve the key; if not, revoke the app password.",
  ],
  "device-expired": ["It had not been seen for too long.", "Nothing: when it comes back it enrols like a new one."],
  "device-pending": [
    "It is expected, and another device came in its place.",
    "Check which device has the app password.",
  ],
  "device-approved": ["Somebody approved this device by name."],
  "awaiting-own-approval": [
    "New devices wait until their own user approves them in the portal.",
    "Let the user approve it in the portal. If the user does not know the device, the user refuses it there: that blocks it and revokes its app password.",
  ],
  "awaiting-approval": ["New devices have to be approved.", APPROVE_ENGLISH],
  "authority-silent": [
    "The organisation's authority has given no answer about it that still holds, and the policy wants one.",
    "A device that came for the first time gets in when its user tries again. Otherwise see in the device why the authority is silent.",
  ],
  enrolled: ["It is one of the user's devices."],
  "default-deny": ["Nothing in the policy lets it in.", "Approve the device, or add a rule that lets such devices in."],
  "device-expected": ["Somebody expected this device, and it has come."],
  "enrolment-closed": ["No new device may enrol.", CLOSED_ENGLISH],
  "no-enrolment-window": ["New devices enrol only while a window is open, and none was.", CLOSED_ENGLISH],
  "too-many-devices": [
    "The user has as many devices as allowed already.",
    "Forget a device that is no longer used, or raise the user's limit.",
  ],
  "too-many-waiting": [
    "Three devices of the user wait for the user's approval already.",
    "Let the user approve or refuse those in the portal. If the user knows none of them, revoke the app passwords.",
  ],
};

const APPROVE_GERMAN =
  "Gehört das Gerät der Person, lassen Sie es zu. Kennt es niemand, sperren Sie es und widerrufen Sie sein App-Kennwort.";
const CLOSED_GERMAN =
  "Soll die Person dieses Gerät haben, öffnen Sie für sie ein Zeitfenster, oder kündigen Sie das Gerät an.";

export const DEVICES_GERMAN: Explanations["device"] = {
  "user-disabled": ["Die Person ist deaktiviert.", "Aktivieren Sie sie, wenn das falsch ist."],
  "password-revoked": [
    "Sein App-Kennwort wurde widerrufen.",
    "Hat die Person das Gerät noch, geben Sie ihm ein neues App-Kennwort.",
  ],
  "device-of-another-user": [
    "Das Gerät hat eine Kennung genannt, die zum Gerät einer anderen Person gehört.",
    "Fragen Sie beide, wem das Gerät gehört. Hat es den Besitzer gewechselt, vergessen Sie es bei der früheren Person.",
  ],
  "device-changed": [
    "Das App-Kennwort gehört zu einem anderen Gerät.",
    "Jedes Gerät braucht sein eigenes: Erstellen Sie eines. Wurde das Gerät neu eingerichtet, vergessen Sie das alte.",
  ],
  "device-unproved": [
    "Das Gerät hat einen Schlüssel, mit dem es sich ausweisen muss, und kam nur mit dem App-Kennwort.",
    "Die Person soll sich ab- und wieder anmelden. Wurde der Computer neu eingerichtet, setzen Sie seine Schlüssel zurück. Kommt es von anderswo, hat jemand anderes das App-Kennwort: Widerrufen Sie es.",
  ],
  "no-address-book": [
    "Ein Computer wollte sein Adressbuch von einem Ort, an dem er sich nicht genannt hat.",
    "Nachrichten und Anrufe gehen. Die Person soll sich ab- und wieder anmelden oder einmal das Netz des Büros oder ein VPN benutzen.",
  ],
  "device-unnamed": [
    "Es hat nicht gesagt, welches Gerät es ist.",
    "Nichts: In der Regel nennt sich das Programm mit der nächsten Anfrage.",
  ],
  "device-blocked": ["Jemand hat dieses Gerät gesperrt.", "Ist es wieder da, lassen Sie es zu."],
  "key-awaiting-approval": [
    "Es wollte ein Zertifikat für einen neuen Schlüssel, und neue Schlüssel dieses Geräts müssen zugelassen werden.",
    "Fragen Sie die Person, ob der Computer ein neues Windows-Profil hat oder neu eingerichtet wurde. Wenn ja, lassen Sie den Schlüssel zu; wenn nein, widerrufen Sie das App-Kennwort.",
  ],
  "device-expired": ["Es war zu lange nicht zu sehen.", "Nichts: Kommt es wieder, meldet es sich an wie ein neues."],
  "device-pending": [
    "Es wird erwartet, und an seiner Stelle kam ein anderes.",
    "Sehen Sie nach, welches Gerät das App-Kennwort hat.",
  ],
  "device-approved": ["Jemand hat dieses Gerät zugelassen."],
  "awaiting-own-approval": [
    "Neue Geräte warten, bis die eigene Person sie im Portal zulässt.",
    "Die Person soll es im Portal zulassen. Kennt sie das Gerät nicht, lehnt sie es dort ab: Das sperrt es und widerruft sein App-Kennwort.",
  ],
  "awaiting-approval": ["Neue Geräte müssen zugelassen werden.", APPROVE_GERMAN],
  "authority-silent": [
    "Die Auskunft der Organisation hat zu ihm nichts gesagt, was noch gilt, und die Richtlinie verlangt es.",
    "Ein Gerät, das zum ersten Mal kommt, wird beim nächsten Versuch zugelassen. Sonst steht beim Gerät, warum die Auskunft schweigt.",
  ],
  enrolled: ["Es ist eines der Geräte dieser Person."],
  "default-deny": [
    "Nichts in der Richtlinie lässt es zu.",
    "Lassen Sie das Gerät zu, oder fügen Sie eine Regel hinzu, die solche Geräte zulässt.",
  ],
  "device-expected": ["Jemand hat dieses Gerät angekündigt, und nun ist es da."],
  "enrolment-closed": ["Neue Geräte werden nicht aufgenommen.", CLOSED_GERMAN],
  "no-enrolment-window": [
    "Neue Geräte werden nur in einem Zeitfenster aufgenommen, und keines war offen.",
    CLOSED_GERMAN,
  ],
  "too-many-devices": [
    "Die Person hat schon so viele Geräte, wie sie haben darf.",
    "Vergessen Sie ein Gerät, das niemand mehr benutzt, oder erhöhen Sie die Grenze der Person.",
  ],
  "too-many-waiting": [
    "Drei Geräte der Person warten schon darauf, dass sie sie zulässt.",
    "Die Person soll diese im Portal zulassen oder ablehnen. Kennt sie keines davon, widerrufen Sie die App-Kennwörter.",
  ],
};
