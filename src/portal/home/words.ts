// The words of the first page.

import type { Localised } from "../../web/locale.ts";

const en = { hello: (name: string) => `Hello, ${name}` };

const de: typeof en = { hello: (name: string) => `Guten Tag, ${name}` };

export const words: Localised<typeof en> = { en, de };
