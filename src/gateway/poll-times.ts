// When a silent poll is sent again, and what counts as a failure of it (docs/design/0036-polls.md).

/** How long the Front-End may be silent before it is asked again, ms. Cloudflare ends a request after 100 to 125 s. */
export const POLL_SILENCE_MS = 90_000;
/** A request that ended sooner was not silent but failed, ms. */
export const POLL_FAILED_WITHIN_MS = 10_000;
