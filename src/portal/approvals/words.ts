// The words of approving a sign-in to Lync that waits on another device.

import type { Localised } from "../../web/locale.ts";

const en = {
  title: "Approve a sign-in to Lync",
  link: "Approve a sign-in to Lync",
  waits: (place: string) => `Somebody wants to sign in to Lync as you, from ${place}.`,
  look: "Look at it",
  none: "No sign-in waits for you now.",
  noneMore:
    "Type your sign-in address in Lync's window and press “Show me a number”. Then come back here within two minutes.",
  again: "Look again",
  intro: "Somebody is signing in to Lync as you and waits for your answer. Is it you?",
  where: "Where",
  client: "With",
  when: "When",
  until: "Waits until",
  pick: "If it is you: which number does Lync show?",
  pickMore:
    "Pick it only if you see it on your own screen now. Never tell it to anybody, and never take it from a call.",
  number: (number: number) => `The number ${number}`,
  notMine: "This is not me",
  notMineHint: "It ends at once. You need to do nothing else.",
  approvedTitle: "Approved",
  approved: "Go back to Lync. It goes on by itself in a few seconds.",
  declinedTitle: "It has ended",
  declined: "Nobody was let in. Whoever asked has to wait if it happens often. If it does, tell your help desk.",
  wrongTitle: "That was another number",
  wrong:
    "So this sign-in has ended, and nobody was let in. If it was you, ask for another number in Lync. If somebody told you a number, tell your help desk.",
  gone: "This sign-in does not wait any more. If it was you, ask for another number in Lync.",
  home: "To the first page",
};

const de: typeof en = {
  title: "Eine Anmeldung bei Lync freigeben",
  link: "Eine Anmeldung bei Lync freigeben",
  waits: (place) => `Jemand möchte sich als Sie bei Lync anmelden, aus ${place}.`,
  look: "Ansehen",
  none: "Zurzeit wartet keine Anmeldung auf Sie.",
  noneMore:
    "Geben Sie im Fenster von Lync Ihre Anmeldeadresse ein und drücken Sie „Zahl anzeigen“. Kommen Sie dann innerhalb von zwei Minuten hierher zurück.",
  again: "Noch einmal nachsehen",
  intro: "Jemand meldet sich als Sie bei Lync an und wartet auf Ihre Antwort. Sind Sie das?",
  where: "Wo",
  client: "Womit",
  when: "Wann",
  until: "Wartet bis",
  pick: "Wenn Sie es sind: Welche Zahl zeigt Lync?",
  pickMore:
    "Wählen Sie sie nur, wenn Sie sie jetzt auf Ihrem eigenen Bildschirm sehen. Sagen Sie sie niemandem, und lassen Sie sich keine am Telefon nennen.",
  number: (number) => `Die Zahl ${number}`,
  notMine: "Das bin ich nicht",
  notMineHint: "Die Anmeldung endet sofort. Mehr müssen Sie nicht tun.",
  approvedTitle: "Freigegeben",
  approved: "Gehen Sie zurück zu Lync. Dort geht es in wenigen Sekunden von selbst weiter.",
  declinedTitle: "Sie ist beendet",
  declined:
    "Niemand wurde eingelassen. Wer das oft versucht, muss warten. Kommt es öfter vor, sagen Sie Ihrem Helpdesk Bescheid.",
  wrongTitle: "Das war eine andere Zahl",
  wrong:
    "Deshalb ist diese Anmeldung beendet, und niemand wurde eingelassen. Waren Sie es, lassen Sie sich in Lync eine neue Zahl anzeigen. Hat Ihnen jemand eine Zahl genannt, sagen Sie Ihrem Helpdesk Bescheid.",
  gone: "Diese Anmeldung wartet nicht mehr. Waren Sie es, lassen Sie sich in Lync eine neue Zahl anzeigen.",
  home: "Zur Startseite",
};

export const words: Localised<typeof en> = { en, de };
