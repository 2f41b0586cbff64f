// The words of the portal's frame. Each area has its own words beside its pages. Their readers know nothing of Postern.

import type { Localised } from "../web/locale.ts";

const en = {
  site: "Skype for Business from outside",
  /** What an authenticator app shows, before the portal's address. */
  issuer: "Skype for Business",
  home: "Start",
  devices: "My devices",
  activity: "What happened",
  security: "Security",
  myData: "My data",
  signOut: "Sign out",
  notFoundTitle: "There is no such page",
  notFound: "Please check the address, or go to the start page.",
  foreignTitle: "Nothing was done",
  foreign:
    "This form was not sent from a page of your present session. Perhaps you signed in again meanwhile. Open the page again, and send it from there.",
  failedTitle: "That did not work",
  failed: "Something failed at our side. Try again in a moment. If it goes on, tell your help desk.",
  requestId: (id: string) => `Number of the request: ${id}`,
  toHome: "Go to the start page",
};

const de: typeof en = {
  site: "Skype for Business von außen",
  issuer: "Skype for Business",
  home: "Start",
  devices: "Meine Geräte",
  activity: "Was geschehen ist",
  security: "Sicherheit",
  myData: "Meine Daten",
  signOut: "Abmelden",
  notFoundTitle: "Diese Seite gibt es nicht",
  notFound: "Bitte prüfen Sie die Adresse, oder gehen Sie zur Startseite.",
  foreignTitle: "Es ist nichts geschehen",
  foreign:
    "Dieses Formular kam nicht von einer Seite Ihrer jetzigen Sitzung. Vielleicht haben Sie sich inzwischen neu angemeldet. Öffnen Sie die Seite noch einmal und schicken Sie es von dort ab.",
  failedTitle: "Das hat nicht geklappt",
  failed:
    "Bei uns ist etwas fehlgeschlagen. Versuchen Sie es gleich noch einmal. Bleibt es dabei, sagen Sie Ihrem Helpdesk Bescheid.",
  requestId: (id: string) => `Nummer der Anfrage: ${id}`,
  toHome: "Zur Startseite",
};

export const frameWords: Localised<typeof en> = { en, de };
