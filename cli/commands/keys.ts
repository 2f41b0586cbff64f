// `postern keys …`: makes sealing keys for a deployed gateway, and the pair of keys that Postern and its connectors
// share.

import { signingKey } from "../../src/core/crypto/signing-keys.ts";
import { SECRET_PREFIX } from "../../src/core/webhook/settings.ts";
import { command, excluding, flag } from "../define.ts";
import { newSealingKey } from "../sealing-keys.ts";
import type { Answer } from "../text/answer.ts";

export const create = command({
  help: "Nothing is stored, and no gateway is asked.",
  options: {
    connector: flag("the secret for the Worker's SIGN_ON_KEYS, and the public half for connectors"),
    authority: flag("a secret for AUTHORITY_SECRETS, which the system that answers about devices has as well"),
    backup: flag("a pair of keys for backup --to and restore --identity"),
    webhook: flag("a secret for NOTICE_WEBHOOK_SECRETS, which the system that sends Postern's mail has as well"),
  },
  examples: ["keys new", "keys new --connector", "keys new --authority", "keys new --webhook", "keys new --backup"],
  async run({ options }) {
    const { connector, authority, webhook, backup } = options;
    excluding("--connector, --authority, --webhook and --backup", connector, authority, webhook, backup);
    if (backup === true) return backupKeys();
    const key = newSealingKey();
    const secret = `${SECRET_PREFIX}${key}`;
    if (options.authority === true) return webhookSecret(secret, "AUTHORITY_SECRETS", "answers about devices");
    if (options.webhook === true) return webhookSecret(secret, "NOTICE_WEBHOOK_SECRETS", "sends the mail");
    if (options.connector === true) return connectorKey(key);
    return {
      text: `${key}

Keep it where you keep passwords: Cloudflare does not give a secret back, and without its keys no app password opens.

The first key:
  npx wrangler secret put SEALING_KEYS --env production     and paste it

A change of keys: the first key seals, all of them open. Paste the new one, a space, and the old ones:
  NEW OLD
Then: npx postern keys rotate. It leads through the rest, and says when the old key may go.

For the admin API make another one, never the same:
  npx wrangler secret put ADMIN_KEYS --env production`,
      json: { key },
    };
  },
});

function webhookSecret(secret: string, name: string, does: string): Answer {
  return {
    text: `${secret}

It is for Postern's Worker and for the system that ${does}, and is not shown again:
  npx wrangler secret put ${name} --env production     and paste it

A change of secrets: put NEW OLD in place, a space between. Postern signs with both, so the system may change to the new
one at any time. Then put NEW alone in place.`,
    json: { secret },
  };
}

async function backupKeys(): Promise<Answer> {
  const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
  const secret = await generateX25519Identity();
  const recipient = await identityToRecipient(secret);
  return {
    text: `secret  ${secret}
public  ${recipient}

The public half encrypts, and cannot read:  npx postern backup FILE --to ${recipient}
Keep the secret in a file away from the gateway and from its backups:  npx postern restore FILE --identity SECRET_FILE
Without it no backup that was made with the public half can be read.`,
    json: { secret, public: recipient },
  };
}

/** Any 32 random bytes are an Ed25519 private key (RFC 8032, 5.1.5). */
async function connectorKey(secret: string): Promise<Answer> {
  const { id, publicJwk } = await signingKey(Buffer.from(secret, "base64"));
  return {
    text: `secret  ${secret}
public  ${JSON.stringify(publicJwk)}
id      ${id}

The secret is for Postern's Worker and nobody else, and is not shown again:
  npx wrangler secret put SIGN_ON_KEYS --env production     and paste it
The public half goes into "keys" of each connector's configuration.

A change of keys: first add the new public half to each connector and restart it; then put the new secret in front of the
old one (NEW OLD, a space between: the first signs); then take the old public half away.`,
    json: { secret, public: publicJwk, id },
  };
}
