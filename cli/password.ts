// `postern password …`: app passwords of a user. A new one is printed once, by this command; it is in no other output, in
// no argument of another process and in no file.

import { generateAppPassword, ntHashesOf } from "../src/credentials/app-password.ts";
import { openHashes, sealHashes } from "../src/credentials/sealed-hash.ts";
import type { Keyring } from "../src/crypto/keyring.ts";
import {
  type AppPassword,
  addAppPassword,
  listAppPasswords,
  newestSealedHashes,
  revokeAppPassword,
} from "../src/store/directory.ts";
import { newCredentialId } from "../src/store/ids.ts";
import { type Answer, type Context, isoTime, namedUser, table } from "./command.ts";
import { CliFault } from "./fault.ts";

const MAX_LABEL_LENGTH = 100;

export async function create(context: Context): Promise<Answer> {
  const label = labelOf(context.options.label ?? "");
  const keyring = context.keyring();
  const user = await namedUser(context);
  await demandSameKeys(context, keyring);
  const password = generateAppPassword();
  const id = newCredentialId();
  const ntHashes = sealHashes(keyring, { userId: user.id, credentialId: id }, ntHashesOf(password));
  await addAppPassword(context.db, { id, userId: user.id, label, ntHashes }, context.now);
  const disabled = user.disabledAt === null ? "" : `\n\n${user.sipUri} is disabled and cannot sign in with it yet.`;
  return {
    text: `App password of ${user.sipUri}, shown this once:

    ${password}

It works with or without the hyphens. To revoke it: npm run postern -- password revoke ${user.sipUri} ${id}${disabled}`,
    json: { id, sipUri: user.sipUri, label, createdAt: isoTime(context.now), password },
  };
}

export async function list(context: Context): Promise<Answer> {
  const user = await namedUser(context);
  const passwords = await listAppPasswords(context.db, user.id);
  const rows = passwords.map((one) => [one.id, one.label || "-", isoTime(one.createdAt), stateOf(one)]);
  return {
    text:
      rows.length === 0
        ? `${user.sipUri} has no app passwords.`
        : table([["ID", "LABEL", "CREATED", "STATE"], ...rows]),
    json: passwords.map((one) => ({ ...one, createdAt: isoTime(one.createdAt), revokedAt: isoTime(one.revokedAt) })),
  };
}

export async function revoke(context: Context): Promise<Answer> {
  const id = context.words[1] ?? "";
  const user = await namedUser(context);
  if (await revokeAppPassword(context.db, user.id, id, context.now)) {
    return { text: `Revoked ${id} of ${user.sipUri}.`, json: { id, revokedAt: isoTime(context.now) } };
  }
  const kept = (await listAppPasswords(context.db, user.id)).find((one) => one.id === id);
  if (kept !== undefined) {
    return { text: `${id} of ${user.sipUri} was revoked before.`, json: { id, revokedAt: isoTime(kept.revokedAt) } };
  }
  throw new CliFault(
    "notFound",
    `${user.sipUri} has no app password ${JSON.stringify(id)}`,
    `See: npm run postern -- password list ${user.sipUri}`,
  );
}

/** A password sealed with keys the gateway does not have would never work, so one that is there already must open (S-15). */
async function demandSameKeys({ db, target }: Context, keyring: Keyring): Promise<void> {
  const sealed = await newestSealedHashes(db);
  if (sealed === undefined || openHashes(keyring, sealed, sealed.ntHashes).ok) return;
  throw new CliFault(
    "failure",
    "the sealing keys are not those that the stored app passwords are sealed with",
    target.kind === "remote"
      ? "Set SEALING_KEYS to the value of the Worker's secret of that name."
      : "Restore .postern/local.json, or delete the whole .postern directory and start again.",
  );
}

function labelOf(text: string): string {
  const label = text.trim();
  if (label.length <= MAX_LABEL_LENGTH && !/[\p{Cc}\p{Cs}]/u.test(label)) return label;
  throw new CliFault(
    "usage",
    "the label is not usable",
    `Give at most ${MAX_LABEL_LENGTH} characters on one line, such as --label "Alice's phone".`,
  );
}

const stateOf = ({ revokedAt }: AppPassword): string => (revokedAt === null ? "live" : `revoked ${isoTime(revokedAt)}`);
