// Why a device is let in or not: a sentence for each reason, and what a help desk can do about it.

import type { EnrolmentReason, JudgementReason } from "../../core/policy/reasons.ts";
import type { Localised } from "../../web/locale.ts";

type Reasons = Readonly<Record<JudgementReason | EnrolmentReason, readonly [says: string, todo?: string]>>;

const en: Reasons = {
  "user-disabled": ["The person is disabled.", "Let the person sign in again, if that is right."],
  "password-revoked": [
    "Its app password is revoked.",
    "Make a new app password, and let the person type it on the device.",
  ],
  "device-of-another-user": [
    "Its id belongs to a device of another person.",
    "If the device has changed hands, forget it at the other person.",
  ],
  "device-changed": [
    "Its app password belongs to another device, or the device now says another id.",
    "Make an app password for this device alone, or forget the old device.",
  ],
  "device-unproved": [
    "Devices of this kind must prove their key, and this one has not.",
    "Let the person sign out of the app and in again.",
  ],
  "no-address-book": [
    "It is a desktop that asks for its address book from a place that is not known.",
    "Let the person sign out and in again from there.",
  ],
  "device-unnamed": ["It has not said yet which device it is. That takes a moment at the first sign-in."],
  "device-blocked": ["Somebody blocked it.", "Approve it, if it is back in the right hands."],
  "key-awaiting-approval": [
    "It is let in, but it asks for a certificate with a new key, which has to be approved.",
    "Approve the key below, if the person has set the device up again.",
  ],
  "device-expired": [
    "It was not seen for too long.",
    "When it signs in again, it enrols like a new device. An approval lets it in at once.",
  ],
  "device-pending": ["It is expected, and has not come yet."],
  "device-approved": ["Somebody approved it by name. That comes before every rule."],
  "awaiting-own-approval": [
    "New devices wait until their own person approves them in the portal.",
    "Let the person sign in to the portal and approve it. On the phone, compare its number.",
  ],
  "awaiting-approval": [
    "New devices wait until somebody approves them.",
    "Look at what it is and where, and approve it.",
  ],
  "authority-silent": [
    "The organisation's authority has not answered about it, and the policy wants an answer.",
    "Have it asked again below. Below it also says why it is silent.",
  ],
  enrolled: ["It is enrolled, and no rule is against it."],
  "default-deny": ["Nothing lets it in."],
  "device-expected": ["It came as it was expected."],
  "enrolment-closed": ["New devices are let in only if they are expected.", "Expect it, with its app password."],
  "no-enrolment-window": [
    "New devices are let in only while a window is open.",
    "Open the window, and let the person sign in.",
  ],
  "too-many-devices": [
    "The person has as many devices as are allowed.",
    "Forget one that is not used any more, or raise the number.",
  ],
  "too-many-waiting": [
    "Three devices of the person wait for the person's approval already.",
    "Let the person approve or refuse those first, in the portal.",
  ],
};

const de: Reasons = {
  "user-disabled": ["Die Person ist gesperrt.", "Lassen Sie die Person wieder anmelden, wenn das richtig ist."],
  "password-revoked": [
    "Sein App-Kennwort ist widerrufen.",
    "Machen Sie ein neues App-Kennwort, das die Person am Gerät eingibt.",
  ],
  "device-of-another-user": [
    "Seine ID gehört zu einem Gerät einer anderen Person.",
    "Wenn das Gerät den Besitzer gewechselt hat, lassen Sie es bei der anderen Person vergessen.",
  ],
  "device-changed": [
    "Sein App-Kennwort gehört zu einem anderen Gerät, oder das Gerät nennt jetzt eine andere ID.",
    "Machen Sie ein App-Kennwort nur für dieses Gerät, oder vergessen Sie das alte Gerät.",
  ],
  "device-unproved": [
    "Geräte dieser Art müssen ihren Schlüssel beweisen, und dieses hat es nicht getan.",
    "Die Person soll sich in der App ab- und wieder anmelden.",
  ],
  "no-address-book": [
    "Es ist ein Desktop, der sein Adressbuch von einem unbekannten Ort abruft.",
    "Die Person soll sich dort ab- und wieder anmelden.",
  ],
  "device-unnamed": [
    "Es hat noch nicht gesagt, welches Gerät es ist. Das dauert bei der ersten Anmeldung einen Moment.",
  ],
  "device-blocked": ["Jemand hat es gesperrt.", "Lassen Sie es zu, wenn es wieder in den richtigen Händen ist."],
  "key-awaiting-approval": [
    "Es ist zugelassen, möchte aber ein Zertifikat mit einem neuen Schlüssel, der zugelassen werden muss.",
    "Lassen Sie den Schlüssel unten zu, wenn die Person das Gerät neu eingerichtet hat.",
  ],
  "device-expired": [
    "Es wurde zu lange nicht gesehen.",
    "Wenn es sich wieder anmeldet, trägt es sich wie ein neues Gerät ein. Eine Zulassung lässt es sofort hinein.",
  ],
  "device-pending": ["Es wird erwartet und ist noch nicht gekommen."],
  "device-approved": ["Jemand hat es namentlich zugelassen. Das geht jeder Regel vor."],
  "awaiting-own-approval": [
    "Neue Geräte warten, bis die eigene Person sie im Portal zulässt.",
    "Die Person soll sich am Portal anmelden und es zulassen. Vergleichen Sie am Telefon seine Nummer.",
  ],
  "awaiting-approval": [
    "Neue Geräte warten, bis jemand sie zulässt.",
    "Sehen Sie nach, was es ist und wo, und lassen Sie es zu.",
  ],
  "authority-silent": [
    "Die Auskunft der Organisation hat zu ihm nichts gesagt, und die Richtlinie verlangt eine Antwort.",
    "Lassen Sie unten noch einmal fragen. Dort steht auch, warum sie schweigt.",
  ],
  enrolled: ["Es ist eingetragen, und keine Regel spricht dagegen."],
  "default-deny": ["Nichts lässt es zu."],
  "device-expected": ["Es kam wie erwartet."],
  "enrolment-closed": [
    "Neue Geräte werden nur zugelassen, wenn sie erwartet werden.",
    "Erwarten Sie es, mit seinem App-Kennwort.",
  ],
  "no-enrolment-window": [
    "Neue Geräte werden nur zugelassen, solange ein Fenster offen ist.",
    "Öffnen Sie das Fenster, und lassen Sie die Person sich anmelden.",
  ],
  "too-many-devices": [
    "Die Person hat so viele Geräte wie erlaubt.",
    "Vergessen Sie eines, das nicht mehr benutzt wird, oder erhöhen Sie die Zahl.",
  ],
  "too-many-waiting": [
    "Drei Geräte der Person warten schon darauf, dass sie sie zulässt.",
    "Die Person soll zuerst diese im Portal zulassen oder ablehnen.",
  ],
};

export const reasonWords: Localised<Reasons> = { en, de };
