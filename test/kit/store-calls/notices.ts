// Calls of the queries about mail: what waits, what was sent, and the mail of an invitation.

import { env } from "cloudflare:test";
import { parseKeyring } from "../../../src/core/crypto/keyring.ts";
import { isNoticeKind, NOTICE_KINDS, USUAL_HELPDESK_KINDS } from "../../../src/notices/kinds.ts";
import type { Database } from "../../../src/store/database.ts";
import * as invitationMail from "../../../src/store/invitation-mail.ts";
import * as noticePost from "../../../src/store/notice-post.ts";
import * as noticeUpkeep from "../../../src/store/notice-upkeep.ts";
import * as notices from "../../../src/store/notices.ts";
import * as ownLanguage from "../../../src/store/own-language.ts";
import { eventAt } from "../events.ts";
import { must } from "../ntlm.ts";
import { type Call, type Calls, NOW } from "./calls.ts";

const post = {
  keyring: must(parseKeyring(env.SEALING_KEYS)),
  notices: {
    ...{ kinds: new Set(Object.keys(NOTICE_KINDS).filter(isNoticeKind)), helpdesk: "a@b", passwordDays: 7 },
    ...{ helpdeskKinds: new Set(USUAL_HELPDESK_KINDS), delivery: { by: "agent" } as const },
  },
};

export const noticeCalls = {
  invitationMail: {
    queueInvitation: (db) =>
      invitationMail.queueInvitation(db, post, { userId: "u_1", link: "l", expiresAt: NOW + 9 }, NOW),
    mailWithdrawn: (db) => db.batch([invitationMail.mailWithdrawn(db, "u_1", NOW)]),
  } satisfies Calls<typeof invitationMail>,
  noticePost: {
    takeNotices: [(db) => noticePost.queueTest(db, "a@b", NOW), (db) => noticePost.takeNotices(db, post, 10, NOW)],
    endNotices: (db) => noticePost.endNotices(db, [{ id: "n_1", end: "later" }], NOW),
    queueTest: (db) => noticePost.queueTest(db, "a@b", NOW),
    listNotices: (["waiting", "ended"] as const).flatMap((state): Call[] => [
      (db) => noticePost.listNotices(db, state, { limit: 10, after: undefined }),
      (db) => noticePost.listNotices(db, state, { limit: 10, after: { at: NOW, id: "n_1" } }),
    ]),
    noticesOf: (db) => noticePost.noticesOf(db, "u_1"),
    postStatus: (db) => noticePost.postStatus(db, NOW),
    countWithoutAddress: (db) => noticePost.countWithoutAddress(db),
  } satisfies Calls<typeof noticePost>,
  noticeUpkeep: {
    maintainNotices: (db) => noticeUpkeep.maintainNotices(db, post.notices, NOW),
  } satisfies Calls<typeof noticeUpkeep>,
  notices: {
    queueOf: async (db: Database) => {
      const told = eventAt(NOW, {
        channel: "device",
        outcome: "quarantined",
        reason: "awaiting-approval",
        device: "d_9",
        userId: "u_1",
      });
      const statement = notices.queueOf(db, [told], post.notices);
      if (statement !== undefined) await db.batch([statement]);
    },
  },
  ownLanguage: {
    keepOwnLanguage: (db) => ownLanguage.keepOwnLanguage(db, "u_1", "de"),
  } satisfies Calls<typeof ownLanguage>,
} as const;
