// What is said of a lost device beside the device itself: whoever has it may have the portal open on it.

import type { Localised } from "../../web/locale.ts";

const en = {
  sessions: "Wherever else you were signed in to this portal, you are signed out now.",
  passkeys: "Did you sign in to this portal on that device with a passkey? Then remove that passkey, too:",
  toPasskeys: "Security: your passkeys",
};

const de: typeof en = {
  sessions: "Überall sonst, wo Sie in diesem Portal angemeldet waren, sind Sie jetzt abgemeldet.",
  passkeys:
    "Haben Sie sich auf diesem Gerät mit einem Passkey in diesem Portal angemeldet? Dann entfernen Sie auch diesen Passkey:",
  toPasskeys: "Sicherheit: Ihre Passkeys",
};

export const lostWords: Localised<typeof en> = { en, de };
