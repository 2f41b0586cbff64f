// What cannot be changed by hand about a user who comes from a directory: the next sync would change it back, or an
// administrator would open what the directory closed.

import { openDatabase } from "../../store/database.ts";
import type { User } from "../../store/directory.ts";
import { type DirectoryLink, linksOfUsers } from "../../store/directory-links.ts";
import type { Call } from "../call.ts";
import { type Commanding, switchUser } from "../devices.ts";
import { type Done, done } from "../operation.ts";
import { type Problem, problem } from "../problem.ts";
import { sourceOf } from "../user-answers.ts";

/** The fields that a directory tells, as the API names them. */
const SYNCED = ["sipUri", "account", "upn", "displayName", "groups", "mail", "mobile", "language", "pool"] as const;

/** What somebody wants to change. A field that is undefined stays. */
type Wanted = { readonly [Field in (typeof SYNCED)[number]]?: unknown };

async function linkOf({ env }: Pick<Call, "env">, user: Pick<User, "id">): Promise<DirectoryLink | undefined> {
  const [link] = await linksOfUsers(openDatabase(env.DB), [user.id]);
  return link;
}

/** Whether a change is refused because the directory tells these fields. */
export const syncedFields = async (call: Call, user: User, wanted: Wanted): Promise<Problem | undefined> =>
  syncedProblem(await linkOf(call, user), user, wanted);

/** The same, where the link is known. A field that would stay as it is does no harm. */
export function syncedProblem(link: DirectoryLink | undefined, user: User, wanted: Wanted): Problem | undefined {
  if (link === undefined) return undefined;
  const now: Wanted = { ...user, account: `${user.domain}\\${user.account}` };
  const fields = SYNCED.filter((field) => wanted[field] !== undefined && !isSame(wanted[field], now[field]));
  if (fields.length === 0) return undefined;
  return problem(
    "synced-field",
    `The user comes from the directory "${sourceOf(link.key)}", which tells ${fields.join(", ")}. Nothing was changed.`,
    {
      fix: "Change it in the directory: the next sync brings it.",
      errors: fields.map((path) => ({ path, message: "The directory tells this." })),
    },
  );
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a || null) === JSON.stringify(b || null);

/**
 * Disables or enables a user at an administrator's word. Whoever is disabled so is held: the directory cannot enable
 * the user. Nobody is enabled while the directory shuts the user out. Returns whether this changed anything. `link`:
 * where the caller has read it.
 */
export async function switchByHand(
  by: Commanding,
  user: User,
  to: "disabled" | "enabled",
  how: { readonly dryRun?: boolean; readonly link?: DirectoryLink | undefined } = {},
): Promise<Done<boolean> | Problem> {
  const { dryRun = false } = how;
  const link = "link" in how ? how.link : await linkOf(by.call, user);
  const wasDisabled = user.disabledAt !== null;
  if (to === "enabled" && link !== undefined && wasDisabled) {
    const refused = notEnabled(link);
    if (refused !== undefined) return refused;
  }
  if (!dryRun) return done(await switchUser(by, user.id, to));
  return done(to === "enabled" ? wasDisabled : !wasDisabled || link?.held === false);
}

function notEnabled({ key, state }: DirectoryLink): Problem | undefined {
  if (state === "in") return undefined;
  return problem("directory-says-no", `The directory "${sourceOf(key)}" says ${state}. Nobody was enabled.`, {
    fix: "Let the person in again in the directory: the next sync enables the user.",
    more: { state },
  });
}
