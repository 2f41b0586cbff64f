// The one page on which every sign-in by the page ends that the edge does not let through. It says the same for every
// reason.

import type { RefusalReason } from "../trace/reasons.ts";
import { ownAnswer, refusal } from "../trace/refusal.ts";

const PAGE = `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Sign-in</title></head>
<body><h1>The sign-in did not finish</h1><p>Close this window, and sign in again in your app.</p>
<h1 lang="de">Die Anmeldung wurde nicht abgeschlossen</h1>
<p lang="de">Schließen Sie dieses Fenster, und melden Sie sich in Ihrer App noch einmal an.</p></body></html>
`;

/** `reason`: absent when the audit has it. `detail`: a stable word that says more. */
export function stopped(status: 403 | 503, reason?: RefusalReason, detail?: string): Response {
  const response = new Response(PAGE, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-cache, no-store",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    },
  });
  return reason === undefined ? ownAnswer(response) : refusal(reason, response, detail);
}
