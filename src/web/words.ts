// The words of what every web page has.

import type { Localised } from "./locale.ts";

const en = {
  ownName: "English",
  language: "Language",
  skip: "Skip to the content",
  menu: "Pages",
  justNow: "just now",
  soon: "in a moment",
};

const de: typeof en = {
  ownName: "Deutsch",
  language: "Sprache",
  skip: "Zum Inhalt springen",
  menu: "Seiten",
  justNow: "gerade eben",
  soon: "gleich",
};

export const words: Localised<typeof en> = { en, de };
