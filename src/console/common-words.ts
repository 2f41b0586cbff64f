// The words of what several areas show: what came of an event, what kind of device it is, what an act has done.

import type { Outcome } from "../audit/event.ts";
import type { DeviceType } from "../core/device/types.ts";
import type { Localised } from "../web/locale.ts";

/** What came of an event. */
export const outcomes: Localised<Record<Outcome, string>> = {
  en: {
    "signed-in": "Signed in",
    refused: "Refused",
    failed: "Failed",
    allowed: "Let in",
    quarantined: "Waits for approval",
    blocked: "Blocked",
    changed: "Changed",
  },
  de: {
    "signed-in": "Angemeldet",
    refused: "Abgewiesen",
    failed: "Gescheitert",
    allowed: "Zugelassen",
    quarantined: "Wartet auf Zulassung",
    blocked: "Gesperrt",
    changed: "Geändert",
  },
};

/** Kinds of devices. */
export const deviceTypes: Localised<Record<DeviceType, string>> = {
  en: { desktop: "Desktop", phone: "Phone", tablet: "Tablet", browser: "Browser", unknown: "Unknown device" },
  de: { desktop: "Desktop", phone: "Telefon", tablet: "Tablet", browser: "Browser", unknown: "Unbekanntes Gerät" },
};

/** What has been done to a device or a wait, where the overview and the page of a person say the same. */
export const acts = {
  en: {
    approved: "The device is approved. It is let in from now on, whatever the rules say.",
    "approved-pending": "The device is expected. It enrols when it comes.",
    "approved-without-password":
      "The device is approved, but its app password is revoked. It needs a new app password before it is let in.",
    "approved-key-waits": "The device is approved. A new key of it still waits for approval: see the device.",
    blocked: "The device is blocked. Nothing more is served to it.",
    unlocked: "All failures are forgotten. The person may try again at once.",
  },
  de: {
    approved: "Das Gerät ist zugelassen, was auch immer die Regeln sagen.",
    "approved-pending": "Das Gerät wird erwartet. Es wird zugelassen, wenn es kommt.",
    "approved-without-password":
      "Das Gerät ist zugelassen, aber sein App-Kennwort ist widerrufen. Es braucht ein neues, bevor es hineinkommt.",
    "approved-key-waits":
      "Das Gerät ist zugelassen. Ein neuer Schlüssel wartet noch auf die Zulassung: Öffnen Sie das Gerät.",
    blocked: "Das Gerät ist gesperrt. Es bekommt nichts mehr.",
    unlocked: "Alle Fehlversuche sind vergessen. Die Person kann es sofort wieder versuchen.",
  },
} satisfies Localised<object>;
