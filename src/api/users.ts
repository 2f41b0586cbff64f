// Finds the user that a path of the API names.

import type { Env } from "../config/env.ts";
import { normaliseName } from "../core/credentials/names.ts";
import { openDatabase } from "../store/database.ts";
import { showUser, type User, userById } from "../store/directory.ts";
import { isUserId } from "../store/ids.ts";
import { type Done, done } from "./operation.ts";
import { type Problem, problem } from "./problem.ts";

/** The user with that id or name. */
export async function knownUser(env: Env, text: string): Promise<Done<User> | Problem> {
  const db = openDatabase(env.DB);
  if (isUserId(text)) {
    const user = await userById(db, text);
    return user === undefined ? problem("no-such-user", "Nobody has this id.") : done(user);
  }
  const name = normaliseName(text);
  if (!name.ok) return problem("unusable-name", `This is not usable as a name: ${name.reason}.`);
  const user = await showUser(db, name.value);
  return user === undefined ? problem("no-such-user", "Nobody has this name.") : done(user);
}
