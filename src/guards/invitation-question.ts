// What a user's guard is asked about invitations of its user (S-56).

/** What is kept of a code: the id of its row, and its keyed hash (core/credentials/invitation-code.ts). */
export type InvitationMarks = { readonly id: string; readonly hash: string };

/**
 * `open`: keeps an invitation, which ends every earlier one. `end`: ends the one of that id, or any. `look`: whether it
 * is good. `use`: the same, and it is used up by that.
 */
export type InvitationStep =
  | { readonly kind: "open"; readonly marks: InvitationMarks; readonly expiresAt: number }
  | { readonly kind: "end"; readonly id?: string }
  | { readonly kind: "look" | "use"; readonly marks: InvitationMarks };

/** `done`: of `open` and `end`. `disabled`: the user may not come in. `moved`: the user has another guard. */
export type InvitationAnswer = "done" | "good" | "not-good" | "disabled" | "moved";
