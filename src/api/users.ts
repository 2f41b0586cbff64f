// Finds the user that a path of the API names.

import type { Env } from "../config/env.ts";
import { normaliseName } from "../core/credentials/names.ts";
import { ok } from "../core/result.ts";
import { openDatabase } from "../store/database.ts";
import { showUser, type User, userById } from "../store/directory.ts";
import { isUserId } from "../store/ids.ts";
import { usersNamed } from "../store/users-named.ts";
import { type Done, done } from "./operation.ts";
import { type Problem, problem } from "./problem.ts";

/** The user with that id or name. */
export async function knownUser(env: Env, text: string): Promise<Done<User> | Problem> {
  const db = openDatabase(env.DB);
  if (isUserId(text)) return foundById(await userById(db, text));
  const name = normaliseName(text);
  return name.ok ? foundByName(await showUser(db, name.value)) : unusable(name.reason);
}

/** The same for many, in one query and in their order. */
export async function knownUsers(env: Env, texts: readonly string[]): Promise<(Done<User> | Problem)[]> {
  const keys = texts.map((text) => (isUserId(text) ? ok(text) : normaliseName(text)));
  const wanted = keys.flatMap((key) => (key.ok ? [key.value] : []));
  const users = await usersNamed(openDatabase(env.DB), [...new Set(wanted)]);
  return keys.map((key) => {
    if (!key.ok) return unusable(key.reason);
    const user = users.get(key.value);
    return isUserId(key.value) ? foundById(user) : foundByName(user);
  });
}

const foundById = (user: User | undefined): Done<User> | Problem =>
  user === undefined ? problem("no-such-user", "Nobody has this id.") : done(user);
const foundByName = (user: User | undefined): Done<User> | Problem =>
  user === undefined ? problem("no-such-user", "Nobody has this name.") : done(user);
const unusable = (reason: string): Problem => problem("unusable-name", `This is not usable as a name: ${reason}.`);
