// Events of the audit as the API gives them. The person who made a change has a name here, and times are texts.

import { readTrace } from "../audit/stages.ts";
import { networkNamed } from "../core/lockout/network.ts";
import { actorsOf, type NamedActor } from "../store/actors.ts";
import type { AuditFilter, StoredEvent } from "../store/audit.ts";
import type { Database } from "../store/database.ts";
import { isUserId } from "../store/ids.ts";
import type { Call } from "./call.ts";
import { type Done, done } from "./operation.ts";
import type { Problem } from "./problem.ts";
import type { AuditEventAnswer } from "./schemas/audit.ts";
import { knownUser } from "./users.ts";

const OLD_ADDRESS =
  "The events of a user who was renamed or deleted are found by the user's id, u_…: the event user-deleted or user-renamed has it.";

/** What a query of the audit may ask for. */
type Asked = {
  readonly [Name in "user" | "source" | "reason" | "device" | "by" | "request" | "since" | "until"]?:
    | string
    | undefined;
} & { readonly outcome?: AuditFilter["outcome"] };

/** Turns a query into a filter. An id may belong to a deleted user. A name must belong to a user of today. */
export async function auditFilterOf({ env }: Call, asked: Asked): Promise<Done<AuditFilter> | Problem> {
  const { user, source, request, since, until, ...same } = asked;
  let userId: string | undefined;
  if (user !== undefined) {
    if (isUserId(user) || user.startsWith("x_")) userId = user;
    else {
      const known = await knownUser(env, user);
      if (!known.ok) return known.code === "no-such-user" ? { ...known, fix: OLD_ADDRESS } : known;
      userId = known.value.id;
    }
  }
  return done({
    ...same,
    ...{ userId, requestId: request, source: source === undefined ? undefined : networkNamed(source) },
    since: since === undefined ? undefined : Date.parse(since),
    until: until === undefined ? undefined : Date.parse(until),
  });
}

/** The events as the API's JSON has them. */
export async function eventAnswers(db: Database, events: readonly StoredEvent[]): Promise<AuditEventAnswer[]> {
  const actors = await actorsOf(
    db,
    events.flatMap(({ by }) => by ?? []),
  );
  return events.map((event) => eventAnswer(event, actors));
}

function eventAnswer(event: StoredEvent, actors: ReadonlyMap<string, NamedActor>): AuditEventAnswer {
  const { at, waitUntil, by, change, stages, ...rest } = event;
  return {
    ...rest,
    at: new Date(at).toISOString(),
    waitUntil: waitUntil === null ? null : new Date(waitUntil).toISOString(),
    by: by === null ? null : (actors.get(by) ?? null),
    change: changeIn(change),
    stages: stagesIn(stages),
  };
}

function stagesIn(text: string | null): AuditEventAnswer["stages"] {
  const read = text === null ? undefined : readTrace(text);
  if (read === undefined) return null;
  const { began, ticketUntil, stages } = read;
  return {
    began: new Date(began).toISOString(),
    ticketUntil: ticketUntil === undefined ? null : new Date(ticketUntil).toISOString(),
    taken: stages.map(({ said = null, ...stage }) => ({ ...stage, said })),
  };
}

function changeIn(text: string | null): Record<string, unknown> | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : null;
  } catch {
    return { text };
  }
}
