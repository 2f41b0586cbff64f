// What the sync asks the gateway: whom it has, to do what the plan says, and to keep a report.

import type { Api, Asking } from "../api/client.ts";
import { ApiFault } from "../api/fault.ts";
import { applied, directoryStatus, peoplePage, reported, type Status } from "./answers.ts";
import type { Change, Known, PersonProblem, Row } from "./plan.ts";

/** The prefix of the keys, and what the gateway calls this source. */
export const SOURCE = "ad";
/** The most that the gateway takes in one request. */
const MAX_ROWS = 200;
/** So many requests are under way at the same time. */
const AT_ONCE = 3;

/** The gateway's word for a row that it did not come to. */
const LATER = "later";

/** What became of a row. */
export type Outcome = {
  readonly change: Change;
  readonly status: Status;
  readonly code: string | undefined;
  readonly message: string | undefined;
};

/** What the gateway keeps and shows of this source. */
export type Report = {
  readonly cursor: string | null;
  readonly inStep: boolean;
  readonly compared: boolean;
  readonly people: number;
  readonly problems: readonly PersonProblem[];
  readonly problemCount: number;
  readonly brake: {
    readonly since: string;
    readonly wanted: number;
    readonly of: number;
    readonly examples: readonly string[];
  } | null;
};

/** Everybody whom Postern has from this source, by key. */
export async function knownPeople(api: Api, asking: Asking): Promise<Map<string, Known>> {
  const known = new Map<string, Known>();
  let after: string | null = "";
  do {
    const query = { source: SOURCE, limit: MAX_ROWS, after: after === "" ? undefined : after };
    const page: { items: Known[]; next: string | null } = await api.get(
      "/v1/directory/people",
      query,
      peoplePage,
      asking,
    );
    for (const one of page.items) known.set(one.key, one);
    after = page.next;
  } while (after !== null);
  return known;
}

/** The cursor that the last report left; null: there is none. */
export async function keptCursor(api: Api, asking: Asking): Promise<string | null> {
  const { sources } = await api.get("/v1/directory", {}, directoryStatus, asking);
  return sources.find(({ source }) => source === SOURCE)?.cursor ?? null;
}

export async function sendReport(api: Api, report: Report, asking: Asking): Promise<void> {
  await api.put(`/v1/directory/${SOURCE}/report`, report, reported, asking);
}

/**
 * Sends the changes, several requests at a time, and hands each outcome to `onOutcome` as it comes. No new request
 * starts after `until` (ms). The gateway carries a row out once, however often it comes. Returns how many were not
 * sent.
 */
export async function applyChanges(
  api: Api,
  changes: readonly Change[],
  {
    dryRun,
    until,
    onOutcome,
    asking,
  }: {
    readonly dryRun: boolean;
    readonly until: number;
    readonly onOutcome: (outcome: Outcome) => void;
    readonly asking: Asking;
  },
): Promise<number> {
  const parts = inParts(changes);
  let next = 0;
  const line = async (): Promise<void> => {
    while (next < parts.length && Date.now() < until) {
      const part = parts[next++] ?? [];
      const outcomes = await applyPart(api, part, dryRun, asking);
      // One request can rename only so many people. As long as each does something, the rest is sent at once.
      const later = outcomes.filter(({ code }) => code === LATER);
      const goesOn = later.length < part.length;
      if (goesOn && later.length > 0) parts.push(later.map(({ change }) => change));
      for (const outcome of outcomes) if (!goesOn || outcome.code !== LATER) onOutcome(outcome);
    }
  };
  // All are waited for, so that nothing is under way any more when one of them fails.
  const ended = await Promise.allSettled(Array.from({ length: Math.min(AT_ONCE, parts.length) }, line));
  const broken = ended.find(({ status }) => status === "rejected");
  if (broken?.status === "rejected") throw broken.reason;
  return parts.slice(next).reduce((sum, part) => sum + part.length, 0);
}

/** Who leaves comes first: their tickets end before anybody new is added. */
function inParts(changes: readonly Change[]): Change[][] {
  const leaving = changes.filter(({ row }) => row.state !== "in");
  const others = changes.filter(({ row }) => row.state === "in");
  return [leaving, others].flatMap((all) =>
    Array.from({ length: Math.ceil(all.length / MAX_ROWS) }, (_, at) => all.slice(at * MAX_ROWS, (at + 1) * MAX_ROWS)),
  );
}

/** Faults of one row, or of the size of all. */
const TOO_MUCH_OR_UNREADABLE: ReadonlySet<string | undefined> = new Set(["invalid", "body-too-large"]);

async function applyPart(api: Api, part: readonly Change[], dryRun: boolean, asking: Asking): Promise<Outcome[]> {
  const rows: readonly Row[] = part.map(({ row }) => row);
  try {
    const answer = await api.post("/v1/directory/apply", { source: SOURCE, dryRun, rows }, applied, asking);
    return answer.rows.flatMap(({ row, status, code, message }) => {
      const change = part[row];
      return change === undefined ? [] : [{ change, status, code, message }];
    });
  } catch (fault) {
    if (!(fault instanceof ApiFault) || !TOO_MUCH_OR_UNREADABLE.has(fault.code)) throw fault;
    // One row that the gateway cannot read must not keep the others out, nor long rows together: halve until it is alone.
    const [only, another] = part;
    if (only !== undefined && another === undefined) {
      return [{ change: only, status: "conflict", code: "invalid", message: fault.message }];
    }
    const middle = Math.ceil(part.length / 2);
    const halves = [part.slice(0, middle), part.slice(middle)];
    return (await Promise.all(halves.map((half) => applyPart(api, half, dryRun, asking)))).flat();
  }
}
