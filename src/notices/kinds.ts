// Which mail there is, and whom it can go to. docs/notices.md explains each kind.

/** Whom a notice goes to: its person, or the address of the help desk. */
export type NoticeAudience = "person" | "helpdesk";

/** Every kind that NOTICES can name, with its audiences. */
export const NOTICE_KINDS = {
  /** A device of the person was let in: it enrolled, or an administrator approved it. */
  "device-new": ["person"],
  /** A device waits for its approval. */
  "device-waiting": ["person", "helpdesk"],
  /** An administrator blocked a device. */
  "device-blocked": ["person"],
  /** An app password was made or renewed. */
  "password-created": ["person"],
  /** An app password runs out in some days. */
  "password-expiring": ["person"],
  /** The link with which a person gets in first. */
  invitation: ["person"],
} as const satisfies Readonly<Record<string, readonly NoticeAudience[]>>;

/** A kind that NOTICES can name. */
export type NoticeKind = keyof typeof NOTICE_KINDS;

/** What the test button sends, whatever NOTICES names. */
export const TEST_KIND = "test";

/** Whether NOTICES can name it. */
export const isNoticeKind = (text: string): text is NoticeKind => Object.hasOwn(NOTICE_KINDS, text);
