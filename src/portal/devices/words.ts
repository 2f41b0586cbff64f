// The words about a person's own devices. Its readers know nothing of Postern.

import type { Localised } from "../../web/locale.ts";
import { en } from "./words-english.ts";
import { de } from "./words-german.ts";

export const words: Localised<typeof en> = { en, de };
