// `postern keys …`: the sealing keys of a deployed gateway.

import type { Answer } from "./command.ts";
import { newSealingKey } from "./sealing-keys.ts";

/** Prints a key and what to do with it. It asks for no database and stores nothing. */
export async function create(): Promise<Answer> {
  const key = newSealingKey();
  return {
    text: `${key}

Keep it where you keep passwords: Cloudflare does not give a secret back, and without its keys no app password opens.

The first key:
  npx wrangler secret put SEALING_KEYS --env production     and paste it

A change of keys: the first key seals, all of them open. Paste the new one, a comma, and the old ones:
  NEW,OLD
Take an old key away when every app password sealed with it is sealed anew or revoked.

For the admin API make another one, never the same:
  npx wrangler secret put ADMIN_KEYS --env production`,
    json: { key },
  };
}
