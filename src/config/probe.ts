// The synthetic sign-in that the Worker runs by itself, and the heartbeat that it sends after a good one: docs/probe.md.

import { isLoopback } from "../core/http/loopback.ts";
import type { Env } from "./env.ts";

/** What the variables PROBE_… say. */
export type ProbeSettings = {
  /** `DOMAIN\user`, or a UPN. */
  readonly account: string;
  readonly password: string;
  /** It runs every so many minutes. */
  readonly minutes: number;
  /** Asked after each success. The address is a secret: who has it can silence the alarm. */
  readonly ping: string | undefined;
  /** Whether `<ping>/fail` is asked after a failure. */
  readonly pingFailures: boolean;
};

const DEFAULT_MINUTES = 5;
/** An hour has so many: the schedule is the same in every hour. */
const MINUTES = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];
const ACCOUNT = /^(?:[^\\@\s]+\\[^\\@\s]+|[^\\@\s]+@[^\\@\s]+)$/;

/** Reads it. Undefined: the Worker signs in nowhere. Adds a sentence for every fault, without a secret in it. */
export function readProbe(env: Env, faults: string[]): ProbeSettings | undefined {
  const account = (env.PROBE_ACCOUNT ?? "").trim();
  if (account === "") return undefined;
  const password = (env.PROBE_PASSWORD ?? "").trim();
  const ping = (env.PROBE_PING_URL ?? "").trim();
  const minutes = (env.PROBE_MINUTES ?? String(DEFAULT_MINUTES)).trim();
  const failures = env.PROBE_PING_FAILURES ?? "off";
  const before = faults.length;
  if (!ACCOUNT.test(account)) {
    faults.push(`PROBE_ACCOUNT is "${account}". Give DOMAIN\\user or a UPN, e.g. "probe@contoso.com".`);
  }
  if (password === "") {
    faults.push(
      "PROBE_ACCOUNT is set, and PROBE_PASSWORD is not. Put an app password of that user in place with `wrangler secret put PROBE_PASSWORD`: docs/probe.md.",
    );
  }
  if (!MINUTES.includes(Number(minutes))) {
    faults.push(`PROBE_MINUTES is "${minutes}"; it must be a part of an hour: ${MINUTES.join(", ")}.`);
  }
  if (ping !== "" && !isPingable(ping)) {
    faults.push(
      "PROBE_PING_URL is not an https address without a user and without #. Put the address that your heartbeat service shows in place with `wrangler secret put PROBE_PING_URL`.",
    );
  }
  if (failures !== "off" && failures !== "on") {
    faults.push(`PROBE_PING_FAILURES is "${failures}"; it must be "off" (default) or "on".`);
  }
  if (faults.length > before) return undefined;
  const pingFailures = failures === "on";
  return { account, password, minutes: Number(minutes), ping: ping === "" ? undefined : ping, pingFailures };
}

function isPingable(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, hash } = new URL(text);
  if (username !== "" || password !== "" || hash !== "") return false;
  return protocol === "https:" || (protocol === "http:" && isLoopback(hostname));
}
