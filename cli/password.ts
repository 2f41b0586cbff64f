// `postern password …`: app passwords of a user. This command prints a new one once; it never appears in other output,
// in an argument of another process or in a file. Revoking goes through the gateway, which also ends the tickets issued
// for the password. If the gateway cannot be reached, only the database is changed, and the command reports a fault.

import type { PasswordRevokedAnswer } from "../src/api/device-answers.ts";
import { generateAppPassword, ntHashesOf } from "../src/core/credentials/app-password.ts";
import { openHashes, sealHashes } from "../src/core/credentials/sealed-hash.ts";
import type { Keyring } from "../src/core/crypto/keyring.ts";
import {
  type AppPassword,
  addAppPassword,
  listAppPasswords,
  newestSealedHashes,
  revokeAppPassword,
  type User,
} from "../src/store/directory.ts";
import { newCredentialId } from "../src/store/ids.ts";
import { partnershipsOfUser } from "../src/store/partnerships.ts";
import { certificatesText } from "./certificates.ts";
import { type Answer, type Context, isoTime, namedUser, table } from "./command.ts";
import { databaseOnly, TICKETS_LIVE_ON } from "./database-only.ts";
import { CliFault } from "./fault.ts";
import { askIfThere, userPath } from "./gateway.ts";
import { deviceName } from "./partnerships.ts";

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
  const devices = await partnershipsOfUser(context.db, user.id);
  const blocked = new Set(devices.filter(({ state }) => state === "blocked").map(({ credentialId }) => credentialId));
  const rows = passwords.map((one) => [one.id, one.label || "-", isoTime(one.createdAt), stateOf(one, blocked)]);
  return {
    text:
      rows.length === 0
        ? `${user.sipUri} has no app passwords.`
        : table([["ID", "LABEL", "CREATED", "STATE"], ...rows]),
    json: passwords.map((one) => ({
      ...{ ...one, createdAt: isoTime(one.createdAt), revokedAt: isoTime(one.revokedAt) },
      deviceBlocked: blocked.has(one.id),
    })),
  };
}

export async function revoke(context: Context): Promise<Answer> {
  const [given = "", id = ""] = context.words;
  const path = `/v1/users/${userPath(given)}/passwords/${passwordId(context, id)}/revoke`;
  const asked = await askIfThere(context, { method: "POST", path });
  if (!asked.ok) {
    const user = await namedUser(context);
    await revokeInDatabase(context, user, id);
    throw databaseOnly(`${id} of ${user.sipUri} is revoked`, TICKETS_LIVE_ON, asked.silence);
  }
  const json = asked.value as PasswordRevokedAnswer;
  const { user, revokedAt, device, revokeCertificates } = json;
  const text = `${id} of ${user} is revoked since ${revokedAt}. Nothing more is served to who signed in with it.`;
  const bound =
    device === null
      ? ""
      : device.state === "pending"
        ? "\n\nNo device is expected with it any more."
        : `\n\nThe device ${device.id}, ${deviceName(device)}, may come back with another app password.`;
  return { text: text + bound + certificatesText(revokeCertificates), json };
}

async function revokeInDatabase(context: Context, user: User, id: string): Promise<void> {
  if (await revokeAppPassword(context.db, user.id, id, context.now)) return;
  const revokedBefore = (await listAppPasswords(context.db, user.id)).some((one) => one.id === id);
  if (!revokedBefore) throw noSuchPassword(user.sipUri, id);
}

/** An id as a segment of a path. A text that cannot be an id belongs to nobody. */
function passwordId({ words: [given = ""] }: Context, id: string): string {
  if (/^\w+$/.test(id)) return id;
  throw noSuchPassword(given, id);
}

const noSuchPassword = (user: string, id: string): CliFault =>
  new CliFault(
    "notFound",
    `${user} has no app password ${JSON.stringify(id)}`,
    `See: npm run postern -- password list ${user}`,
  );

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

/** `blocked`: ids of the app passwords whose device is blocked. Such an app password opens nothing. */
function stateOf({ id, revokedAt }: AppPassword, blocked: ReadonlySet<string | null>): string {
  if (revokedAt !== null) return `revoked ${isoTime(revokedAt)}`;
  return blocked.has(id) ? "opens nothing: its device is blocked" : "live";
}
