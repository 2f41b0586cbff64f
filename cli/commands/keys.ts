// `postern keys …`: makes sealing keys for a deployed gateway, and the pair of keys that Postern and its connectors
// share.

import { signingKey } from "../../src/core/crypto/signing-keys.ts";
import { parseTokenKeys } from "../../src/core/sts/keys.ts";
import { SECRET_PREFIX } from "../../src/core/webhook/settings.ts";
import { command, excluding, flag, text } from "../define.ts";
import { usage } from "../fault.ts";
import { writeNew } from "../files.ts";
import { newSealingKey } from "../sealing-keys.ts";
import type { Answer } from "../text/answer.ts";
import { newTokenKey } from "../token-key.ts";

export const create = command({
  help: "Nothing is stored, and no gateway is asked.",
  options: {
    connector: flag("the secret for the Worker's SIGN_ON_KEYS, and the public half for connectors"),
    authority: flag("a secret for AUTHORITY_SECRETS, which the system that answers about devices has as well"),
    backup: flag("a pair of keys for backup --to and restore --identity"),
    sts: flag("a key of the token service with its certificate, for STS_KEYS; goes into --file"),
    file: text("file", "with --sts: a new file for the secret"),
    webhook: flag("a secret for NOTICE_WEBHOOK_SECRETS, which the system that sends Postern's mail has as well"),
  },
  examples: [
    "keys new",
    "keys new --connector",
    "keys new --authority",
    "keys new --webhook",
    "keys new --backup",
    "keys new --sts --file sts-key.txt",
  ],
  async run({ options, json, folder, now }) {
    const { connector, authority, webhook, backup, sts, file } = options;
    excluding("--connector, --authority, --webhook, --backup and --sts", connector, authority, webhook, backup, sts);
    if (sts === true) return tokenServiceKey({ file, json, folder, now: now() });
    if (file !== undefined) throw usage("--file is for --sts", "The other keys are printed. Leave --file out.");
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

/** A key of the token service. It is too long to be copied from a terminal, so it goes into a file, or into JSON. */
async function tokenServiceKey(given: {
  readonly file: string | undefined;
  readonly json: boolean;
  readonly folder: string;
  readonly now: number;
}): Promise<Answer> {
  const { file, json, folder, now } = given;
  if (file === undefined && !json) {
    throw usage(
      "a key of the token service is not shown at a terminal",
      "Give --file FILE for a new file that only you can read, or --json.",
    );
  }
  const { entry } = await newTokenKey(now);
  const parsed = parseTokenKeys(entry);
  const [key] = parsed.ok ? parsed.value : [];
  if (key === undefined) throw new Error("a new key cannot be read");
  if (file !== undefined) writeNew(folder, file, `${entry}\n`);
  const ends = new Date(key.notAfter).toISOString();
  return {
    text: `thumbprint  ${key.thumbprint}
ends        ${ends}
file        ${file ?? ""}

Whoever has this key is anybody at the pool. Keep the file where you keep passwords, and nowhere else:
  npx wrangler secret put STS_KEYS --env production < ${file ?? ""}

A change of keys: the first key signs, all are in the metadata. Put OLD NEW in place, a space between, and have the pool
read the metadata before you put NEW OLD in place. Then: npx postern keys rotate --sts. It says what is next.`,
    json: { ...(file === undefined ? { secret: entry } : { file }), thumbprint: key.thumbprint, ends },
  };
}
