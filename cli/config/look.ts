// What `config check` and a deployment can learn of the secrets: from a file, from Cloudflare, or nothing.

import { type Wrangler, wranglerFor } from "../init/wrangler.ts";
import { type Secrets, secretsIn } from "./secrets.ts";

/** Where to look. */
type Where = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly file: string;
  readonly environment: string;
  /** A file of secrets. */
  readonly secrets?: string | undefined;
  readonly offline: boolean;
};

/** Looks. Throws a fault only where the file cannot be read. */
export async function secretsKnown({ env, folder, file, environment, secrets, offline }: Where): Promise<Secrets> {
  if (secrets !== undefined) return secretsIn(folder, secrets);
  if (offline) return { known: "nothing", why: "--offline was given" };
  return secretsAt(wranglerFor({ env }, file), environment);
}

/** What Cloudflare says of them. */
export async function secretsAt(wrangler: Wrangler, environment: string): Promise<Secrets> {
  if ((await wrangler.accounts()) === undefined) {
    return { known: "nothing", why: "wrangler is not signed in; `npx wrangler login` changes that" };
  }
  try {
    return { known: "names", names: await wrangler.secretNames(environment) };
  } catch (fault) {
    return { known: "nothing", why: fault instanceof Error ? fault.message : String(fault) };
  }
}
