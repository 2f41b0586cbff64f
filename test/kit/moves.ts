// What the tests of moves share: a person with an app password and a device, and the plan to move to another address.

import { env, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { auditEvent } from "../../src/audit/event.ts";
import { generateAppPassword, ntHashesOf } from "../../src/core/credentials/app-password.ts";
import { sealHashes } from "../../src/core/credentials/sealed-hash.ts";
import type { GuardEnv } from "../../src/guards/calls.ts";
import type { KeptRows } from "../../src/guards/kept-rows.ts";
import type { MoveOrder, MoveOutcome } from "../../src/guards/move.ts";
import { guardOf } from "../../src/guards/route.ts";
import type { SignInAttempt } from "../../src/guards/sign-in-question.ts";
import { openDatabase } from "../../src/store/database.ts";
import { addUser, namesOfUser, subjectOf, type User, userById } from "../../src/store/directory.ts";
import { planRename, type RenameChange } from "../../src/store/rename-user.ts";
import { UserGuard } from "../../src/user-guard/user-guard.ts";
import { aboutFrom, attempt, type From, type Guard, KEYRING, presented, relayed, typed } from "./attempts.ts";
import { ABOUT } from "./events.ts";
import { must } from "./ntlm.ts";

const db = openDatabase(env.DB);
let people = 0;

/** A user with one app password. Every request goes to the guard of the address that D1 has. */
export async function resident(sipUri = `sip:resident${++people}@contoso.test`) {
  const { id } = must(await addUser(db, { sipUri, account: `CONTOSO\\r${crypto.randomUUID()}` }, 0));
  const password = generateAppPassword();
  const ntHashes = sealHashes(KEYRING, { userId: id, credentialId: "p_0" }, ntHashesOf(password));
  const row = async (): Promise<User> => {
    const user = await userById(db, id);
    if (user === undefined) throw new Error("the user is gone");
    return user;
  };
  /** What a sign-in reads of the user. */
  const record = async (): Promise<SignInAttempt["user"]> => {
    const { sipUri: address, disabledAt } = await row();
    const credentials = [{ id: "p_0", ntHashes }];
    return { id, sipUri: address, disabled: disabledAt !== null, credentials, revoked: [] };
  };
  const guard = async (): Promise<Guard> => guardOf(env, (await row()).sipUri) as Guard;
  return {
    ...{ id, sipUri, password, row, record, guard },
    signIn: async (evidence = typed(password), from: From = {}): Promise<string> =>
      (await (await guard()).signIn(attempt(await record(), evidence, from))).kind,
    /** A ticket is relayed. */
    gets: async (ticket: string): Promise<string> => {
      const profile = { subject: subjectOf(await row()), policyVersion: 0 };
      return (await guard()).rememberTicket(relayed(ticket), profile, undefined, "S-1-5-21");
    },
    names: async (ticket: string, endpoint: string): Promise<string> => {
      const device = { kind: "endpoint", id: `${endpoint} of ${id}` } as const;
      const source = { network: ABOUT.source, country: "DE", asn: 3320 };
      const naming = { id: ticket, source, about: { ...aboutFrom(ABOUT.source), channel: "device" as const }, device };
      const named = await (await guard()).nameDevice({ ...naming, told: { httpUserAgent: "" } });
      return named.kind === "served" ? (await (await guard()).confirmDevice(naming)).kind : named.kind;
    },
    /** Uses a service with a ticket, at the guard of that address. */
    uses: async (ticket: string, at?: string): Promise<string> =>
      (await guardOf(env, at ?? (await row()).sipUri).judge(presented(ticket, { kind: "service" }))).kind,
  };
}

export type Resident = Awaited<ReturnType<typeof resident>>;

/** The plan to rename somebody. */
export async function orderOf(
  { id: userId, row }: Pick<Resident, "id" | "row">,
  change: RenameChange,
): Promise<MoveOrder> {
  const user = await row();
  const rename = must(planRename(user, await namesOfUser(db, userId), change));
  const about = { ...ABOUT, channel: "command" as const };
  const decision = { outcome: "changed", reason: "user-renamed", userId, user: user.sipUri, by: "0123abcd" } as const;
  return {
    ...{ id: crypto.randomUUID(), subject: subjectOf(user), rename },
    ...{ event: auditEvent(about, decision, Date.now()), released: [] },
  };
}

/** Moves somebody. The guard runs with those bindings, and the object stops when it is done or has failed. */
export async function moveWith(
  guard: Guard,
  order: MoveOrder,
  bindings: Partial<GuardEnv> = {},
): Promise<MoveOutcome | "broken off"> {
  const outcome = await runInDurableObject(guard, (_, state) =>
    new UserGuard(state, { ...env, ...bindings }).move({ kind: "go", order }).catch(() => "broken off" as const),
  );
  await evictDurableObject(guard);
  return outcome;
}

/** All that the guard of an address shows. */
export const keptAt = async (sipUri: string): Promise<KeptRows> =>
  JSON.parse(await guardOf(env, sipUri).kept()) as KeptRows;
