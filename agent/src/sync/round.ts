// One round of the sync: reads the directory, compares, tells the gateway what differs, and reports. It can be killed
// anywhere and run twice at once: each row says how a person is, never what to do to the person.

import type { Asking } from "../api/client.ts";
import type { Context } from "../parts.ts";
import { cursorOf, heldIn, holding, isTooMany, released } from "./brake.ts";
import { foreseen } from "./foreseen.ts";
import { applyChanges, keptCursor, knownPeople, type Outcome, sendReport } from "./gateway.ts";
import type { Memory } from "./memory.ts";
import type { Problem } from "./person.ts";
import { absent, type Change, type Known, type PersonProblem, planOf } from "./plan.ts";
import { type Reading, readAgain, readEverybody, stillThere } from "./read.ts";

/** How a round goes. */
export type How = {
  /** Prints the difference: nothing is changed, and nothing is reported. */
  readonly dryRun: boolean;
  /** Compares everybody, whatever is remembered. */
  readonly full: boolean;
  /** An administrator has looked at whom the brake holds. */
  readonly confirmed: boolean;
  /** No new request to change something starts after this, ms since 1970; the next round goes on. */
  readonly until: number;
};

/** What a round came to. */
export type Round = {
  readonly outcomes: readonly Outcome[];
  /** Those of them that the gateway said in this round; the rest it said before, and nothing has changed since. */
  readonly told: readonly Outcome[];
  /** Changes that the brake holds. */
  readonly held: readonly Change[];
  /** How many people may sign in, of those whom Postern has from the directory: the brake's whole. */
  readonly of: number;
  /** How many people the directory has for Postern, by what it says of them. */
  readonly people: Readonly<Record<string, number>>;
  readonly problems: readonly PersonProblem[];
  /** Changes that were not sent, because the round took too long. */
  readonly left: number;
  readonly inStep: boolean;
  readonly compared: boolean;
};

type Work = Pick<Context, "config" | "api" | "directory" | "log">;

/**
 * Does one round. Rejects with a `DirectoryFault` or an `ApiFault` when it was not possible; then nobody was disabled
 * for being absent.
 */
export async function round(
  { config, api, directory, log }: Work,
  memory: Memory,
  how: How,
  signal: AbortSignal,
  now: () => number = Date.now,
): Promise<Round> {
  const asking: Asking = { signal };
  const settings = config.directory;
  const remembered = how.full ? undefined : memory.known(now(), config.sync.compareEveryMinutes * 60_000);
  let compared = remembered === undefined;
  let known = remembered ?? (await readKnown());
  const reading = await readWhole();
  let plan = planOf(reading.reading, known, reading.gone, now());
  let leaving = plan.changes.filter(({ leaves }) => leaves);
  if (!compared && isTooMany(leaving.length, countIn(known), config.sync)) {
    // Another agent, or the command, may have done it meanwhile.
    [known, compared] = [await readKnown(), true];
    plan = planOf(reading.reading, known, reading.gone, now());
    leaving = plan.changes.filter(({ leaves }) => leaves);
  }
  const of = countIn(known);
  const tooMany = isTooMany(leaving.length, of, config.sync);
  const before = tooMany ? heldIn(await keptCursor(api, asking)) : undefined;
  const { go, held, shown } = judged();

  const people = statesOf(go, known);
  const [outcomes, told]: [Outcome[], Outcome[]] = [[], []];
  const fresh: Change[] = [];
  for (const change of go) {
    const outcome = how.full ? undefined : memory.outcomeOf(change, now());
    if (outcome === undefined) fresh.push(change);
    else outcomes.push(outcome);
  }
  const left = await applyChanges(api, fresh, {
    ...{ dryRun: how.dryRun, until: how.until, asking },
    onOutcome: (outcome) => {
      outcomes.push(outcome);
      told.push(outcome);
      if (how.dryRun) return;
      memory.note(outcome, now());
      logOutcome(log, outcome);
    },
  });
  // What became of each; in a dry run, what would.
  const ended = how.dryRun ? foreseen(outcomes, go) : outcomes;
  const problems = [...reading.reading.problems.map(general), ...plan.problems, ...conflictsIn(ended)];
  const inStep =
    held.length === 0 &&
    left === 0 &&
    !reading.reading.membersUnknown &&
    ended.every(({ status }) => status !== "failed");
  if (!how.dryRun) {
    await sendReport(
      api,
      {
        ...{ cursor: cursorOf(shown), inStep, compared, people: reading.reading.people.size },
        ...{ problems: problems.slice(0, MAX_PROBLEMS).map(shortened), problemCount: problems.length },
        brake:
          shown === undefined
            ? null
            : {
                ...{ since: new Date(shown.since).toISOString(), wanted: held.length, of },
                examples: held.slice(0, MAX_EXAMPLES).map(({ name, row }) => `${name} (${row.state})`.slice(0, 300)),
              },
      },
      asking,
    );
  }
  return { outcomes: ended, told, held, of, people, problems, left, inStep, compared };

  async function readKnown(): Promise<ReadonlyMap<string, Known>> {
    const read = await knownPeople(api, asking);
    memory.read(read, now());
    return read;
  }

  /** Reads everybody, and asks for each who is absent by name before anything is made of that. */
  async function readWhole(): Promise<{
    readonly reading: Reading;
    readonly gone: ReadonlyMap<string, "out" | "deleted">;
  }> {
    return directory.use(async (domains) => {
      const first = await readEverybody(domains, settings);
      const missed = absent(first, known, compared);
      if (missed.length === 0) return { reading: first, gone: new Map() };
      const again = await readAgain(domains, settings, missed);
      const reading: Reading = { ...first, people: new Map([...first.people, ...again.people]) };
      const absentees = missed.filter((key) => !again.people.has(key));
      if (reading.membersUnknown || again.membersUnknown) {
        return { reading: { ...reading, membersUnknown: true }, gone: new Map() };
      }
      const there = await stillThere(domains, absentees);
      return { reading, gone: new Map(absentees.map((key) => [key, there.has(key) ? "out" : "deleted"])) };
    });
  }

  /** What is done, what the brake holds, and what an administrator is shown from now on. */
  function judged() {
    if (!tooMany) return { go: plan.changes, held: [], shown: undefined };
    const free = how.confirmed && before !== undefined ? released(leaving, before) : [];
    const freed = new Set(free);
    const held = leaving.filter((change) => !freed.has(change));
    const go = plan.changes.filter((change) => !change.leaves || freed.has(change));
    if (held.length === 0) return { go, held, shown: undefined };
    // A confirmation that does not fit shows everybody again. Until then, what was shown first stays.
    const shown = before === undefined || how.confirmed ? holding(held, now()) : before;
    if (before === undefined) log("brake", { wanted: held.length, of });
    return { go, held, shown };
  }
}

const MAX_PROBLEMS = 200;
const MAX_EXAMPLES = 20;

const countIn = (known: ReadonlyMap<string, Known>): number =>
  [...known.values()].filter(({ state }) => state === "in").length;

const general = ({ code, message }: Problem): PersonProblem => ({ key: "", name: "", code, message });

function conflictsIn(outcomes: readonly Outcome[]): PersonProblem[] {
  return outcomes.flatMap(({ change, status, code, message }) => {
    if (status !== "conflict" && status !== "failed" && code === undefined) return [];
    const { row, name } = change;
    return [{ key: row.key, name, code: code ?? status, message: message ?? "The gateway did not say why." }];
  });
}

const shortened = ({ key, name, code, message }: PersonProblem): PersonProblem => ({
  ...{ key: key.slice(0, 300), name: name.slice(0, 300), code: code.slice(0, 60), message: message.slice(0, 500) },
});

function logOutcome(log: Work["log"], { change, status, code, message }: Outcome): void {
  if (status === "unchanged") return;
  log("person", { key: change.row.key, state: change.row.state, status, code, detail: message });
}

function statesOf(changes: readonly Change[], known: ReadonlyMap<string, Known>): Record<string, number> {
  const states: Record<string, number> = { in: 0, disabled: 0, expired: 0, out: 0, deleted: 0 };
  const count = (state: string): void => {
    states[state] = (states[state] ?? 0) + 1;
  };
  const changed = new Map(changes.map(({ row }) => [row.key, row.state]));
  for (const { key, state } of known.values()) count(changed.get(key) ?? state);
  for (const { row, isNew } of changes) if (isNew) count(row.state);
  return states;
}
