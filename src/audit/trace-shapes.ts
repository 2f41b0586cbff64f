// The words of a traced sign-in that programs read. Apart from the sentences, which only a trace needs.

/** The parts of a sign-in, in their order. */
export const TRACE_PARTS = [
  "request",
  "network-guard",
  "directory",
  "user-guard",
  "order",
  "sign-on-line",
  "connector",
  "front-end",
  "ticket",
  "answer",
  "device",
] as const;
export type TracePart = (typeof TRACE_PARTS)[number];

/** `decided`: the sign-in ended here, or a device was judged. */
export const TRACE_RESULTS = ["passed", "decided", "not-reached"] as const;
export type TraceResult = (typeof TRACE_RESULTS)[number];

/** What an app password was at the moment of the sign-in. */
export const PASSWORD_STATES = ["live", "revoked", "expired"] as const;
export type PasswordState = (typeof PASSWORD_STATES)[number];
