// The words about what the organisation's authority says of a device.

import type { Localised } from "../../web/locale.ts";

const en = {
  title: "What the authority says",
  intro: "Your organisation's own system says words about each device, and rules of the policy match on them.",
  none: "This gateway has no authority to ask. An administrator sets AUTHORITY_URL.",
  says: "It says",
  nothing: "nothing: it does not know the device",
  never: "it has not answered yet",
  old: "The answer is old. Rules that refuse still go by it, rules that let in do not.",
  asked: "Answered",
  until: "Holds until",
  tried: "Last asked",
  next: "Asked next",
  whenUsed: "when the device comes again",
  fault: "No answer, because",
  faults: {
    timeout: "it took longer than two seconds",
    unreachable: "it cannot be reached, or its certificate is not good",
    redirect: "it sent Postern to another address",
    "too-large": "its answer is too long",
    malformed: "its answer is not one that Postern understands",
    "held-off": "it was silent for others, so it was not asked",
    database: "the database could not be asked whether it may be asked",
  } as Readonly<Record<string, string>>,
  status: (code: string) => `it answered with the status ${code}`,
  silence: "Its silence",
  silences: {
    allow: "changes nothing: the device is judged by what else is known",
    block: "refuses the device until it answers",
  },
  ask: "Ask again now",
  done: "The authority was asked. Below is what came of it.",
};

const de: typeof en = {
  title: "Was die Auskunft sagt",
  intro: "Ein System Ihrer Organisation sagt zu jedem Gerät Wörter, und Regeln der Richtlinie achten darauf.",
  none: "Dieses Gateway kann niemanden fragen. Ein Administrator setzt AUTHORITY_URL.",
  says: "Sie sagt",
  nothing: "nichts: Sie kennt das Gerät nicht",
  never: "sie hat noch nicht geantwortet",
  old: "Die Antwort ist alt. Abweisende Regeln richten sich noch nach ihr, zulassende nicht.",
  asked: "Beantwortet",
  until: "Gilt bis",
  tried: "Zuletzt gefragt",
  next: "Wird wieder gefragt",
  whenUsed: "wenn das Gerät wieder kommt",
  fault: "Keine Antwort, denn",
  faults: {
    timeout: "sie brauchte länger als zwei Sekunden",
    unreachable: "sie ist nicht zu erreichen, oder ihr Zertifikat ist nicht gut",
    redirect: "sie verwies Postern an eine andere Adresse",
    "too-large": "ihre Antwort ist zu lang",
    malformed: "ihre Antwort ist keine, die Postern versteht",
    "held-off": "sie schwieg bei anderen, darum wurde sie nicht gefragt",
    database: "die Datenbank konnte nicht sagen, ob sie gefragt werden darf",
  },
  status: (code: string) => `sie antwortete mit dem Status ${code}`,
  silence: "Schweigt sie",
  silences: {
    allow: "ändert das nichts: Das Gerät wird nach dem beurteilt, was sonst bekannt ist",
    block: "wird das Gerät abgewiesen, bis sie antwortet",
  },
  ask: "Jetzt noch einmal fragen",
  done: "Die Auskunft wurde gefragt. Unten steht, was dabei herauskam.",
};

export const authorityWords: Localised<typeof en> = { en, de };
