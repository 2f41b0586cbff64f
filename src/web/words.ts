// The words of what every web page has.

import type { Localised } from "./locale.ts";

const en = {
  ownName: "English",
  language: "Language",
  skip: "Skip to the content",
  menu: "Pages",
};

const de: typeof en = {
  ownName: "Deutsch",
  language: "Sprache",
  skip: "Zum Inhalt springen",
  menu: "Seiten",
};

export const words: Localised<typeof en> = { en, de };
