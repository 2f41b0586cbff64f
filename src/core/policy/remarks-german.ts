// The sentences of `postern why`, in German.

import type { RemarkTexts } from "./remarks.ts";

const KEY_ONLY = "ein Ticket des App-Kennworts öffnet nur, womit die Person ihre eigenen Ressourcen findet";
const NO_ADDRESS_BOOK = "Angemeldet, aber kein Adressbuch";

/** By id. Values stand in braces. */
export const GERMAN: RemarkTexts = {
  "not-reached": "Ein früherer Schritt hat entschieden.",
  "user:decided": "Die Person ist gesperrt.",
  "user:passed": "Die Person ist nicht gesperrt.",
  "password:decided": "Das App-Kennwort ist widerrufen.",
  "password:passed": "Das App-Kennwort gilt.",
  "owner:decided": "Die ID des Geräts gehört einer anderen Person.",
  "owner:passed": "Die ID des Geräts gehört keiner anderen Person.",
  "binding:other": "Das Gerät ist nicht das, zu dem dieses Ticket oder App-Kennwort gehört.",
  "binding:own": "Das Ticket und das App-Kennwort gehören zu keinem anderen Gerät.",
  "binding:before":
    'Das App-Kennwort bleibt an diese ID gebunden, obwohl die Regel {rule} identity = "app-password" sagt. Die Regel gilt nur für ein App-Kennwort, an das kein Gerät durch seine ID gebunden ist. Damit sie gilt, vergessen Sie dieses Gerät.',
  "binding:password":
    "Das App-Kennwort ist das Gerät (Regel {rule}): Jedes Programm, das das App-Kennwort hat und auf das die Regel passt, ist dieses Gerät.",
  "binding:lost":
    'Das Gerät ist nur durch sein App-Kennwort bekannt, und die Regel, die passt, sagt nicht identity = "app-password".',
  "proof:has-proved": `Das Gerät hat einen Schlüssel bewiesen, und das Ticket ist nicht das seines Schlüssels: ${KEY_ONLY}, bis seine Zertifikate enden oder jemand „device reset-key“ ausführt.`,
  "proof:has-to-prove": `Die Richtlinie (devices.requireProof) verlangt von dieser Plattform, einen Schlüssel zu beweisen: Bis dahin gilt, ${KEY_ONLY}, außerdem ein Zertifikat für das Gerät.`,
  "proof:proved": `Das Gerät hat einen Schlüssel bewiesen. Mit einem Ticket seines Schlüssels wird es von überall bedient; ${KEY_ONLY}.`,
  "proof:key": "Das Gerät hat einen Schlüssel und hat ihn noch nicht bewiesen. Solange gelten sein Ort und seine ID.",
  "proof:none": "Das Gerät hat keinen Schlüssel, und es wird keiner verlangt.",
  "address-book:not-a-desktop": "Das Gerät ist kein Desktop-PC.",
  "address-book:refused:not-a-desktop": `${NO_ADDRESS_BOOK}: Das Programm läuft nicht auf einem Desktop-PC, und sein Ticket hat kein Gerät genannt.`,
  "address-book:refused:policy": `${NO_ADDRESS_BOOK}: devices.unnamed ist in der Richtlinie „refuse“.`,
  "address-book:refused:other-network": `${NO_ADDRESS_BOOK}: Die Anfrage kam aus einem anderen Netz als die Anmeldung.`,
  "address-book:refused:not-named-there": `${NO_ADDRESS_BOOK}: Der PC hat in den letzten 30 Tagen aus diesem Netz und mit diesem Programm kein Zertifikat geholt.`,
  "address-book:refused:no-machine-name": `${NO_ADDRESS_BOOK}: Die Anmeldung hat den Namen des Rechners nicht genannt.`,
  "address-book:refused:other-machine": `${NO_ADDRESS_BOOK}: Der Rechner der Anmeldung heißt anders als der, der das Zertifikat geholt hat.`,
  "address-book:proved": "Öffnet sich von überall, mit einem Ticket des Geräteschlüssels.",
  "address-book:eight-hours": "Nur das Ticket, das das Zertifikat geholt hat, öffnet es, acht Stunden lang.",
  "address-book:nowhere": `${NO_ADDRESS_BOOK}: Der PC hat in den letzten 30 Tagen kein Zertifikat geholt. Nur das Ticket, das eines geholt hat, öffnet es.`,
  "address-book:opens": "Das Adressbuch öffnet sich in {networks}. Sonst überall: angemeldet, aber kein Adressbuch.",
  "address-book:fetch-again":
    "Melden Sie sich im Programm ab, wählen Sie „Meine Anmeldeinformationen löschen“ und melden Sie sich dort mit dem App-Kennwort an: Das Programm holt ein Zertifikat und ist in diesem Netz 30 Tage lang bekannt.",
  "name:decided":
    "Das Gerät hat sich noch nicht genannt: Es darf die Ressourcen seiner Person finden und sich nennen, sonst nichts.",
  "name:passed": "Das Gerät hat sich genannt.",
  "personal-block:decided": "Jemand hat dieses Gerät gesperrt.",
  "personal-block:passed": "Niemand hat dieses Gerät gesperrt.",
  "key:asked": "Das Zertifikat wird für einen weiteren Schlüssel verlangt, der darauf wartet, dass ihn jemand zulässt.",
  "key:none": "Kein weiterer Schlüssel des Geräts wartet auf Zulassung.",
  "key:one":
    "Ein weiterer Schlüssel wartet auf Zulassung: Sein Zertifikat wurde abgelehnt. Die Seite des Geräts und „device show“ zeigen ihn; „device approve-key“ lässt ihn zu. Was das Gerät schon hat, bleibt davon unberührt.",
  "key:several":
    "{n} weitere Schlüssel warten auf Zulassung: Ihre Zertifikate wurden abgelehnt. Die Seite des Geräts und „device show“ zeigen sie; „device approve-key“ lässt einen zu. Was das Gerät schon hat, bleibt davon unberührt.",
  "expiry:decided": "Das Gerät wurde zu lange nicht gesehen; es muss neu eingetragen werden.",
  "expiry:passed": "Das Gerät ist nicht abgelaufen.",
  "pending:decided": "Noch wird darauf gewartet, dass sich das Gerät nennt.",
  "pending:passed": "Es wird nicht darauf gewartet, dass sich das Gerät nennt.",
  "personal-allow:decided": "Jemand hat dieses Gerät zugelassen.",
  "personal-allow:passed": "Niemand hat dieses Gerät namentlich zugelassen.",
  "rules:none": "Keine Regel passt.",
  "rules:matched": "Regel {at} von {count} passt, {rule}: {reason}",
  "rules:open": "Nicht sicher, weil etwas über das Gerät nicht bekannt ist: {rules}.",
  "own-approval:decided":
    "Das Gerät wartet darauf, dass die eigene Person es im Portal zulässt. Der Helpdesk kann es auch zulassen.",
  "own-approval:passed": "Das Gerät wartet nicht auf die eigene Person.",
  "quarantine:decided": "Das Gerät wartet darauf, dass es jemand zulässt.",
  "quarantine:passed": "Das Gerät wartet nicht auf Zulassung.",
  "authority:unanswered": "Die Auskunft hat zu diesem Gerät noch nicht geantwortet.",
  "authority:harmless": "Ihr Schweigen schadet nicht: devices.authoritySilence ist „{silence}“.",
  "authority:refuses":
    "devices.authoritySilence ist „{silence}“, darum wird das Gerät abgewiesen, bis die Auskunft antwortet.",
  "authority:says": "Die Auskunft sagt zu diesem Gerät: {words}.",
  "authority:says-nothing": "Die Auskunft sagt zu diesem Gerät: nichts.",
  "authority:said": "Die letzte Antwort der Auskunft ist alt, und sie hat keine andere gegeben. Sie sagte: {words}.",
  "authority:said-nothing":
    "Die letzte Antwort der Auskunft ist alt, und sie hat keine andere gegeben. Sie sagte: nichts.",
  "authority:old": "Regeln, die abweisen, richten sich noch danach; Regeln, die zulassen, nicht.",
  "enrolled:decided": "Das Gerät ist eingetragen.",
  "enrolled:passed": "Das Gerät ist nicht eingetragen.",
  "default:decided": "Nichts davon lässt dieses Gerät zu.",
};
