// Ends a source of people. Nobody is disabled or enabled by it. First the guards hear what they have missed, because
// nothing remembers that afterwards.

import { logAudited } from "../../audit/log.ts";
import { openDatabase } from "../../store/database.ts";
import { countStates, noteTold } from "../../store/directory-links.ts";
import { findSource } from "../../store/directory-sources.ts";
import { unlinkSource, untoldOf } from "../../store/directory-unlink.ts";
import type { Call } from "../call.ts";
import { untilVerdictsAreOld } from "../devices.ts";
import { type Done, done } from "../operation.ts";
import { type Problem, problem } from "../problem.ts";
import { changeEvent } from "../record.ts";
import type { SourceUnlinkedAnswer } from "../schemas/directory-unlink.ts";
import { tellGuards } from "./tell.ts";

/** Guards that one request tells: fewer than Cloudflare's thousand. */
const MOST_TOLD = 500;

type Unlinking = { readonly people?: number | undefined; readonly dryRun: boolean; readonly why: string };

/** Says how many users a source has, and ends it if that is the number that the caller has seen. */
export async function unlink(
  call: Call,
  source: string,
  { people: seen, dryRun, why }: Unlinking,
): Promise<Done<SourceUnlinkedAnswer> | Problem> {
  const db = openDatabase(call.env.DB);
  const [states, row] = await Promise.all([countStates(db, source), findSource(db, source)]);
  const people = [...states.values()].reduce((sum, count) => sum + count, 0);
  const answer = { source, people, mayNotSignIn: people - (states.get("in") ?? 0), dryRun };
  if (dryRun || (people === 0 && row === undefined)) return done({ ...answer, changed: false });
  if (people !== seen) return other(source, people, seen);
  const untold = await untoldOf(db, source, MOST_TOLD);
  if (untold.length > 0) {
    const heard = await tellGuards(call, untold, { kind: "renamed" });
    await noteTold(db, [...heard], true);
    await untilVerdictsAreOld();
    if (heard.size < untold.length || untold.length === MOST_TOLD) {
      return problem(
        "unavailable",
        "Some users' guards have to hear of an earlier change first. Nothing was unlinked.",
        {
          fix: "Send the same request again.",
        },
      );
    }
  }
  const change = { before: { source, people }, after: { source: null, people: 0 } };
  const event = changeEvent(call, "directory-unlinked", { why, change });
  if (!(await unlinkSource(db, source, people, event))) return other(source, undefined, seen);
  logAudited(event);
  return done({ ...answer, changed: true });
}

const other = (source: string, people: number | undefined, seen: number | undefined): Problem =>
  problem(
    "changed-meanwhile",
    people === undefined
      ? `The users of "${source}" changed at this moment. Nothing was unlinked.`
      : `${people} users come from "${source}", and not ${seen}. Nothing was unlinked.`,
    { fix: "Ask with dryRun how many there are, and say that number as people." },
  );
