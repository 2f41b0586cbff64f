// What a check gets: what there is to look at, and the means to look. Everything that is asked goes through here, so
// that requests are bounded, counted, and kept for the check of leaks.

import type { Inside } from "./inside.ts";
import type { Plan } from "./plan.ts";
import type { Resolved } from "./resolve.ts";
import { type Answer, type Heard, type Question, REQUEST_MS, send, type Way } from "./wire.ts";

/** How the outside is reached. A test gives its own. */
export type Reach = {
  /** What DNS says of a name. */
  readonly resolve: (host: string) => Promise<Resolved>;
  /** Where a connection to this host goes. `foreign`: it is not the gateway's. */
  readonly way: (host: string, scheme: "https" | "http", port: number | undefined, foreign: boolean) => Way;
  /** Undefined: every name is reached by DNS, as a client does. Otherwise the address where all hosts are reached. */
  readonly fixed: string | undefined;
  /** Plain http: there is no certificate to look at. */
  readonly plain: boolean;
  /** Certificates that are trusted beside the usual ones, PEM. */
  readonly ca?: string;
};

/** An account to sign in with, if the administrator gave one. */
export type Account = { readonly account: string; readonly password: string };

/** What a check gets. */
export type Doctor = {
  readonly plan: Plan;
  readonly reach: Reach;
  /** Undefined: there is no target, so nobody can be asked from within. */
  readonly inside: Inside | undefined;
  readonly account: Account | undefined;
  /** `--slow` was given. */
  readonly slow: boolean;
  /** The version of this checkout. */
  readonly version: string;
  readonly now: () => number;
  readonly ask: (question: Question) => Promise<Answer>;
  readonly resolve: Reach["resolve"];
  /** What the gateway's hosts have answered so far. */
  readonly heard: readonly Heard[];
  /** Notes an answer that did not come through `ask`. */
  readonly note: (heard: Heard) => void;
  /** How long one request may take, ms. */
  readonly requestMs: number;
  /** How many requests were sent. */
  readonly sent: () => number;
};

/** How many requests are open at once. More would disturb what is measured. */
const AT_ONCE = 8;

/** Makes the means. */
export function doctorOf(
  given: Pick<Doctor, "plan" | "reach" | "inside" | "account" | "slow" | "version" | "now">,
  requestMs = REQUEST_MS,
): Doctor {
  const { reach } = given;
  const heard: Heard[] = [];
  const turn = turns(AT_ONCE);
  const resolved = new Map<string, Promise<Resolved>>();
  let sent = 0;
  return {
    ...given,
    requestMs,
    heard,
    note: (one) => void heard.push(one),
    sent: () => sent,
    ask: (question) =>
      turn(async () => {
        sent += 1;
        const { host, scheme = "https", port, address, foreign, secret } = question;
        const way = reach.way(host, scheme, port, foreign === true);
        const there = address === undefined ? way : { ...way, address };
        const answer = await send(question, there, question.withinMs ?? requestMs, reach.ca);
        if (answer.kind === "heard" && foreign !== true && secret !== true) heard.push(answer);
        return answer;
      }),
    resolve: (host) => {
      const found = resolved.get(host) ?? reach.resolve(host);
      resolved.set(host, found);
      return found;
    },
  };
}

/** Lets so many work at once; the others wait in line. */
function turns(most: number) {
  let free = most;
  const line: (() => void)[] = [];
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (free === 0) await new Promise<void>((resolve) => line.push(resolve));
    else free -= 1;
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
