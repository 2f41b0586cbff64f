// The dead-man's switch. The cron trigger has the Worker sign in at itself, and a heartbeat service is told only when it
// went well. The requests go through the app in this isolate and not over the network: a Worker's own custom domain
// cannot be fetched from the Worker in every zone. So the guards, D1, the connector and the Front-End do their work, and
// DNS, the certificate and the zone's rules do not: docs/probe.md says what an outside probe adds.

import { logEvent } from "../audit/log.ts";
import type { ProbeSettings } from "../config/probe.ts";
import { ntHash } from "../core/ntlm/responses.ts";
import {
  type ProbeAnswer,
  type ProbeOutcome,
  type ProbeRequest,
  type ProbeStep,
  probeSteps,
} from "../core/probe/steps.ts";
import type { Database } from "../store/database.ts";
import { noteProbeRun } from "../store/probe-runs.ts";

/** What a run needs. `serve`: the app. `host`: the public host that is asked first. */
export type Watch = {
  readonly settings: ProbeSettings;
  readonly host: string;
  readonly db: Database;
  readonly serve: (request: Request) => Promise<Response>;
};

/** The whole sign-in may take so long, ms. Longer than a slow Front-End, shorter than the time between two runs. */
const WITHIN_MS = 45_000;
const PING_WITHIN_MS = 10_000;
/** Tells the runs from those of `postern probe` in the audit. */
const USER_AGENT = "Postern-Watch";
const MINUTE_MS = 60_000;

type Failed = { readonly at: ProbeStep; readonly reason: string; readonly status?: number };

/** Whether the run of this minute is due. `scheduledAt`: of the cron trigger, ms. */
export const isDue = ({ minutes }: ProbeSettings, scheduledAt: number): boolean =>
  Math.floor(scheduledAt / MINUTE_MS) % minutes === 0;

/** Signs in once, tells the heartbeat service, and notes what came of it. Never rejects. */
export async function watchOnce(watch: Watch): Promise<void> {
  const { settings, db } = watch;
  const begun = Date.now();
  const failed = await signInOnce(watch);
  const at = Date.now();
  const ms = at - begun;
  const fault = failed && [failed.at, failed.reason, failed.status ?? ""].join(" ").trim();
  if (fault !== undefined) logEvent({ event: "probe-failed", reason: failed?.reason ?? "", detail: fault });
  const said = fault === undefined ? `signed in in ${ms} ms` : `failed: ${fault}`;
  const pingFault = await pinged(settings, fault === undefined, said);
  if (pingFault !== undefined) logEvent({ event: "probe-failed", reason: "ping", detail: pingFault });
  try {
    await noteProbeRun(db, { at, ms, fault, pingFault });
  } catch {
    logEvent({ event: "probe-failed", reason: "not-noted" }); // the sign-in itself has failed by then, or the next run notes
  }
}

/** One sign-in. Undefined: it went well. */
async function signInOnce({ settings, host, serve }: Watch): Promise<Failed | undefined> {
  const { account, password } = settings;
  const steps = probeSteps({
    ...{ host, account, ntHash: ntHash(password), userAgent: USER_AGENT, now: Date.now },
    random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
  });
  const deadline = Date.now() + WITHIN_MS;
  let stage: ProbeStep = "discovery";
  try {
    for (let step = steps.next(); ; ) {
      if (step.done === true) return outcomeOf(step.value);
      stage = step.value.stage;
      step = steps.next(await within(deadline - Date.now(), asked(serve, step.value)));
    }
  } catch (fault) {
    return { at: stage, reason: fault instanceof TooSlow ? "timeout" : "threw" };
  }
}

const outcomeOf = (outcome: ProbeOutcome): Failed | undefined => (outcome.ok ? undefined : outcome);

class TooSlow extends Error {}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const late = scheduler.wait(Math.max(0, ms)).then((): never => {
    throw new TooSlow();
  });
  return Promise.race([work, late]);
}

async function asked(serve: Watch["serve"], { host, path, method, headers, body }: ProbeRequest): Promise<ProbeAnswer> {
  const request = new Request(`https://${host}${path}`, { method, headers, body: body ?? null, redirect: "manual" });
  const answer = await serve(request);
  return { status: answer.status, header: (name) => answer.headers.get(name) ?? "", body: await answer.text() };
}

/** Tells the heartbeat service. Returns why it did not take it; undefined: it did, or there is nothing to tell. */
async function pinged({ ping, pingFailures }: ProbeSettings, good: boolean, said: string): Promise<string | undefined> {
  if (ping === undefined || (!good && !pingFailures)) return undefined;
  const url = new URL(ping);
  if (!good) url.pathname = `${url.pathname.replace(/\/$/, "")}/fail`;
  try {
    const signal = AbortSignal.timeout(PING_WITHIN_MS);
    const answer = await fetch(url, { method: "POST", body: said, redirect: "manual", signal });
    await answer.body?.cancel();
    return answer.ok ? undefined : `ping: status ${answer.status}`;
  } catch {
    return "ping: no answer"; // the fault of fetch would name the address
  }
}
