// What the console and the portal configure alike: for which name passkeys are made, and how long a session lives.

import type { Env } from "./env.ts";

/** How long sessions of a web host live. */
export type SessionTimes = {
  /** After how long a session ends, ms. */
  readonly sessionMs: number;
  /** After how long without a request a session ends, ms. */
  readonly idleMs: number;
};

/** Which of the two. */
type Site = "CONSOLE" | "PORTAL";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** A working day and a little more. */
const DEFAULT_SESSION_HOURS = 12;
const MAX_SESSION_HOURS = 72;
const DEFAULT_IDLE_MINUTES = 30;
const MAX_IDLE_MINUTES = 720;

/**
 * Below these, names belong to different owners, so a browser makes no passkey for them (publicsuffix.org). The list is
 * not whole: it finds what people type by mistake, and the browser refuses the rest.
 */
const PUBLIC_SUFFIX =
  /^(?:(?:ac|co|com|edu|go|gov|ne|net|or|org)\.[a-z]{2}|(?:workers|pages)\.dev|cloudflareaccess\.com)$/;

/** Reads CONSOLE_RP_ID or PORTAL_RP_ID: the host itself, or a domain above it. */
export function readRpId(env: Env, site: Site, host: string, faults: string[]): string {
  const name = `${site}_RP_ID` as const;
  const rpId = textOf(env[name]).toLowerCase() || host;
  if (rpId !== host && !host.endsWith(`.${rpId}`)) {
    faults.push(
      `${name} is "${rpId}", but it must be ${site}_HOST ("${host}") or a domain above it: a browser makes no passkey for another name. Leave it out, and passkeys are made for the host.`,
    );
  } else if (rpId !== host && rpId !== "localhost" && (!rpId.includes(".") || PUBLIC_SUFFIX.test(rpId))) {
    faults.push(
      `${name} is "${rpId}", under which everybody can have a name: a browser makes no passkey for it. Give your own domain, or leave it out.`,
    );
  }
  return rpId;
}

/** Reads how long sessions live: `…_SESSION_HOURS` and `…_IDLE_MINUTES`. */
export function readSessionTimes(env: Env, site: Site, faults: string[]): SessionTimes {
  const hours = readNumber(env, `${site}_SESSION_HOURS`, DEFAULT_SESSION_HOURS, MAX_SESSION_HOURS, faults);
  const minutes = readNumber(env, `${site}_IDLE_MINUTES`, DEFAULT_IDLE_MINUTES, MAX_IDLE_MINUTES, faults);
  return { sessionMs: hours * HOUR_MS, idleMs: minutes * MINUTE_MS };
}

function readNumber(
  env: Env,
  name: `${Site}_SESSION_HOURS` | `${Site}_IDLE_MINUTES`,
  usual: number,
  most: number,
  faults: string[],
): number {
  const text = textOf(env[name]) || String(usual);
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  faults.push(`${name} is "${text}"; it must be a whole number from 1 to ${most} (default ${usual}).`);
  return usual;
}

const textOf = (value: string | undefined): string => (value ?? "").trim();
