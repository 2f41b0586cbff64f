// Puts together what is known of a sign-in: its event with its stages, the app passwords there were, the decisions
// about devices that followed, and how its device is judged now.

import { explained, type Language } from "../audit/explain.ts";
import { readTrace } from "../audit/stages.ts";
import { type TracedEvent, traceSteps } from "../audit/trace.ts";
import { passwordsThen } from "../audit/trace-passwords.ts";
import type { StoredEvent } from "../store/audit.ts";
import { openDatabase } from "../store/database.ts";
import { listAppPasswords, userById } from "../store/directory.ts";
import { isUserId } from "../store/ids.ts";
import { MAX_ENDED, RECOGNISED_FOR_MS } from "../store/sign-in-credentials.ts";
import { devicesAfter } from "../store/trace.ts";
import { eventAnswers } from "./audit-events.ts";
import type { Call } from "./call.ts";
import { commandGuard, commanding } from "./devices.ts";
import type { AuditEventAnswer } from "./schemas/audit.ts";
import type { TracedSignInAnswer } from "./schemas/trace.ts";
import { stepsIn } from "./steps-said.ts";

const RECOGNISED = { most: MAX_ENDED, forMs: RECOGNISED_FOR_MS };

/** Traces sign-ins, in their order. */
export async function traced(
  call: Call,
  signIns: readonly StoredEvent[],
  language: Language,
): Promise<TracedSignInAnswer[]> {
  // One after the other: there are few, and each asks D1 a few times.
  const answers: TracedSignInAnswer[] = [];
  for (const signIn of signIns) answers.push(await tracedOne(call, signIn, language));
  return answers;
}

async function tracedOne(call: Call, stored: StoredEvent, language: Language): Promise<TracedSignInAnswer> {
  const db = openDatabase(call.env.DB);
  const { userId } = stored;
  const [after, passwords] = await Promise.all([
    devicesAfter(db, stored),
    userId !== null && isUserId(userId) ? listAppPasswords(db, userId) : [],
  ]);
  const [event, ...later] = await eventAnswers(db, [stored, ...after]);
  if (event === undefined) throw new Error("the event has no answer");
  const known = tracedEvent(event);
  const kept = stored.stages === null ? undefined : readTrace(stored.stages);
  const { label } = passwords.find(({ id }) => id === stored.credentialId) ?? {};
  const device = later.findLast((each) => each.device !== null)?.device ?? stored.device;
  return {
    event,
    explained: explained(known, language),
    steps: traceSteps(known, { kept, label, later: later.map(tracedEvent) }, language),
    passwords: passwordsThen(known, stored.at, passwords, RECOGNISED, language),
    later,
    device: userId === null || device === null ? null : await judgedNow(call, userId, device, language),
  };
}

const tracedEvent = (event: AuditEventAnswer): TracedEvent => ({
  ...event,
  by: event.by === null ? null : (event.by.name ?? event.by.id),
});

/** How the policy judges the device now. Null: the user or the device is gone. */
async function judgedNow(
  call: Call,
  userId: string,
  device: string,
  language: Language,
): Promise<TracedSignInAnswer["device"]> {
  const user = isUserId(userId) ? await userById(openDatabase(call.env.DB), userId) : undefined;
  if (user === undefined) return null;
  const outcome = await commandGuard(commanding(call, ""), user.id, { kind: "explain", device }, user);
  if (!outcome.ok || outcome.value.judgement === undefined) return null;
  const { judgement, steps = [] } = outcome.value;
  return { id: device, judgement, steps: await stepsIn(language, steps) };
}
