// The words of what happened. Its readers know nothing of Postern.

import type { Localised } from "../../web/locale.ts";

type Changed = Readonly<Record<string, string | undefined>>;

const en = {
  title: "What happened",
  intro: "Everything about your account from outside, the newest first.",
  none: "Nothing has happened yet.",
  older: "Older",
  newest: "Back to the newest",
  between: (first: string, last: string) => `${first} to ${last}`,
  tried: (count: number, place: string) =>
    count === 1
      ? `Somebody tried your account from ${place}, and did not get in.`
      : `Somebody tried your account ${count} times from ${place}. None got in.`,
  triedOwn: (count: number, place: string) =>
    count === 1
      ? `A sign-in was refused, from ${place}. You have signed in from there before.`
      : `${count} sign-ins were refused, from ${place}. You have signed in from there before.`,
  triedOwnMore: "Often this is a device that still has an old password.",
  triedPortal: (count: number, place: string) =>
    count === 1
      ? `Somebody tried to sign in to this page as you from ${place}, and did not get in.`
      : `Somebody tried to sign in to this page as you ${count} times from ${place}. None got in.`,
  triedPortalOwn: (count: number, place: string) =>
    count === 1
      ? `A sign-in to this page was refused, from ${place}.`
      : `${count} sign-ins to this page were refused, from ${place}.`,
  triedPortalOwnMore: "A mistyped passphrase or an old code does that. If it was not you, tell your help desk.",
  signedIn: (device: string, count: number, place: string) =>
    count === 1 ? `${device} signed in, from ${place}.` : `${device} signed in ${count} times, from ${place}.`,
  aDevice: "A device",
  portal: (how: string, place: string) => `You signed in to this page ${how}, from ${place}.`,
  page: (how: string, place: string) => `You signed in to Lync on its sign-in page ${how}, from ${place}.`,
  how: {
    passkey: "with a passkey",
    code: "with your passphrase and a code",
    "recovery-code": "with a recovery code",
    provider: "with your organisation’s account",
    invitation: "with an invitation",
    approval: "with an approval on another device",
  } as Changed,
  howOther: "again",
  failed: (count: number) =>
    count === 1
      ? "A sign-in did not work because a server did not answer. You did nothing wrong."
      : `${count} sign-ins did not work because a server did not answer. You did nothing wrong.`,
  deviceIn: (device: string, place: string) => `${device} was let in, from ${place}.`,
  deviceWaits: (device: string, place: string) => `${device} wants to be let in, from ${place}.`,
  deviceRefused: (device: string, place: string, count: number) =>
    count === 1
      ? `${device} was not let in, from ${place}.`
      : `${device} was not let in ${count} times, from ${place}.`,
  byYou: "You did this.",
  byOthers: "Your help desk or your organisation did this.",
  changed: {
    "device-approved": "{device} was approved.",
    "device-approved-by-owner": "You said that {device} is yours, and it was let in.",
    "device-blocked": "{device} was blocked.",
    "device-blocked-by-owner": "You ended {device}. Nothing is served to it any more.",
    "device-forgotten": "{device} was removed.",
    "device-forgotten-by-owner": "You removed {device}.",
    "device-expected": "A new device is expected.",
    "certificate-left": "{device} has a certificate that only your help desk can end.",
    "device-id-given-up": "A device went over to somebody else.",
    "device-key-added": "{device} got a new certificate.",
    "device-key-approved": "A new certificate of {device} was approved.",
    "device-keys-reset": "The certificates of {device} were forgotten.",
    "device-expired": "{device} was not used for a long time, and was put aside.",
    "authority-answered": "Your organisation’s list of devices answered about {device}.",
    "password-created": "A password for a device was made: “{label}”.",
    "password-renewed": "The password of “{label}” was renewed.",
    "password-changed": "The name or the end date of the password “{label}” was changed.",
    "password-revoked": "The password of “{label}” was ended.",
    "user-created": "Your account here was made.",
    "user-disabled": "Your account here was switched off.",
    "user-enabled": "Your account here was switched on again.",
    "user-renamed": "Your sign-in address was changed.",
    "user-invited": "You were invited to this page.",
    "invitation-used": "An invitation to this page was used in your name.",
    "invitation-withdrawn": "Your invitation was withdrawn.",
    "locks-cleared": "Waiting times after wrong passwords were lifted.",
    "passkey-added": "A passkey was added: “{label}”.",
    "passkey-removed": "A passkey was removed: “{label}”.",
    "totp-added": "An authenticator app was set up.",
    "totp-removed": "The authenticator app was removed.",
    "passphrase-changed": "Your passphrase was changed.",
    "recovery-codes-made": "New recovery codes were made.",
    "recovery-code-used": "A recovery code was used.",
    "portal-signed-out": "You signed out of this page.",
    "portal-locked": "Too many wrong tries to sign in to this page as you. Now they have to wait.",
    "portal-session-ended": "Somebody signed in to this page was signed out.",
    "reported-not-me": "You reported: this was not me.",
    "data-exported": "You downloaded what is kept about you.",
    "identity-linked": "You signed in with your organisation’s account for the first time.",
    "sign-in-approved": "You approved a sign-in to Lync.",
    "passive-token-issued": "The sign-in page let Lync in for you.",
  } as Changed,
  changedOther: "A setting of your account was changed.",
  yourDevice: "A device of yours",
  notMe: "This was not me",

  notMeTitle: "This was not you?",
  notMeIntro: "Then somebody else may have your password, your device or your way in. If you press the button:",
  notMeDevice: (device: string) => `“${device}” is ended at once. Nothing is served to it any more.`,
  notMePassword: (label: string) => `The password “${label}” is ended at once.`,
  notMeSessions: "You are signed out of this page everywhere but here, and so is anybody who signed in as you.",
  notMeReport: "Your help desk gets a mail about it.",
  notMeNoReport: "It is noted for your help desk. Call them, because they get no mail about it.",
  notMeButton: "This was not me: end it",
  cancel: "Cancel",
  goneTitle: "This cannot be found",
  gone: "It may be too old. If you are worried, end your device, or call your help desk.",
  doneTitle: "It is ended",
  doneAt: (time: string) => `Ended at ${time}.`,
  doneTold: "Your help desk gets a mail about it.",
  doneNotTold: "Now call your help desk, and say what was not you.",
  doneNext: "What you can do now:",
  doneSecurity: "Look at how you sign in here, and remove what is not yours",
  doneDevice: "Set the device up with a new password, if it is yours",
};

const de: typeof en = {
  title: "Was geschehen ist",
  intro: "Alles rund um Ihr Konto von außen, das Neueste zuerst.",
  none: "Es ist noch nichts geschehen.",
  older: "Ältere",
  newest: "Zurück zu den neuesten",
  between: (first, last) => `${first} bis ${last}`,
  tried: (count, place) =>
    count === 1
      ? `Jemand hat Ihr Konto probiert, aus ${place}, und kam nicht hinein.`
      : `Jemand hat Ihr Konto ${count} Mal probiert, aus ${place}. Niemand kam hinein.`,
  triedOwn: (count, place) =>
    count === 1
      ? `Eine Anmeldung wurde abgewiesen, aus ${place}. Von dort haben Sie sich schon angemeldet.`
      : `${count} Anmeldungen wurden abgewiesen, aus ${place}. Von dort haben Sie sich schon angemeldet.`,
  triedOwnMore: "Oft ist das ein Gerät, das noch ein altes Kennwort hat.",
  triedPortal: (count, place) =>
    count === 1
      ? `Jemand wollte sich auf dieser Seite als Sie anmelden, aus ${place}, und kam nicht hinein.`
      : `Jemand wollte sich auf dieser Seite ${count} Mal als Sie anmelden, aus ${place}. Niemand kam hinein.`,
  triedPortalOwn: (count, place) =>
    count === 1
      ? `Eine Anmeldung auf dieser Seite wurde abgewiesen, aus ${place}.`
      : `${count} Anmeldungen auf dieser Seite wurden abgewiesen, aus ${place}.`,
  triedPortalOwnMore:
    "Eine vertippte Passphrase oder ein alter Code genügt dafür. Waren Sie das nicht, sagen Sie Ihrem Helpdesk Bescheid.",
  signedIn: (device, count, place) =>
    count === 1
      ? `${device} hat sich angemeldet, aus ${place}.`
      : `${device} hat sich ${count} Mal angemeldet, aus ${place}.`,
  aDevice: "Ein Gerät",
  portal: (how, place) => `Sie haben sich ${how} auf dieser Seite angemeldet, aus ${place}.`,
  page: (how, place) => `Sie haben sich ${how} bei Lync auf dessen Anmeldeseite angemeldet, aus ${place}.`,
  how: {
    passkey: "mit einem Passkey",
    code: "mit Ihrer Passphrase und einem Code",
    "recovery-code": "mit einem Wiederherstellungscode",
    provider: "mit dem Konto Ihrer Organisation",
    invitation: "mit einer Einladung",
    approval: "mit einer Freigabe auf einem anderen Gerät",
  },
  howOther: "noch einmal",
  failed: (count) =>
    count === 1
      ? "Eine Anmeldung ging nicht, weil ein Server nicht geantwortet hat. Sie haben nichts falsch gemacht."
      : `${count} Anmeldungen gingen nicht, weil ein Server nicht geantwortet hat. Sie haben nichts falsch gemacht.`,
  deviceIn: (device, place) => `${device} wurde zugelassen, aus ${place}.`,
  deviceWaits: (device, place) => `${device} möchte zugelassen werden, aus ${place}.`,
  deviceRefused: (device, place, count) =>
    count === 1
      ? `${device} wurde nicht zugelassen, aus ${place}.`
      : `${device} wurde ${count} Mal nicht zugelassen, aus ${place}.`,
  byYou: "Das waren Sie.",
  byOthers: "Das war Ihr Helpdesk oder Ihre Organisation.",
  changed: {
    "device-approved": "{device} wurde zugelassen.",
    "device-approved-by-owner": "Sie haben gesagt, dass {device} Ihres ist, und es wurde zugelassen.",
    "device-blocked": "{device} wurde gesperrt.",
    "device-blocked-by-owner": "Sie haben {device} beendet. Es bekommt nichts mehr.",
    "device-forgotten": "{device} wurde entfernt.",
    "device-forgotten-by-owner": "Sie haben {device} entfernt.",
    "device-expected": "Ein neues Gerät wird erwartet.",
    "certificate-left": "{device} hat ein Zertifikat, das nur Ihr Helpdesk beenden kann.",
    "device-id-given-up": "Ein Gerät ging an jemand anderen über.",
    "device-key-added": "{device} hat ein neues Zertifikat bekommen.",
    "device-key-approved": "Ein neues Zertifikat von {device} wurde zugelassen.",
    "device-keys-reset": "Die Zertifikate von {device} wurden vergessen.",
    "device-expired": "{device} wurde lange nicht benutzt und ist beiseitegelegt.",
    "authority-answered": "Die Geräteliste Ihrer Organisation hat zu {device} geantwortet.",
    "password-created": "Ein Kennwort für ein Gerät wurde erstellt: „{label}“.",
    "password-renewed": "Das Kennwort von „{label}“ wurde erneuert.",
    "password-changed": "Name oder letzter Tag des Kennworts „{label}“ wurde geändert.",
    "password-revoked": "Das Kennwort von „{label}“ wurde beendet.",
    "user-created": "Ihr Konto hier wurde angelegt.",
    "user-disabled": "Ihr Konto hier wurde ausgeschaltet.",
    "user-enabled": "Ihr Konto hier wurde wieder eingeschaltet.",
    "user-renamed": "Ihre Anmeldeadresse wurde geändert.",
    "user-invited": "Sie wurden auf diese Seite eingeladen.",
    "invitation-used": "Eine Einladung auf diese Seite wurde in Ihrem Namen benutzt.",
    "invitation-withdrawn": "Ihre Einladung wurde zurückgezogen.",
    "locks-cleared": "Wartezeiten nach falschen Kennwörtern wurden aufgehoben.",
    "passkey-added": "Ein Passkey kam dazu: „{label}“.",
    "passkey-removed": "Ein Passkey wurde entfernt: „{label}“.",
    "totp-added": "Eine Authenticator-App wurde eingerichtet.",
    "totp-removed": "Die Authenticator-App wurde entfernt.",
    "passphrase-changed": "Ihre Passphrase wurde geändert.",
    "recovery-codes-made": "Neue Wiederherstellungscodes wurden erstellt.",
    "recovery-code-used": "Ein Wiederherstellungscode wurde benutzt.",
    "portal-signed-out": "Sie haben sich von dieser Seite abgemeldet.",
    "portal-locked":
      "Zu viele falsche Versuche, sich auf dieser Seite als Sie anzumelden. Wer es war, muss jetzt warten.",
    "portal-session-ended": "Eine Anmeldung auf dieser Seite wurde beendet.",
    "reported-not-me": "Sie haben gemeldet: Das war ich nicht.",
    "data-exported": "Sie haben heruntergeladen, was über Sie gespeichert ist.",
    "identity-linked": "Sie haben sich zum ersten Mal mit dem Konto Ihrer Organisation angemeldet.",
    "sign-in-approved": "Sie haben eine Anmeldung bei Lync freigegeben.",
    "passive-token-issued": "Die Anmeldeseite hat Lync für Sie eingelassen.",
  },
  changedOther: "Eine Einstellung Ihres Kontos wurde geändert.",
  yourDevice: "Ein Gerät von Ihnen",
  notMe: "Das war ich nicht",

  notMeTitle: "Das waren Sie nicht?",
  notMeIntro:
    "Dann hat vielleicht jemand anderes Ihr Kennwort, Ihr Gerät oder Ihren Zugang. Wenn Sie den Knopf drücken:",
  notMeDevice: (device) => `„${device}“ wird sofort beendet und bekommt nichts mehr.`,
  notMePassword: (label) => `Das Kennwort „${label}“ wird sofort beendet.`,
  notMeSessions:
    "Sie werden auf dieser Seite überall außer hier abgemeldet, und mit Ihnen jeder, der sich als Sie angemeldet hat.",
  notMeReport: "Ihr Helpdesk bekommt eine Mail dazu.",
  notMeNoReport: "Es wird für Ihren Helpdesk notiert. Rufen Sie dort an, denn er bekommt keine Mail dazu.",
  notMeButton: "Das war ich nicht: beenden",
  cancel: "Abbrechen",
  goneTitle: "Das ist nicht mehr zu finden",
  gone: "Es kann zu alt sein. Wenn Sie Sorge haben, beenden Sie Ihr Gerät oder rufen Sie Ihren Helpdesk an.",
  doneTitle: "Es ist beendet",
  doneAt: (time) => `Beendet um ${time}.`,
  doneTold: "Ihr Helpdesk bekommt eine Mail dazu.",
  doneNotTold: "Rufen Sie jetzt Ihren Helpdesk an, und sagen Sie, was Sie nicht waren.",
  doneNext: "Was Sie jetzt tun können:",
  doneSecurity: "Nachsehen, womit man sich hier als Sie anmeldet, und entfernen, was nicht Ihres ist",
  doneDevice: "Das Gerät mit einem neuen Kennwort einrichten, wenn es Ihres ist",
};

export const words: Localised<typeof en> = { en, de };
