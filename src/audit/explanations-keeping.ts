// The audit's reasons of keeping data: backups, what a restore did, and who is kept. In each language.

import type { Said } from "./explanations.ts";
import type { KEEPING_REASONS } from "./reasons.ts";

type KeepingTexts = Readonly<Record<(typeof KEEPING_REASONS)[number], Said>>;

export const KEEPING_ENGLISH: KeepingTexts = {
  "user-kept": ["{by} keeps {who} from being erased after leaving the directory, or ended that; `change` says which."],
  "backup-begun": ["{by} began to read everything for a backup."],
  "backup-finished": ["{by} has read everything for a backup."],
  "restore-begun": ["{by} began to restore a backup."],
  "restore-finished": ["{by} has restored a backup."],
  "user-restored": ["{by} restored a backup, which opened or closed something of {who}."],
  "user-reconciled": ["{by} brought what D1 and the guard of {who} say together; the stricter side counts."],
};

export const KEEPING_GERMAN: KeepingTexts = {
  "user-kept": [
    "{by} behält {who}, auch wenn das Verzeichnis die Person nicht mehr kennt, oder hat das beendet; `change` sagt, was davon.",
  ],
  "backup-begun": ["{by} hat begonnen, alles für eine Sicherung zu lesen."],
  "backup-finished": ["{by} hat alles für eine Sicherung gelesen."],
  "restore-begun": ["{by} hat begonnen, eine Sicherung zurückzuspielen."],
  "restore-finished": ["{by} hat eine Sicherung zurückgespielt."],
  "user-restored": ["{by} hat eine Sicherung zurückgespielt. Dabei wurde bei {who} etwas geöffnet oder geschlossen."],
  "user-reconciled": ["{by} hat D1 und den Wächter von {who} abgeglichen. Es gilt, was strenger ist."],
};
