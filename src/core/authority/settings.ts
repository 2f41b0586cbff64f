// Reads the variables that say where the organisation's authority is asked, and with which secrets.

import { readWebhook, type WebhookSettings } from "../webhook/settings.ts";

/** The variables. */
export type AuthorityEnv = { readonly AUTHORITY_URL?: string; readonly AUTHORITY_SECRETS?: string };

/** Where to ask. */
export type AuthoritySettings = WebhookSettings;

const NAMES = {
  ...{ url: "AUTHORITY_URL", secrets: "AUTHORITY_SECRETS", example: "https://devices.contoso.com/postern" },
  how: "Make one with `npx postern keys new --authority` and put it in place with `wrangler secret put AUTHORITY_SECRETS`.",
};

/** The settings; undefined when there is no authority, or with a fault. Adds a sentence with its fix for each fault. */
export const readAuthority = (env: AuthorityEnv, faults: string[]): AuthoritySettings | undefined =>
  readWebhook({ url: env.AUTHORITY_URL, secrets: env.AUTHORITY_SECRETS }, NAMES, faults);
