// The words about adding, changing, renaming, disabling and deleting a person.

import type { Localised } from "../../web/locale.ts";

const en = {
  newTitle: "Add a person",
  newIntro: "Somebody who may sign in from outside. The account must be there in Active Directory already.",
  sipUri: "SIP address",
  sipUriHint: "The sign-in address, such as alice@contoso.com",
  account: "Account",
  accountHint: "As in Active Directory: DOMAIN\\user",
  upn: "User principal name",
  upnHint: "As Active Directory spells it. Sign-on to the Front-End needs it.",
  displayName: "Name",
  displayNameHint: "As people write it. Nobody signs in by it.",
  synced: (source: string) => `The directory "${source}" tells this. Change it there: the next sync brings it.`,
  groups: "Groups",
  groupsHint: "Words that rules of the policy match on, with spaces between them: sales site=berlin",
  aliases: "Other names to sign in by",
  aliasesHint: "One on each line: an address, or DOMAIN\\user",
  add: "Add the person",
  cancel: "Cancel",
  why: "Reason, for the audit",

  editTitle: "Edit settings",
  enrolment: "New devices",
  enrolments: {
    "": "As the policy says",
    open: "Enrol by themselves",
    window: "Enrol while a window is open",
    self: "Wait until the person approves them",
    approval: "Wait for approval",
    closed: "Only if expected",
  },
  maxDevices: "Devices at most",
  maxDevicesHint: "Empty: as the policy says",
  save: "Save",
  collided: "Somebody else changed this person while you were typing",
  collidedMore:
    "Nothing is saved yet. What you typed is still here, and the fields you left alone show what is true now. Look at them and save again.",
  collidedBy: (who: string, when: string) => `It was ${who}, ${when}.`,
  theirs: (now: string) => `Somebody changed this to: ${now}`,
  empty: "(empty)",

  renameTitle: "Rename",
  renameIntro:
    "The person stays the same: devices, app passwords, groups and places stay. Change the pool and Active Directory first.",
  renameEnds:
    "Everybody signed in with this person's old names is signed out, and signs in again with the same app password.",
  keep: "The old address and UPN stay as aliases",
  keepHint: "Otherwise they are free, and somebody else may get them.",
  rename: "Rename",
  renamedTitle: "The person is renamed",
  unchangedTitle: "Nothing had to be changed",
  released: "These names are free now:",
  inPolicy: "The policy still says an old name. A rule that does is about whoever gets that name next.",
  toPolicy: "See the policy",
  tellPerson: "On a desktop the person has to type the new sign-in address.",
  toPerson: "Back to the person",

  disableTitle: "Disable the person",
  disableIntro:
    "At once nothing more is served to any device of this person, and nobody can sign in. Names, app passwords and devices stay, so it can be undone.",
  disable: "Disable",
  disabledTitle: "The person is disabled",
  disabledSaid: "Nothing more is served to any device of this person.",
  wasDisabled: "The person was disabled already. Nothing is served.",

  deleteTitle: "Delete the person",
  comesBack: (source: string) =>
    `The directory "${source}" still lets this person in, so its next comparison adds the person again, without app passwords and devices. Take the person out of it first.`,
  deleteIntro: "Everything that is served ends, and names, app passwords and devices are gone. It cannot be undone.",
  what: "What becomes of the audit?",
  whats: {
    delete: ["Keep it", "Events keep the names. For somebody who leaves."],
    pseudonymise: ["Take the person out of it", "Events stay, without anything that says who it was."],
    purge: ["Delete the events, too", "Nothing of this person is left."],
  } as Readonly<Record<string, readonly [string, string]>>,
  sure: "Yes, delete this person for good",
  delete: "Delete",
  deletedTitle: "The person is deleted",
  deleted: "Nothing more is served, and the names are free for somebody else.",
  erasedEvents: (count: number) =>
    count === 1 ? "One event was changed or deleted." : `${count} events were changed or deleted.`,
  pseudonym: (text: string) => `In the audit the person is called ${text}.`,
  notFinished: "There are so many events that it is not finished yet.",
  goOn: "Go on",
  policies: (versions: string) => `These versions of the policy still name the person: ${versions}`,
  networksLeft: (count: number) =>
    `${count} networks could not be told. They keep the hash of a name for 30 days at most, which opens nothing.`,
  toUsers: "To the list of users",
};

const de: typeof en = {
  newTitle: "Person hinzufügen",
  newIntro: "Jemand, der sich von außen anmelden darf. Das Konto muss es in Active Directory schon geben.",
  sipUri: "SIP-Adresse",
  sipUriHint: "Die Anmeldeadresse, zum Beispiel alice@contoso.com",
  account: "Konto",
  accountHint: "Wie in Active Directory: DOMÄNE\\Konto",
  upn: "User Principal Name",
  upnHint: "Wie ihn Active Directory schreibt. Die Anmeldung am Front-End braucht ihn.",
  displayName: "Name",
  displayNameHint: "Wie man ihn schreibt. Niemand meldet sich damit an.",
  synced: (source) => `Das sagt das Verzeichnis „${source}“. Ändern Sie es dort: Der nächste Abgleich bringt es.`,
  groups: "Gruppen",
  groupsHint: "Wörter, nach denen Regeln der Richtlinie fragen, mit Leerzeichen dazwischen: sales site=berlin",
  aliases: "Weitere Namen zum Anmelden",
  aliasesHint: "In jeder Zeile einer: eine Adresse oder DOMÄNE\\Konto",
  add: "Person hinzufügen",
  cancel: "Abbrechen",
  why: "Grund, für das Protokoll",

  editTitle: "Einstellungen bearbeiten",
  enrolment: "Neue Geräte",
  enrolments: {
    "": "Wie in der Richtlinie",
    open: "Tragen sich selbst ein",
    window: "Tragen sich ein, solange ein Fenster offen ist",
    self: "Warten, bis die Person sie zulässt",
    approval: "Warten auf Zulassung",
    closed: "Nur, wenn sie erwartet werden",
  },
  maxDevices: "Höchstens so viele Geräte",
  maxDevicesHint: "Leer: wie in der Richtlinie",
  save: "Speichern",
  collided: "Jemand anders hat diese Person geändert, während Sie schrieben",
  collidedMore:
    "Noch ist nichts gespeichert. Was Sie geschrieben haben, steht noch da, und die übrigen Felder zeigen, was jetzt gilt. Sehen Sie sie an und speichern Sie noch einmal.",
  collidedBy: (who: string, when: string) => `Es war ${who}, ${when}.`,
  theirs: (now: string) => `Jemand hat das geändert in: ${now}`,
  empty: "(leer)",

  renameTitle: "Umbenennen",
  renameIntro:
    "Die Person bleibt dieselbe: Geräte, App-Kennwörter, Gruppen und Orte bleiben. Ändern Sie zuerst den Pool und Active Directory.",
  renameEnds:
    "Wer unter den alten Namen angemeldet ist, wird abgemeldet und meldet sich mit demselben App-Kennwort wieder an.",
  keep: "Die alte Adresse und der alte UPN bleiben als Aliase",
  keepHint: "Sonst sind sie frei, und jemand anders kann sie bekommen.",
  rename: "Umbenennen",
  renamedTitle: "Die Person ist umbenannt",
  unchangedTitle: "Es war nichts zu ändern",
  released: "Diese Namen sind jetzt frei:",
  inPolicy:
    "In der Richtlinie steht noch ein alter Name. Eine solche Regel gilt für den, der den Namen als Nächster bekommt.",
  toPolicy: "Zur Richtlinie",
  tellPerson: "Am Desktop muss die Person die neue Anmeldeadresse eingeben.",
  toPerson: "Zurück zur Person",

  disableTitle: "Person sperren",
  disableIntro:
    "Kein Gerät dieser Person bekommt mehr etwas, sofort, und niemand kann sich anmelden. Namen, App-Kennwörter und Geräte bleiben, es lässt sich also rückgängig machen.",
  disable: "Sperren",
  disabledTitle: "Die Person ist gesperrt",
  disabledSaid: "Kein Gerät dieser Person bekommt mehr etwas.",
  wasDisabled: "Die Person war schon gesperrt. Sie bekommt nichts.",

  deleteTitle: "Person löschen",
  comesBack: (source) =>
    `Das Verzeichnis „${source}“ lässt diese Person noch herein. Der nächste Vergleich legt sie darum wieder an, ohne App-Kennwörter und Geräte. Nehmen Sie die Person erst dort heraus.`,
  deleteIntro:
    "Alles, was die Person bekommt, endet, und Namen, App-Kennwörter und Geräte sind weg. Das lässt sich nicht rückgängig machen.",
  what: "Was wird aus dem Protokoll?",
  whats: {
    delete: ["Behalten", "Die Ereignisse behalten die Namen. Für jemanden, der geht."],
    pseudonymise: ["Die Person herausnehmen", "Die Ereignisse bleiben, ohne alles, was sagt, wer es war."],
    purge: ["Die Ereignisse auch löschen", "Von dieser Person bleibt nichts."],
  },
  sure: "Ja, diese Person endgültig löschen",
  delete: "Löschen",
  deletedTitle: "Die Person ist gelöscht",
  deleted: "Sie bekommt nichts mehr, und die Namen sind frei für jemand anders.",
  erasedEvents: (count: number) =>
    count === 1 ? "Ein Ereignis wurde geändert oder gelöscht." : `${count} Ereignisse wurden geändert oder gelöscht.`,
  pseudonym: (text: string) => `Im Protokoll heißt die Person ${text}.`,
  notFinished: "Es sind so viele Ereignisse, dass es noch nicht fertig ist.",
  goOn: "Weiter",
  policies: (versions: string) => `Diese Fassungen der Richtlinie nennen die Person noch: ${versions}`,
  networksLeft: (count: number) =>
    `${count} Netze konnten nicht benachrichtigt werden. Sie behalten höchstens 30 Tage den Hash eines Namens, der nichts öffnet.`,
  toUsers: "Zur Liste der Personen",
};

export const changeWords: Localised<typeof en> = { en, de };
