// Keeps Postern in step with a directory. A program inside, such as the agent, sends what the directory says of people,
// and reports how far it is.

import { openDatabase } from "../../store/database.ts";
import { type LinkedUser, linkedByKeys, pageOfPeople } from "../../store/directory-links.ts";
import { allowAdoption, countSources, findSource } from "../../store/directory-sources.ts";
import type { Call } from "../call.ts";
import { paged } from "../cursor.ts";
import { applyPeople } from "../directory/apply.ts";
import { allSources, keepReport, statusOf } from "../directory/status.ts";
import { unlink } from "../directory/unlink.ts";
import { type Done, done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { recordChange } from "../record.ts";
import {
  adoptionToOpen,
  directoryStatus,
  peopleApplied,
  peoplePage,
  peopleQuery,
  peopleToApply,
  type SourceStatusAnswer,
  sourceParams,
  sourceReport,
  sourceStatus,
} from "../schemas/directory-sync.ts";
import { sourceToUnlink, sourceUnlinked } from "../schemas/directory-unlink.ts";

/** Administrators, and programs that follow a directory. */
const SYNCS = ["admin", "directory"] as const;
/** The longest body of rows, bytes: every row, with the longest names. */
const MAX_ROWS_BYTES = 1024 * 1024;
/** The longest report, bytes: the cursor, and every problem that is kept. */
const MAX_REPORT_BYTES = 512 * 1024;

/** Each source costs every look at the status a query and a report. No organisation has so many directories. */
const MAX_SOURCES = 10;
const tooManySources = problem("invalid", `There are ${MAX_SOURCES} sources of people already. Nothing was kept.`, {
  fix: "Use the name of a source that is there, such as ad.",
});

export const directorySyncOperations = [
  operation({
    ...{ id: "directory.status", method: "GET", path: "/v1/directory", scope: ["read", "directory"] },
    summary: "Says how far Postern is in step with each directory",
    answer: directoryStatus,
    problems: [],
    handle: async (call) => done({ sources: await allSources(call, openDatabase(call.env.DB), Date.now()) }),
  }),

  operation({
    ...{ id: "directory.people", method: "GET", path: "/v1/directory/people", scope: SYNCS },
    summary: "Lists the people who come from a directory, by key",
    description: "A program compares them with the directory, so it needs to keep nothing itself.",
    query: peopleQuery,
    answer: peoplePage,
    problems: ["unusable-query"],
    handle: async ({ env }, { query: { source, key, after, limit } }) => {
      const db = openDatabase(env.DB);
      if (key !== undefined) {
        const found = key.startsWith(`${source}:`) ? await linkedByKeys(db, [key]) : [];
        return done({ items: found.map(personAnswer), next: null });
      }
      const { items, next } = await pageOfPeople(db, source, { after, limit });
      return done(paged(items, items.map(personAnswer), next, ({ link }) => link.key));
    },
  }),

  operation({
    ...{ id: "directory.apply", method: "POST", path: "/v1/directory/apply", scope: SYNCS },
    summary: "Makes users what a directory says of them",
    description: `Each row is judged by itself. A person who is new and \`in\` is added; one who is not \`in\` is shut out at once. Users who were made by hand are never touched. The same rows may be sent again at any time. When the answer comes, nothing that the rows ended is served any more. Rows that are \`failed\` are to be sent again. People who pass a name on, or swap names, belong into one request.`,
    body: peopleToApply,
    maxBodyBytes: MAX_ROWS_BYTES,
    answer: peopleApplied,
    problems: ["invalid"],
    handle: async (call, { body: { rows, source, dryRun } }) => done(await applyPeople(call, rows, { source, dryRun })),
  }),

  operation({
    ...{ id: "directory.report", method: "PUT", path: "/v1/directory/{source}/report", scope: SYNCS },
    summary: "Reports how far a sync is, and what it could not do",
    params: sourceParams,
    body: sourceReport,
    maxBodyBytes: MAX_REPORT_BYTES,
    answer: sourceStatus,
    problems: ["invalid", "unusable-query"],
    handle: async (call, { params: { source }, body }) => {
      const db = openDatabase(call.env.DB);
      const before = await findSource(db, source);
      if (before === undefined && (await countSources(db)) >= MAX_SOURCES) return tooManySources;
      await keepReport(call, db, source, body, before);
      return statusAnswer(call, source);
    },
  }),

  operation({
    ...{ id: "directory.adopt", method: "POST", path: "/v1/directory/{source}/adoption", scope: "admin" },
    summary: "Lets a directory take over users who were made by hand, for some time",
    description: `While it is open, a person whose SIP address and account are those of one user who was made by hand becomes that user, with devices and app passwords. A disabled user stays disabled until an administrator enables it.`,
    params: sourceParams,
    body: adoptionToOpen,
    answer: sourceStatus,
    problems: ["invalid", "unusable-query"],
    handle: async (call, { params: { source }, body: { minutes, why } }) => {
      const db = openDatabase(call.env.DB);
      const now = Date.now();
      const before = (await findSource(db, source))?.adoptUntil ?? 0;
      const until = now + minutes * 60_000;
      await allowAdoption(db, source, until);
      const iso = (ms: number): string | null => (ms <= now ? null : new Date(ms).toISOString());
      const change = { before: { source, until: iso(before) }, after: { source, until: iso(until) } };
      await recordChange(call, "directory-adoption", { why, change });
      return statusAnswer(call, source);
    },
  }),

  operation({
    ...{ id: "directory.unlink", method: "POST", path: "/v1/directory/{source}/unlink", scope: "admin" },
    summary: "Ends a source of people: its users stay as they are, and nobody follows a directory for them",
    description:
      "Stop the program that follows the directory first. Whom the directory has shut out stays disabled until somebody enables the user by hand. A source that may take over users may not any more.",
    params: sourceParams,
    body: sourceToUnlink,
    answer: sourceUnlinked,
    problems: ["invalid", "unusable-query", "changed-meanwhile", "unavailable"],
    handle: async (call, { params: { source }, body }) => unlink(call, source, body),
  }),
];

async function statusAnswer(call: Call, source: string): Promise<Done<SourceStatusAnswer>> {
  const db = openDatabase(call.env.DB);
  const row = await findSource(db, source);
  if (row === undefined) throw new Error("a source that was just kept");
  return done(await statusOf(call, db, row, Date.now()));
}

function personAnswer({ user, link }: LinkedUser) {
  const {
    id: userId,
    sipUri,
    upn,
    domain,
    account,
    disabledAt,
    displayName,
    mail,
    mobile,
    sid,
    language,
    pool,
    groups,
  } = user;
  const { key, state, since, held, told } = link;
  return {
    ...{ key, userId, state, since: new Date(since).toISOString(), held, disabled: disabledAt !== null },
    ...{ sipUri, upn, account: `${domain}\\${account}`, displayName, mail, mobile, sid, language, pool, groups, told },
  };
}
