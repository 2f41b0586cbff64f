// The words of the page about the directory.

import type { DirectoryState } from "../../core/directory/plan.ts";
import type { Localised } from "../../web/locale.ts";

const en = {
  title: "Directory",
  intro:
    "A program inside your network follows your directory: whoever leaves there can do nothing here within two minutes.",
  none: "No directory has reported yet. Users are made by hand until then.",
  states: { stopped: "stopped", stale: "silent", inStep: "in step", never: "never reported" },
  inStepAt: "Last in step",
  comparedAt: "Last compared everybody",
  reportedAt: "Last report",
  never: "never",
  people: "People in the directory",
  linked: {
    in: "Users it lets in",
    disabled: "Users whose account is disabled",
    expired: "Users whose account has expired",
    out: "Users it does not take any more",
    deleted: "Users deleted there",
  } satisfies Record<DirectoryState, string>,
  brake: (wanted: string, of: string) => `The sync has stopped: it would shut out ${wanted} of ${of} people at once.`,
  brakeMore:
    "Nobody of these is shut out yet. If it is right, run postern-agent sync --confirm on the agent's machine. If not, mend the filter there.",
  stale:
    "For more than ten minutes nobody has said that Postern is in step. Whoever leaves may still get in. Look at the agent.",
  problems: (count: number) => `Not taken: ${count}`,
  problemsCut: (shown: number) => `The first ${shown} are shown.`,
  name: "Person",
  why: "Why",
  key: "Key",
  adoption: "Users made by hand",
  adoptionIntro:
    "The directory takes over no user whom somebody made by hand, unless you let it. Then a person whose SIP address and account are those of one such user becomes that user, with devices and app passwords.",
  adoptUntil: (until: string) => `It may take such users over until ${until}.`,
  minutes: "For how many minutes",
  open: "Let it take over",
  close: "Close it now",
  reason: "Reason",
  unlinking: "End this source",
  unlinkingIntro:
    "The users stay as they are, with devices and app passwords, and can be changed by hand from then on. Stop the program that follows the directory first.",
  unlinkingShutOut: (people: string, shutOut: string) =>
    `Users from this source: ${people}. Of these, ${shutOut} may not sign in, and stay disabled until you enable them.`,
  unlinkingSure: (people: string) => `Yes, no directory is to change these ${people} users any more`,
  unlink: "End the source",
};

const de: typeof en = {
  title: "Verzeichnis",
  intro: "Ein Programm in Ihrem Netz folgt Ihrem Verzeichnis: Wer dort geht, kann hier nach zwei Minuten nichts mehr.",
  none: "Noch hat sich kein Verzeichnis gemeldet. Bis dahin werden alle Personen von Hand angelegt.",
  states: { stopped: "angehalten", stale: "meldet sich nicht", inStep: "abgeglichen", never: "noch nie gemeldet" },
  inStepAt: "Zuletzt abgeglichen",
  comparedAt: "Zuletzt alle verglichen",
  reportedAt: "Letzte Meldung",
  never: "nie",
  people: "Personen im Verzeichnis",
  linked: {
    in: "Personen, die es hereinlässt",
    disabled: "Personen mit deaktiviertem Konto",
    expired: "Personen mit abgelaufenem Konto",
    out: "Personen, die es nicht mehr liefert",
    deleted: "Dort gelöschte Personen",
  },
  brake: (wanted, of) => `Der Abgleich hat angehalten: Er würde ${wanted} von ${of} Personen auf einmal aussperren.`,
  brakeMore:
    "Noch ist niemand davon ausgesperrt. Ist es richtig, führen Sie auf der Maschine des Agenten postern-agent sync --confirm aus. Sonst berichtigen Sie dort den Filter.",
  stale:
    "Seit über zehn Minuten hat niemand gemeldet, dass Postern auf dem Stand des Verzeichnisses ist. Wer geht, kommt vielleicht noch herein. Sehen Sie nach dem Agenten.",
  problems: (count) => `Nicht übernommen: ${count}`,
  problemsCut: (shown) => `Gezeigt werden die ersten ${shown}.`,
  name: "Person",
  why: "Warum",
  key: "Schlüssel",
  adoption: "Von Hand angelegte Personen",
  adoptionIntro:
    "Das Verzeichnis übernimmt niemanden, der von Hand angelegt wurde, solange Sie es nicht erlauben. Dann wird, wer SIP-Adresse und Konto einer solchen Person hat, diese Person, mit Geräten und App-Kennwörtern.",
  adoptUntil: (until) => `Bis ${until} darf es solche Personen übernehmen.`,
  minutes: "Für wie viele Minuten",
  open: "Übernehmen lassen",
  close: "Jetzt beenden",
  reason: "Grund",
  unlinking: "Diese Quelle beenden",
  unlinkingIntro:
    "Die Personen bleiben, wie sie sind, mit Geräten und App-Kennwörtern, und lassen sich danach von Hand ändern. Halten Sie vorher das Programm an, das dem Verzeichnis folgt.",
  unlinkingShutOut: (people, shutOut) =>
    `Personen aus dieser Quelle: ${people}. Davon dürfen sich ${shutOut} nicht anmelden und bleiben gesperrt, bis Sie sie wieder zulassen.`,
  unlinkingSure: (people) => `Ja, kein Verzeichnis soll diese ${people} Personen mehr ändern`,
  unlink: "Quelle beenden",
};

export const directoryWords: Localised<typeof en> = { en, de };
