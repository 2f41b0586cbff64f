// What the pool asks of the page (WS-Federation 1.2, 13.2). Only what the edge has sealed counts: where the sign-in
// began, and where its answer goes. The query can only agree with that, so a link that somebody made up leads nowhere.

import { openStart, type Start } from "../core/sts/flow.ts";
import type { StsContext, StsVisit } from "./site.ts";

/** A sign-in that began at the pool. */
export type Flow = {
  readonly start: Start;
  /** The sealed text, which the page carries from step to step. */
  readonly sealed: string;
};

/** What a link to the page asks for. */
export type PassiveRequest =
  | { readonly kind: "sign-in"; readonly flow: Flow; readonly freshMs: number | undefined }
  | { readonly kind: "sign-out" }
  /** It did not come from the pool through this gateway, or long ago. */
  | { readonly kind: "not-ours" };

const NOT_OURS = { kind: "not-ours" } as const;
const MINUTE_MS = 60_000;

/** Reads a link to the page. Every field that is there twice could be read in two ways, so it is refused. */
export function readRequest(c: StsContext): PassiveRequest {
  const query = new URL(c.req.url).searchParams;
  const one = (name: string): string | undefined => {
    const all = query.getAll(name);
    return all.length === 1 ? all[0] : undefined;
  };
  const wa = one("wa");
  if (wa === "wsignout1.0") return { kind: "sign-out" };
  const flow = wa === "wsignin1.0" ? openFlow(c.env, one("wctx") ?? "") : undefined;
  if (flow === undefined || one("wtrealm") !== flow.start.realm) return NOT_OURS;
  if (query.has("wreply") && one("wreply") !== flow.start.reply) return NOT_OURS;
  return { kind: "sign-in", flow, freshMs: readFresh(query.getAll("wfresh")) };
}

/** The sign-in that a sealed text stands for; undefined: it is not ours, its time is over, or its pool is gone. */
export function openFlow({ config, sts, now }: StsVisit, sealed: string): Flow | undefined {
  const opened = openStart(config.keyring, sealed, now);
  if (!opened.ok) return undefined;
  const start = opened.value;
  const pool = sts.realms.get(start.webHost);
  return pool?.realm === start.realm && pool.reply === start.reply ? { start, sealed } : undefined;
}

/** The link to the page for a sign-in, as the pool made it. */
export const linkTo = ({ start, sealed }: Flow): string =>
  `/passive?${new URLSearchParams({ wa: "wsignin1.0", wtrealm: start.realm, wctx: sealed })}`;

/** How old factors may be, ms; undefined: as always. `wfresh` is in minutes. What nobody can read asks again. */
function readFresh(given: readonly string[]): number | undefined {
  const [minutes, more] = given;
  if (minutes === undefined) return undefined;
  return more === undefined && /^\d{1,5}$/.test(minutes) ? Number(minutes) * MINUTE_MS : 0;
}
