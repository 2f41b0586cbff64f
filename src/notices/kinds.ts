// Which mail there is, and whom it can go to. docs/notices.md explains each kind.

/** Whom a notice goes to: its person, or the address of the help desk. */
export type NoticeAudience = "person" | "helpdesk";

const BOTH = ["person", "helpdesk"] as const;

/** Every kind that NOTICES can name, with the audiences that it can have. NOTICE_HELPDESK_KINDS chooses among them. */
export const NOTICE_KINDS = {
  /** A device of the person was let in: it enrolled, or somebody approved it. */
  "device-new": BOTH,
  /** A device waits for its approval. */
  "device-waiting": BOTH,
  /** An administrator or its owner blocked a device. */
  "device-blocked": BOTH,
  /** An app password was made or renewed. */
  "password-created": BOTH,
  /** An app password runs out in some days. */
  "password-expiring": ["person"],
  /** The link with which a person gets in first. */
  invitation: ["person"],
  /** Somebody used that link. */
  "invitation-used": BOTH,
  /** What a person signs in to the portal with has changed. */
  "passkey-added": BOTH,
  "passkey-removed": BOTH,
  "totp-added": BOTH,
  "totp-removed": BOTH,
  "passphrase-changed": BOTH,
  "recovery-codes-made": BOTH,
  /** A recovery code stood for the second factor. */
  "recovery-code-used": BOTH,
  /** Signing in to the portal failed so often that it has to wait. */
  "portal-locked": BOTH,
  /** A lost computer still has a certificate of the pool, which an administrator has to end. */
  "certificate-left": ["helpdesk"],
  /** A person says of an event: this was not me. */
  "reported-not-me": ["helpdesk"],
} as const satisfies Readonly<Record<string, readonly NoticeAudience[]>>;

/** A kind that NOTICES can name. */
export type NoticeKind = keyof typeof NOTICE_KINDS;

/** What the help desk is told of unless NOTICE_HELPDESK_KINDS says otherwise: what waits for somebody to act. */
export const USUAL_HELPDESK_KINDS: readonly NoticeKind[] = ["device-waiting", "certificate-left", "reported-not-me"];

/** What the test button sends, whatever NOTICES names. */
export const TEST_KIND = "test";

/** Whether NOTICES can name it. */
export const isNoticeKind = (text: string): text is NoticeKind => Object.hasOwn(NOTICE_KINDS, text);

/** Whether a notice of that kind can go there. */
export function goesTo(kind: NoticeKind, audience: NoticeAudience): boolean {
  const audiences: readonly NoticeAudience[] = NOTICE_KINDS[kind];
  return audiences.includes(audience);
}
