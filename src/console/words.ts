// The words of the console's frame. Each area has its own words beside its pages.

import type { AdministratorRole } from "../core/credentials/api-scopes.ts";
import type { Localised } from "../web/locale.ts";

const en = {
  site: "Postern console",
  overview: "Overview",
  users: "Users",
  devices: "Devices",
  policy: "Policy",
  audit: "Audit",
  settings: "Settings",
  account: "My sign-in",
  signOut: "Sign out",
  roles: { viewer: "may look", helpdesk: "help desk", admin: "administrator" } satisfies Record<
    AdministratorRole,
    string
  >,
  notFoundTitle: "There is no such page",
  notFound: "The address may be misspelt, or what it showed has been deleted.",
  toOverview: "Go to the overview",
  failedTitle: "That did not work",
  failed: "Something the gateway depends on did not answer. Nothing is lost: go back and try again.",
  requestId: (id: string) => `If it happens again, tell whoever runs the gateway this number: ${id}`,
  foreignTitle: "This form was not sent",
  foreign:
    "It does not come from a page of your session. Perhaps you signed in again meanwhile. Open the page again, and send it from there.",
  tooLarge: "This is too long to be read.",
};

const de: typeof en = {
  site: "Postern-Konsole",
  overview: "Übersicht",
  users: "Personen",
  devices: "Geräte",
  policy: "Richtlinie",
  audit: "Protokoll",
  settings: "Einstellungen",
  account: "Meine Anmeldung",
  signOut: "Abmelden",
  roles: { viewer: "darf lesen", helpdesk: "Helpdesk", admin: "Administrator" },
  notFoundTitle: "Diese Seite gibt es nicht",
  notFound: "Vielleicht ist die Adresse falsch geschrieben, oder das Gezeigte wurde gelöscht.",
  toOverview: "Zur Übersicht",
  failedTitle: "Das hat nicht geklappt",
  failed:
    "Etwas, das das Gateway braucht, hat nicht geantwortet. Es ist nichts verloren: Gehen Sie zurück und versuchen Sie es noch einmal.",
  requestId: (id: string) => `Wenn es wieder geschieht, nennen Sie den Betreibern des Gateways diese Nummer: ${id}`,
  foreignTitle: "Dieses Formular wurde nicht abgeschickt",
  foreign:
    "Es stammt von keiner Seite Ihrer Sitzung. Vielleicht haben Sie sich inzwischen neu angemeldet. Öffnen Sie die Seite noch einmal und schicken Sie es von dort ab.",
  tooLarge: "Das ist zu lang, um gelesen zu werden.",
};

export const words: Localised<typeof en> = { en, de };
