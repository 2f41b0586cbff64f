// The configuration of this isolate, read once. Its faults are written into the log again now and then, because an
// administrator begins to watch the log only after the first requests were refused.

import { exports as ownClasses } from "cloudflare:workers";
import { logEvent } from "../audit/log.ts";
import { type Config, readConfig } from "./config.ts";
import type { Env } from "./env.ts";
import { guardClassFaults } from "./guards.ts";
import { stsRemarks } from "./sts.ts";

/** How long the log stays quiet about the same faults, ms. */
const SAY_AGAIN_AFTER_MS = 60_000;

type Read = { readonly config: Config } | { readonly faults: readonly string[]; saidAt: number };

const read = new WeakMap<Env, Read>();

/** The configuration; undefined when it has a fault. The fault is in the log, and the gateway then serves nothing. */
export function configOf(env: Env, now = Date.now()): Config | undefined {
  const found = read.get(env) ?? readOnce(env);
  if ("config" in found) return found.config;
  if (now - found.saidAt >= SAY_AGAIN_AFTER_MS) {
    found.saidAt = now;
    for (const fault of found.faults) logEvent({ event: "configuration", detail: fault });
  }
  return undefined;
}

function readOnce(env: Env): Read {
  const result = readConfig(env);
  const classFaults = guardClassFaults(env, ownClasses);
  const faults = [...("faults" in result ? result.faults : []), ...classFaults];
  const remarks = "config" in result ? [...(result.config.unread ?? []), ...stsRemarks(env, result.config.sts)] : [];
  for (const detail of remarks) logEvent({ event: "configuration", detail });
  const found = "config" in result && faults.length === 0 ? result : { faults, saidAt: Number.NEGATIVE_INFINITY };
  read.set(env, found);
  return found;
}
