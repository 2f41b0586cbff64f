// Notices: an agent takes them and says what became of them, or the gateway delivers them itself; administrators see
// what waits and what failed.

import { printable } from "../../core/text/printable.ts";
import { toldOf } from "../../notices/taken.ts";
import { openDatabase } from "../../store/database.ts";
import {
  countWithoutAddress,
  endNotices,
  type ListedNotice,
  listNotices,
  postStatus,
  queueTest,
  takeNotices,
} from "../../store/notice-post.ts";
import { badCursor, cursorOf, paged, readCursor } from "../cursor.ts";
import { deliverNow, portalOf } from "../mail-at-once.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { recordChange } from "../record.ts";
import {
  type NoticeAnswer,
  noticesEnded,
  noticesPage,
  noticesQuery,
  noticesStatus,
  noticesToEnd,
  noticesToTake,
  noticeTested,
  noticeToTest,
  takenNotices,
} from "../schemas/notices.ts";

/** Those who may fetch mail: administrators, and the agent. */
const AGENT = ["admin", "directory"] as const;
/** The longest body of `notices.end`, bytes: every row with the longest texts. */
const MAX_END_BYTES = 64 * 1024;

export const noticeOperations = [
  operation({
    // The answer has links with secrets, so it is never kept. Asking again is safe: nobody gets a notice twice at a
    // time.
    ...{ id: "notices.take", method: "POST", path: "/v1/notices/take", scope: AGENT, keepsNothing: true },
    summary: "Takes mail that is to be sent, for two minutes",
    description:
      "Whoever took it says what became of it. After two minutes without a word, the next who asks gets it. Two who ask at once get different ones.",
    ...{ body: noticesToTake, answer: takenNotices, problems: ["not-for-agents"] },
    handle: async (call, { body: { max } }) => {
      const { env, config } = call;
      const { by } = config.notices.delivery;
      if (by !== "agent") {
        return problem("not-for-agents", `The gateway delivers mail itself: NOTICE_DELIVERY is "${by}".`, {
          fix: 'Take mail out of the agent\'s configuration, or set NOTICE_DELIVERY to "agent".',
        });
      }
      const taken = await takeNotices(openDatabase(env.DB), config, max, Date.now());
      const portal = portalOf(call);
      return done({ notices: taken.map((notice) => toldOf(notice, portal)) });
    },
  }),

  operation({
    ...{ id: "notices.end", method: "POST", path: "/v1/notices/end", scope: AGENT, maxBodyBytes: MAX_END_BYTES },
    summary: "Says what became of mail that was taken",
    description: "To say it again changes nothing. What is to be sent later waits from one minute up to six hours.",
    ...{ body: noticesToEnd, answer: noticesEnded, problems: [] },
    handle: async ({ env }, { body }) => {
      const endings = body.ended.map(({ detail, ...rest }) => ({
        ...rest,
        detail: detail && printable(detail, detail.length),
      }));
      return done({ ended: await endNotices(openDatabase(env.DB), endings, Date.now()) });
    },
  }),

  operation({
    ...{ id: "notices.list", method: "GET", path: "/v1/notices", scope: "read" },
    summary: "Lists mail that waits, or what became of it in the last 30 days",
    ...{ query: noticesQuery, answer: noticesPage, problems: [] },
    handle: async ({ env }, { query: { state, limit, after } }) => {
      const place = after === "" ? [] : readCursor(after, ["number", "string"]);
      if (place === undefined) return badCursor;
      const [at, id] = place;
      const from = typeof at === "number" && typeof id === "string" ? { at, id } : undefined;
      const rows = await listNotices(openDatabase(env.DB), state, { limit, after: from });
      const cursor = (row: ListedNotice): string => cursorOf(row.endedAt ?? row.createdAt, row.id);
      const last = rows.at(-1);
      return done(
        paged(rows, rows.map(listed), rows.length < limit || last === undefined ? null : cursor(last), cursor),
      );
    },
  }),

  operation({
    ...{ id: "notices.status", method: "GET", path: "/v1/notices/status", scope: "read" },
    summary: "Says how much mail waits, since when, and what failed",
    ...{ answer: noticesStatus, problems: [] },
    handle: async ({ env, config: { notices } }) => {
      const db = openDatabase(env.DB);
      const [post, peopleWithoutAddress] = await Promise.all([postStatus(db, Date.now()), countWithoutAddress(db)]);
      return done({
        ...{ kinds: [...notices.kinds], helpdesk: notices.helpdesk ?? null, peopleWithoutAddress },
        ...{ helpdeskKinds: [...notices.helpdeskKinds], delivery: notices.delivery.by },
        oldestUnsentAt: isoOrNull(post.oldestUnsentAt),
        ...{ waiting: post.waiting, failedOfADay: post.failedOfADay },
        ...{ oldestDueAt: isoOrNull(post.oldestDueAt), lastSentAt: isoOrNull(post.lastSentAt) },
      });
    },
  }),

  operation({
    ...{ id: "notices.test", method: "POST", path: "/v1/notices/test", scope: "admin", status: 201 },
    summary: "Sends a mail that says that mail works",
    description:
      "Where the gateway delivers mail itself, it tries at once, and the answer says what became of it. What failed is tried again like any other mail.",
    ...{ body: noticeToTest, answer: noticeTested, problems: ["no-notice-address"] },
    handle: async (call, { body }) => {
      const to = body.to ?? call.config.notices.helpdesk;
      if (to === undefined) {
        return problem("no-notice-address", "Nobody is named, and NOTICE_HELPDESK is not set.", {
          fix: "Say where the test goes (to; in the command: --to ADDRESS), or set NOTICE_HELPDESK.",
        });
      }
      const id = await queueTest(openDatabase(call.env.DB), to, Date.now());
      await recordChange(call, "notice-tested", { why: body.why, change: { after: { to } } });
      const ended = await deliverNow(call, id);
      const end = ended && (ended.end === "sent" ? ended.end : `${ended.end}: ${ended.detail ?? ""}`);
      return done({ id, to, end: end ?? null });
    },
  }),
];

const iso = (ms: number): string => new Date(ms).toISOString();
const isoOrNull = (ms: number | null): string | null => (ms === null ? null : iso(ms));

const listed = (row: ListedNotice): NoticeAnswer => ({
  ...{ id: row.id, kind: row.kind, audience: row.audience, user: row.sipUri, takes: row.takes, end: row.end },
  ...{ createdAt: iso(row.createdAt), dueAt: iso(row.dueAt), expiresAt: iso(row.expiresAt) },
  endedAt: isoOrNull(row.endedAt),
});
