// What becomes of a new device of somebody, in words for people who know nothing of Postern.

import type { Localised } from "../../web/locale.ts";

const en = {
  open: "The device may be used as soon as you have signed in on it.",
  window: (until: string) => `Sign in on the device before ${until}. Later it would be refused.`,
  "no-window":
    "New devices are let in only after your help desk has opened a short time for you. Call the help desk before you sign in on the device.",
  self: "After you have signed in, the device waits until you approve it here. Until then the app says that it cannot connect.",
  approval:
    "After you have signed in, the device waits until your help desk approves it. Until then the app says that it cannot connect.",
  closed:
    "New devices are let in only if your help desk expects them. Call the help desk before you sign in on the device, and say that you have a new app password.",
  full: (limit: number) =>
    `You have ${limit === 1 ? "one device" : `${limit} devices`} already, and no more are allowed. Ask your help desk to remove an old one before you sign in on the new one.`,
};

const de: typeof en = {
  open: "Sie können das Gerät benutzen, sobald Sie sich darauf angemeldet haben.",
  window: (until: string) => `Melden Sie sich vor ${until} auf dem Gerät an. Danach würde es abgewiesen.`,
  "no-window":
    "Neue Geräte werden nur zugelassen, nachdem Ihr Helpdesk für kurze Zeit ein Zeitfenster für Sie geöffnet hat. Rufen Sie dort an, bevor Sie sich auf dem Gerät anmelden.",
  self: "Nach Ihrer Anmeldung wartet das Gerät, bis Sie es hier zulassen. Bis dahin meldet die App, dass sie keine Verbindung bekommt.",
  approval:
    "Nach Ihrer Anmeldung wartet das Gerät, bis Ihr Helpdesk es zulässt. Bis dahin meldet die App, dass sie keine Verbindung bekommt.",
  closed:
    "Neue Geräte werden nur zugelassen, wenn Ihr Helpdesk sie erwartet. Rufen Sie dort an, bevor Sie sich auf dem Gerät anmelden, und sagen Sie, dass Sie ein neues App-Kennwort haben.",
  full: (limit: number) =>
    `Sie haben schon ${limit === 1 ? "ein Gerät" : `${limit} Geräte`}, und mehr sind nicht erlaubt. Bitten Sie Ihren Helpdesk, ein altes zu entfernen, bevor Sie sich auf dem neuen anmelden.`,
};

export const outlookWords: Localised<typeof en> = { en, de };
