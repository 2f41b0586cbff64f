// Every reason of the audit in German.

import type { Explanations, Said } from "./explanations.ts";
import { DEVICES_GERMAN } from "./explanations-devices.ts";
import { KEEPING_GERMAN } from "./explanations-keeping.ts";
import { PASSIVE_GERMAN } from "./explanations-passive-german.ts";
import { PORTAL_GERMAN } from "./explanations-portal.ts";

const REPORT = "Wenn ein Programm, das Ihre Leute benutzen, das immer wieder tut, melden Sie es mit seinem User-Agent.";
const OLD_NTLM: Said = [
  "Das Programm hat mit etwas Älterem als NTLMv2 geantwortet.",
  "Unter Windows LmCompatibilityLevel auf mindestens 3 setzen, anderswo NTLMv2 einschalten.",
];
const NOT_OURS: Said = [
  "Die Nachricht ist keine Antwort auf eine Frage dieses Gateways, oder sie wurde unterwegs verändert.",
  "Einmal bedeutet es nichts. Immer wieder ist es ein Programm, das zwei Server verwechselt, oder jemand leitet Nachrichten weiter: Sehen Sie sich das Netz an.",
];
const ODD_ANSWER: Said = [
  "Das Front-End hat mit etwas geantwortet, das Postern nicht versteht.",
  "Melden Sie es mit der Uhrzeit.",
];
const TAMPERED: Said = [
  "Die Prüfsumme der Nachricht fehlt oder ist falsch: Etwas hat die Nachricht unterwegs verändert.",
  "Suchen Sie den Proxy, der NTLM zerlegt. Auch ein NTLM-Relay sieht so aus.",
];
const WRONG: Said = [
  "Eingegeben wurde keines der App-Kennwörter dieser Person.",
  "Meist ist es das Domänenkennwort oder ein Tippfehler: Erstellen Sie ein neues App-Kennwort für das Gerät. Versucht ein Netz viele Namen, rät jemand.",
];

export const GERMAN: Explanations = {
  lead: {
    signedIn: "{who} hat sich von {from} angemeldet.",
    guestIn: "Ein Gast einer Besprechung wurde von {from} eingelassen.",
    refused: "Jemand wollte sich von {from} als {who} anmelden und wurde abgewiesen.",
    refusedNobody: "Jemand wollte sich von {from} anmelden und wurde abgewiesen.",
    guestOut: "Ein Gast einer Besprechung von {from} wurde abgewiesen.",
    key: "Jemand hat von {from} die API aufgerufen und wurde abgewiesen.",
    failed: "{who} hat von {from} ein richtiges App-Kennwort eingegeben und konnte sich trotzdem nicht anmelden.",
    allowed: "Ein Gerät von {who} wurde zugelassen.",
    quarantined: "Ein Gerät von {who} muss warten, bis es jemand zulässt.",
    blocked: "Ein Gerät von {who} wurde abgewiesen.",
  },
  after: {
    repeats: "Das steht für {n} gleiche Versuche.",
    waits: "Dieses Netz muss bis {time} warten.",
    wouldRefuse: "Die Sperre meldet hier nur. Sonst wäre es abgewiesen worden ({code}).",
    why: "Vermerkt ist dazu: {why}.",
  },
  nobody: "jemand",
  itself: "Postern selbst",
  person: "die Person",
  somewhere: "einem unbekannten Netz",
  rule: [
    "Entschieden hat eine Regel der Richtlinie: {code}.",
    "Ist das falsch, ändern Sie die Regel, oder lassen Sie dieses eine Gerät zu.",
  ],
  status: [
    "Das Front-End hat mit einem Fehler geantwortet ({code}), den auch das Programm bekam.",
    "Sehen Sie im Protokoll des Front-Ends nach.",
  ],
  guestStatus: [
    "Das Front-End hat einem Gast, der keine Besprechung nannte, kein Ticket gegeben ({code}).",
    "Sehen Sie im Protokoll des Front-Ends nach. Vielleicht ist die Teilnahme ohne Konto dort abgeschaltet.",
  ],
  settings: ["{by} hat mehrere Einstellungen von {who} geändert."],
  guest: {
    saml: ["Das Ticket öffnet die Besprechung und sonst nichts."],
    cwt: ["Das Ticket öffnet die Besprechung und sonst nichts."],
    waiting: [
      "Dieses Netz ist bei dieser Besprechung zu oft gescheitert.",
      "Nichts: Die Wartezeit endet von selbst. Schicken Sie dem Gast einen frischen Link.",
    ],
    "strangers-waiting": [
      "Zu viele Netze, aus denen noch nie jemand hineinkam, sind bei dieser Besprechung gescheitert.",
      "Jemand probiert von vielen Orten Schlüssel dieser Besprechung aus. Eine neue Besprechung bekommt einen anderen.",
    ],
  },
  portal: PORTAL_GERMAN.here,
  signedIn: {
    saml: ["Das Programm hat ein Ticket bekommen."],
    cwt: ["Das Programm hat ein Ticket bekommen."],
    "no-ticket": ["Das Programm hat nur das App-Kennwort bewiesen und kein Ticket verlangt."],
    "portal-signed-in": ["Es war das Portal, in dem jeder seine eigenen Geräte verwaltet."],
  },
  refused: {
    "wrong-proof": WRONG,
    "wrong-password": WRONG,
    "invitation-refused": [
      "Der Code einer Einladung war falsch, oder die Einladung war benutzt, zurückgezogen oder abgelaufen.",
      "Einmal ist es ein alter Link. Viele aus einem Netz sind jemand, der Codes ausprobiert. Laden Sie die Person neu ein.",
    ],
    "unknown-user": [
      "Den angegebenen Namen hat niemand.",
      "Ist das Netz bekannt, legen Sie die Person an, oder fügen Sie den eingegebenen Namen als Alias hinzu. Sonst rät jemand Namen.",
    ],
    "revoked-password": [
      "Das App-Kennwort war einmal richtig und ist widerrufen.",
      "Finden Sie das Gerät an seinem Namen und User-Agent, und geben Sie ihm ein neues App-Kennwort. Wurde das alte gestohlen, ist das der Dieb.",
    ],
    "expired-password": [
      "Das App-Kennwort ist abgelaufen oder wurde durch ein erneuertes ersetzt.",
      "Erneuern Sie es, oder verlängern Sie es. Das Gerät bleibt dasselbe.",
    ],
    "code-missing": [
      "Das App-Kennwort war richtig, aber dahinter stand kein Code.",
      "Die Person muss die sechs Ziffern der Authenticator-App direkt hinter das App-Kennwort tippen.",
    ],
    "code-wrong": [
      "Das App-Kennwort war richtig, der Code dahinter falsch.",
      "Einmal ist es ein Tippfehler oder eine falsch gehende Uhr. Viele sind jemand, der das App-Kennwort hat: widerrufen Sie es.",
    ],
    "code-used": [
      "Das App-Kennwort war richtig, aber der Code dahinter war schon benutzt.",
      "Immer wieder von einem Gerät: es speichert sein Kennwort. Geben Sie ihm ein App-Kennwort ohne Code. Von woanders: jemand hat den Code gesehen.",
    ],
    "code-waiting": [
      "App-Kennwort und Code waren richtig, aber vorher wurden zu viele Codes geraten.",
      "Ist die Person dort, heben Sie ihre Sperren auf. Klären Sie, wer rät.",
    ],
    "user-disabled": ["Die Person ist deaktiviert.", "Aktivieren Sie sie, wenn das falsch ist."],
    repeated: [
      "Dasselbe falsche Kennwort kam noch einmal. Es wurde nicht noch einmal gezählt.",
      "Ein Gerät versucht es von selbst: Geben Sie ihm ein neues App-Kennwort, oder entfernen Sie das Konto vom Gerät.",
    ],
    "password-too-long": ["Eingegeben wurde etwas, das länger ist als jedes App-Kennwort."],
    "proof-malformed": [
      "Die Anfrage ist nicht so signiert, wie Postern es annimmt.",
      "Nichts: ein Scanner. Schickt das ein Computer von Ihnen, melden Sie es mit der vermerkten Regel.",
    ],
    "proof-stale": [
      "Die Signatur ist von einer anderen Zeit.",
      "Die Uhr dieses Computers geht falsch: Stellen Sie sie.",
    ],
    "proof-repeated": [
      "Dieselbe Signatur kam ein zweites Mal.",
      "Ab und zu ist es ein Netz, das noch einmal sendet. Sind es viele, spielt jemand Aufgezeichnetes ab: Sehen Sie sich das Netz an.",
    ],
    "key-unknown": [
      "Die Signatur ist gut, aber Postern hat nicht gesehen, dass ihr Schlüssel für ein Gerät dieser Person ausgestellt wurde.",
      "Lassen Sie den Computer ein neues Zertifikat holen: einmal Revoke-CsClientCertificate. Aus einem unbekannten Netz probiert jemand einen eigenen Schlüssel aus.",
    ],
    "key-ended": [
      "Das Zertifikat dieses Schlüssels ist abgelaufen.",
      "Der Computer holt von selbst ein neues. Tut er es nicht, soll sich die Person ab- und wieder anmelden.",
    ],
    "key-waiting": [
      "Der Schlüssel des Geräts ist neu und wartet auf eine Zulassung.",
      "Fragen Sie die Person, ob es ihr Computer ist, und lassen Sie den Schlüssel zu.",
    ],
    anonymous: [
      "Das Programm hat keinen Namen genannt.",
      "Nichts: ein Scanner, oder ein Programm, das es zuerst ohne Namen versucht.",
    ],
    "wrong-conference-key": [
      "Der Schlüssel der Besprechung ist falsch, oder es gibt die Besprechung nicht.",
      "Nichts: ein alter Link oder ein Tippfehler. Scheitert ein Netz oft, rät jemand, und Postern lässt es warten.",
    ],
    "not-a-token-request": [
      "Das Kennwort war richtig, aber die Anfrage verlangt kein Ticket in einer Form, die Postern kennt.",
      REPORT,
    ],
    "address-of-another": [
      "Das Kennwort war richtig, aber das Programm wollte ein Ticket für die Adresse einer anderen Person.",
      "Vergleichen Sie Konto und Adresse im Programm mit denen der Person hier. Stimmen sie überein, gibt sich jemand als ein anderer aus.",
    ],
    waiting: [
      "Dieses Netz ist bei dieser Person zu oft gescheitert.",
      "Nichts: Die Wartezeit endet von selbst. Hat das Gerät ein richtiges App-Kennwort, heben Sie die Sperre auf.",
    ],
    "strangers-waiting": [
      "Zu viele Netze, aus denen sich diese Person noch nie angemeldet hat, sind gescheitert.",
      "Jemand probiert es bei dieser Person von vielen Orten. Wo sie sich sonst anmeldet, wird nichts aufgehalten. Für einen neuen Ort heben Sie die Sperre auf.",
    ],
    "network-waiting": [
      "Dieses Netz ist zu oft gescheitert, über alle Namen gerechnet.",
      "Jemand rät, oder ein Büro hat viele Geräte mit alten Kennwörtern: Dann heben Sie die Sperre des Netzes auf.",
    ],
    "ntlm-v1": OLD_NTLM,
    "lm-only": OLD_NTLM,
    "challenge-not-ntlm-v2": OLD_NTLM,
    "mic-missing": TAMPERED,
    "mic-wrong": TAMPERED,
    "target-of-another-service": [
      "Der Beweis ist richtig, wurde aber für einen anderen Dienst gemacht: Jemand anderes hat ihn genommen und hierher gebracht.",
      "Finden Sie heraus, wo sich die Person gerade angemeldet hat, und widerrufen Sie das App-Kennwort.",
    ],
    "wrong-channel-binding": [
      "Der Beweis ist richtig, wurde aber für eine andere TLS-Verbindung gemacht als die zu Cloudflare.",
      "Hat das Zertifikat am Rand gewechselt, tragen Sie seinen Hash in EDGE_CERTIFICATE_HASHES ein. Sonst finden Sie heraus, wo sich die Person angemeldet hat, und widerrufen Sie das App-Kennwort.",
    ],
    "bad-session-key": ["Die Antwort des Programms ist fehlerhaft.", REPORT],
    "bad-response": ["Die Antwort des Programms ist fehlerhaft.", REPORT],
    "challenge-expired": [
      "Die Antwort kam mehr als zwei Minuten nach der Frage.",
      "Nichts: Ein Kennwortfenster stand offen.",
    ],
    "challenge-future": ["Die Frage stammt von einer anderen Uhr.", "Nichts. Bleibt es dabei, melden Sie es."],
    "challenge-replayed": [
      "Dieselbe Antwort kam ein zweites Mal.",
      "Einmal nichts: ein Netz, das noch einmal sendet. Sind es viele, spielt jemand Aufgezeichnetes ab.",
    ],
    "challenge-no-token": NOT_OURS,
    "challenge-two-tokens": NOT_OURS,
    "challenge-broken": NOT_OURS,
    "challenge-unknown-key": [
      "Die Frage wurde mit einem Schlüssel versiegelt, den es nicht mehr gibt.",
      "Nichts, in den zwei Minuten, nachdem ein Schlüssel aus SEALING_KEYS entfernt wurde.",
    ],
    ...PASSIVE_GERMAN.refused,
  },
  failed: {
    "sign-on-not-configured": [
      "SIGN_ON ist none, deshalb wird niemand am Front-End angemeldet.",
      "Richten Sie den Connector ein, wenn das nicht gewollt ist.",
    ],
    "sign-on-no-upn": ["Die Person hat hier keinen UPN.", "Tragen Sie den UPN ein, den Active Directory hat."],
    "sign-on-unknown-user": [
      "Der Connector meldet dieses Konto nicht an: Es ist unbekannt, deaktiviert, abgelaufen, geschützt oder nicht in der Gruppe.",
      "Vergleichen Sie den UPN mit Active Directory. Das Protokoll des Connectors sagt, was davon zutrifft.",
    ],
    "sign-on-unreachable": [
      "Kein Connector hat geantwortet.",
      "Sehen Sie nach, ob der Connector läuft und der Tunnel zu ihm steht.",
    ],
    "sign-on-overloaded": [
      "In diesem Augenblick haben sich zu viele angemeldet. Das Programm soll es noch einmal versuchen.",
      "Endet es von selbst, nichts. Sonst ist der Connector oder das Front-End langsam.",
    ],
    "sign-on-rejected": [
      "Das Front-End hat abgelehnt, was der Connector gab.",
      "Prüfen Sie den Dienstprinzipalnamen und die Anbieter im IIS.",
    ],
    "front-end-unreachable": [
      "Das Front-End hat nicht geantwortet.",
      "Prüfen Sie den Tunnel oder den VPC-Dienst, danach den Pool.",
    ],
    "answer-too-large": ODD_ANSWER,
    "answer-not-utf-8": ODD_ANSWER,
    "answer-byte-order-mark": ODD_ANSWER,
    "answer-without-ticket": ODD_ANSWER,
    "ticket-of-another-user": [
      "Das Ticket des Front-Ends war für jemand anderen. Es wurde nicht herausgegeben.",
      "Vergleichen Sie die Adresse hier mit der in Active Directory. Wurde das Konto dort gelöscht und neu angelegt, deaktivieren und aktivieren Sie die Person hier. Sonst nehmen Sie es ernst: Anmeldungen werden verwechselt.",
    ],
    "ended-meanwhile": [
      "Das App-Kennwort, das Gerät oder die Person wurde gesperrt, während das Front-End gefragt wurde; oder die Sitzungen der Person wurden beendet, seit sie die Seite benutzt hat.",
    ],
    "app-password-unknown-key": [
      "Das gespeicherte App-Kennwort wurde mit einem Schlüssel versiegelt, den es hier nicht gibt.",
      "Tragen Sie den Schlüssel wieder in SEALING_KEYS ein, oder erstellen Sie neue App-Kennwörter.",
    ],
    "app-password-broken": [
      "Das gespeicherte App-Kennwort wurde verändert.",
      "Erstellen Sie ein neues, und finden Sie heraus, wer in D1 geschrieben hat.",
    ],
    internal: ["In Postern ist etwas schiefgegangen.", "Melden Sie es mit der Protokollzeile der Anfrage."],
    ...PASSIVE_GERMAN.failed,
  },
  device: DEVICES_GERMAN,
  changed: {
    "device-approved": ["{by} hat ein Gerät von {who} zugelassen."],
    "device-approved-by-owner": ["{who} hat es im Portal zugelassen, nach erneuter Anmeldung dort."],
    "device-blocked": ["{by} hat ein Gerät von {who} gesperrt. Von da an wird es abgewiesen."],
    "device-blocked-by-owner": [
      "{who} hat es im Portal gesperrt: Es ist verloren oder gehört jemand anderem. Sein App-Kennwort ist mit ihm widerrufen.",
      "Gehört es jemand anderem, fragen Sie, wie das App-Kennwort bekannt wurde.",
    ],
    "device-forgotten": ["{by} hat ein Gerät von {who} entfernt, als wäre es nie da gewesen."],
    "device-forgotten-by-owner": ["{who} hat ein eigenes Gerät im Portal entfernt, als wäre es nie da gewesen."],
    "device-expected": ["{by} hat angekündigt, welches Gerät von {who} als nächstes kommt."],
    "device-id-given-up": [
      "Jemand anderes hat dieselbe Gerätekennung genannt. Sie war noch nicht bestätigt, deshalb hat {who} sie verloren.",
      "Fragen Sie beide, wem das Gerät gehört.",
    ],
    "device-key-added": [
      "Ein Gerät von {who} hat ein Zertifikat für einen anderen Schlüssel bekommen als zuvor.",
      "Wurde der Computer nicht neu eingerichtet, hat vielleicht jemand anderes das App-Kennwort: Widerrufen Sie es.",
    ],
    "device-key-approved": ["{by} hat einen weiteren Schlüssel eines Geräts von {who} zugelassen."],
    "device-keys-reset": [
      "{by} hat einem Gerät von {who} die Schlüssel genommen. Es fängt an wie eines, das nie einen hatte.",
    ],
    "device-expired": ["Ein Gerät von {who} war zu lange nicht zu sehen und ist abgelaufen."],
    "authority-answered": ["Die Auskunft der Organisation hat zu einem Gerät von {who} etwas Neues gesagt."],
    "password-created": ["{by} hat für {who} ein App-Kennwort erstellt."],
    "password-renewed": ["{by} hat für {who} das nächste App-Kennwort neben einem erstellt, das abläuft."],
    "password-changed": ["{by} hat Bezeichnung oder Ende eines App-Kennworts von {who} geändert."],
    "password-revoked": ["{by} hat ein App-Kennwort von {who} widerrufen. Es öffnet nichts mehr."],
    "user-created": ["{by} hat {who} angelegt."],
    "user-disabled": ["{by} hat {who} deaktiviert. Von da an wird alles dieser Person abgewiesen."],
    "user-enabled": ["{by} hat {who} wieder aktiviert."],
    "user-groups": ["{by} hat die Gruppen von {who} geändert."],
    "user-enrolment": ["{by} hat geändert, wie Geräte von {who} aufgenommen werden."],
    "user-max-devices": ["{by} hat geändert, wie viele Geräte {who} haben darf."],
    "user-window": ["{by} hat das Zeitfenster für neue Geräte von {who} geöffnet oder geschlossen."],
    "user-name": ["{by} hat den Anzeigenamen von {who} geändert."],
    "user-upn": ["{by} hat den UPN von {who} geändert."],
    "user-details": ["{by} hat E-Mail-Adresse, Mobilnummer, Sprache oder SID von {who} geändert."],
    "user-linked": ["{who} war von Hand angelegt und kommt von nun an aus dem Verzeichnis. Gemeldet von {by}."],
    "directory-state": [
      "Das Verzeichnis sagt etwas anderes über {who}; anmelden konnte sich die Person vorher nicht und kann es jetzt nicht. Gemeldet von {by}.",
    ],
    "directory-adoption": [
      "{by} hat die Zeit geöffnet oder geschlossen, in der ein Verzeichnis von Hand angelegte Personen übernehmen darf.",
    ],
    "directory-brake": [
      "Der Abgleich mit dem Verzeichnis hat sich angehalten oder wieder gelöst. Gemeldet von {by}.",
      "Hat er sich angehalten, sehen Sie nach, wen er aussperren wollte: Konsole, Einstellungen, Verzeichnis. Danach `postern-agent sync --confirm`, oder berichtigen Sie den Filter.",
    ],
    "directory-unlinked": [
      "{by} hat eine Quelle von Personen beendet. Die Personen bleiben, wie sie waren, und kein Verzeichnis ändert sie mehr.",
    ],
    "policy-applied": ["{by} hat eine andere Richtlinie in Kraft gesetzt."],
    "locks-cleared": ["{by} hat Fehlversuche gelöscht, sodass ihretwegen niemand mehr warten muss."],
    "audit-purged": ["{by} hat alte Einträge dieses Protokolls gelöscht."],
    "notice-tested": ["{by} hat eine Probe-Mail verschickt."],
    "token-created": ["{by} hat ein Token für die API erstellt{named}."],
    "token-revoked": ["{by} hat ein Token der API widerrufen."],
    "administrator-created": ["{by} hat jemanden zur Verwaltung hinzugefügt{named}."],
    "administrator-changed": ["{by} hat Name, Rolle oder Zustand von jemandem in der Verwaltung geändert."],
    "administrator-deleted": ["{by} hat jemandem die Rolle in der Verwaltung genommen."],
    "administrator-invited": [
      "{by} hat einen Link erstellt, mit dem jemand in der Verwaltung einen Passkey einrichtet{named}.",
    ],
    "administrator-signed-in": ["{by} hat sich an der Konsole angemeldet."],
    "passkey-added": [
      "{by} hat der eigenen Anmeldung an der Konsole einen Passkey hinzugefügt.",
      "War es nicht diese Person, entfernen Sie den Passkey und melden Sie die Person überall ab: Konsole, Einstellungen, Administratoren.",
    ],
    "passkey-removed": ["{by} hat jemandem in der Verwaltung einen Passkey genommen und die Person abgemeldet{named}."],
    "sessions-ended": ["{by} hat jemanden aus der Verwaltung abgemeldet{named}."],
    "break-glass-used": [
      "Ein Schlüssel aus ADMIN_KEYS hat die API geöffnet. Ein solcher Schlüssel gehört niemandem.",
      "Fragen Sie nach dem ersten Tag, wer ihn benutzt hat. Benutzen Sie stattdessen ein Token oder die Konsole.",
    ],
    "user-erased": ["{by} hat alles gelöscht, was über eine Person gespeichert war."],
    "user-renamed": ["{by} hat {who} eine andere Adresse, einen anderen UPN oder ein anderes Konto gegeben."],
    "user-alias-added": ["{by} hat einen Namen hinzugefügt, unter dem sich {who} anmeldet."],
    "user-alias-removed": ["{by} hat einen Namen entfernt, unter dem sich {who} anmeldete."],
    "user-deleted": ["{by} hat {who} gelöscht."],
    "user-invited": [
      "{by} hat {who} eingeladen: mit einem Link, der die Person einmal ins Portal lässt, damit sie wählt, wie sie sich dort anmeldet.",
      "Hat die Person das nicht erwartet, ziehen Sie die Einladung zurück und fragen Sie, wer sie erstellt hat.",
    ],
    "invitation-used": [
      "{who} kam mit einer Einladung ins Portal. Alle früheren Sitzungen dort sind beendet.",
      "War es nicht diese Person, nehmen Sie weg, was dabei eingerichtet wurde (postern portal reset), beenden Sie neue App-Kennwörter und Geräte, und finden Sie heraus, wer den Link noch hatte.",
    ],
    "invitation-withdrawn": ["{by} hat eine Einladung von {who} zurückgezogen. Niemand kann sie mehr benutzen."],
    ...PASSIVE_GERMAN.changed,
    ...PORTAL_GERMAN.changed,
    ...KEEPING_GERMAN,
  },
};
