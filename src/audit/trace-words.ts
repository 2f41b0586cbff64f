// The sentences of a traced sign-in, in each language. What stands in braces is filled in.

import type { Language } from "./explain.ts";

const en = {
  request: "Came from {from} to {host}, over {channel}. The client calls itself {client}{machine}.",
  machine: ", on the machine {workstation}",
  nameless: "nothing",
  networkAdmitted: "The network's guard counted the attempt and let it pass.",
  networkFamiliar:
    "Too many attempts failed from this network lately. The person is familiar here, so the attempt passed all the same.",
  networkNotAsked: "The network's guard was not asked: another device of this network has just signed in with its key.",
  nameFound: "The name belongs to {user}. It was typed as {kind}.",
  nameRecalled: "The user's guard still knew whose name it is.",
  nameNobody: "Nobody has the name that was typed. Postern does not keep it.",
  kindSip: "the SIP address",
  kindUpn: "the UPN",
  kindAccount: "the account",
  kindAlias: "another name of the person",
  userProved: "The user's guard found the credential right.",
  userProvedWith: "The app password “{label}” fits.",
  waits: "This network has to wait until {until}.",
  pageUser: "The user is {user}, as the page's own sealed text says.",
  pageToken: "The user's guard let the page's token through, once.",
  turn: "Its turn came in the line before the connector.",
  connectorGave: "The connector gave a token: {asked}.",
  connectorFailed: "No connector gave a token: {asked}. {reason}",
  stsGave: "Postern's token service signed on: the pool gave a session for its token.",
  stsFailed: "Postern's token service did not sign on. {reason}",
  frontEndGave: "The Front-End answered with {status}.",
  frontEndAway: "The Front-End did not answer. {reason}",
  ticket: "The user's guard remembered the ticket ({kind}), and the client got it.",
  ticketUntil: "The user's guard remembered the ticket ({kind}), and the client got it. It ends at {until}.",
  guestTicket: "The guest got a ticket ({kind}), which opens the meeting and nothing else.",
  noTicket: "A sign-in by GET gets no ticket.",
  notReached: "Not reached.",
  answerSignedIn: "The client was answered with its ticket.",
  answerNoTicket: "The client was answered with 405.",
  answerRefused:
    "The client was asked for its credential again, as after every refusal. The answer waited until the refusal floor.",
  answerOrderRefused: "The client was told that it may not have this.",
  answerOfPage:
    "The browser got the page that says no and gives no reason, or the client the page's address. The answer waited until the refusal floor.",
  answerFailed: "The client was answered with 503, or with the Front-End's own error.",
  device: "The device {device}: {reason}",
  deviceAsked: "A request with the ticket: {reason}",
  noDevice: "No device has named itself since, or nothing new was decided. Requests that are served have no event.",
  noStages: "An older version of Postern decided this, so the waits are not known.",
  passwordUsed: "This one was used.",
  passwordUsedBut: "This one was used. {reason}",
  passwordOther: "Another one fitted.",
  passwordPage: "Was not asked for: the person signed in by the page.",
  passwordWrong: "Does not fit what was typed.",
  passwordWrongEnded: "Does not fit what was typed, and would not open anything.",
  passwordForgotten: "Ended too long ago to be recognised.",
  passwordUnseen: "Was not compared: the attempt was decided before.",
};

const de: typeof en = {
  request: "Kam von {from} an {host}, über {channel}. Der Client nennt sich {client}{machine}.",
  machine: ", auf dem Computer {workstation}",
  nameless: "gar nicht",
  networkAdmitted: "Der Wächter des Netzes hat den Versuch gezählt und durchgelassen.",
  networkFamiliar:
    "Aus diesem Netz sind zuletzt zu viele Versuche gescheitert. Die Person ist hier bekannt, darum kam der Versuch trotzdem durch.",
  networkNotAsked:
    "Der Wächter des Netzes wurde nicht gefragt: Ein anderes Gerät dieses Netzes hat sich gerade mit seinem Schlüssel angemeldet.",
  nameFound: "Der Name gehört {user}. Eingegeben wurde {kind}.",
  nameRecalled: "Der Wächter des Benutzers wusste noch, wem der Name gehört.",
  nameNobody: "Den eingegebenen Namen hat niemand. Postern bewahrt ihn nicht auf.",
  kindSip: "die SIP-Adresse",
  kindUpn: "der UPN",
  kindAccount: "das Konto",
  kindAlias: "ein weiterer Name der Person",
  userProved: "Der Wächter des Benutzers fand den Nachweis richtig.",
  userProvedWith: "Das App-Kennwort „{label}“ passt.",
  waits: "Dieses Netz muss bis {until} warten.",
  pageUser: "Die Person ist {user}, wie es der eigene versiegelte Text der Seite sagt.",
  pageToken: "Der Wächter des Benutzers hat das Token der Seite durchgelassen, einmal.",
  turn: "In der Schlange vor dem Connector kam die Anmeldung an die Reihe.",
  connectorGave: "Der Connector gab ein Token: {asked}.",
  connectorFailed: "Kein Connector gab ein Token: {asked}. {reason}",
  stsGave: "Posterns Tokendienst hat angemeldet: Der Pool gab eine Sitzung für sein Token.",
  stsFailed: "Posterns Tokendienst hat nicht angemeldet. {reason}",
  frontEndGave: "Das Front-End antwortete mit {status}.",
  frontEndAway: "Das Front-End antwortete nicht. {reason}",
  ticket: "Der Wächter des Benutzers hat sich das Ticket gemerkt ({kind}), und der Client hat es bekommen.",
  ticketUntil:
    "Der Wächter des Benutzers hat sich das Ticket gemerkt ({kind}), und der Client hat es bekommen. Es endet um {until}.",
  guestTicket: "Der Gast bekam ein Ticket ({kind}), das die Besprechung öffnet und sonst nichts.",
  noTicket: "Eine Anmeldung mit GET bekommt kein Ticket.",
  notReached: "Nicht erreicht.",
  answerSignedIn: "Der Client bekam sein Ticket.",
  answerNoTicket: "Der Client bekam die Antwort 405.",
  answerRefused:
    "Der Client wurde wieder nach seinem Nachweis gefragt, wie nach jeder Ablehnung. Die Antwort wartete, wie jede Ablehnung gleich lang wartet.",
  answerOrderRefused: "Der Client erfuhr, dass er das nicht haben darf.",
  answerOfPage:
    "Der Browser bekam die Seite, die ohne Grund Nein sagt, oder das Programm die Adresse der Seite. Die Antwort wartete, bis die Zeit jeder Ablehnung um war.",
  answerFailed: "Der Client bekam die Antwort 503 oder den Fehler des Front-Ends.",
  device: "Das Gerät {device}: {reason}",
  deviceAsked: "Eine Anfrage mit dem Ticket: {reason}",
  noDevice:
    "Seither hat sich kein Gerät genannt, oder es wurde nichts Neues entschieden. Bediente Anfragen haben kein Ereignis.",
  noStages: "Das hat eine ältere Version von Postern entschieden, darum sind die Wartezeiten nicht bekannt.",
  passwordUsed: "Dieses wurde benutzt.",
  passwordUsedBut: "Dieses wurde benutzt. {reason}",
  passwordOther: "Ein anderes passte.",
  passwordPage: "Wurde nicht verlangt: Die Person hat sich auf der Anmeldeseite angemeldet.",
  passwordWrong: "Passt nicht zu dem, was eingegeben wurde.",
  passwordWrongEnded: "Passt nicht zu dem, was eingegeben wurde, und würde nichts öffnen.",
  passwordForgotten: "Endete vor zu langer Zeit, um erkannt zu werden.",
  passwordUnseen: "Wurde nicht verglichen: Der Versuch war vorher entschieden.",
};

export type TraceWord = keyof typeof en;
type Values = Readonly<Record<string, string>>;

const WORDS: Readonly<Record<Language, typeof en>> = { en, de };

/** A sentence with its values. */
export const inTraceWords = (language: Language, word: TraceWord, values: Values = {}): string =>
  WORDS[language][word].replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole).trim();
