// What of a Front-End's behaviour is the same as no answer: silence without an end, a status that no answer to a client
// can have, and a length that two readers could read differently.

/**
 * How long the Front-End may be silent before its answer begins, ms. Cloudflare itself ends a silent request after 100
 * to 125 seconds (docs/faults.md). So this limit only counts where Cloudflare's does not apply.
 */
export const SILENCE_MS = 130_000;

/** Longest body, in bytes, that a client is expected to have sent long before the limit. */
const SOON_SENT_BYTES = 64 * 1024;

/**
 * Whether the whole request is with the Front-End at once, so that the limit can count from now. An upload takes as
 * long as its client's line, and cannot be judged by when it began.
 */
export function isSoonSent({ body, headers }: Request): boolean {
  if (body === null) return true;
  const declared = headers.get("content-length");
  return declared !== null && Number(declared) <= SOON_SENT_BYTES;
}

/** The answer, if it begins within the limit. Otherwise rejects, and throws away an answer that comes later. */
export function notSilent(answer: Promise<Response>): Promise<Response> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      reject(new Error(`no answer within ${SILENCE_MS / 1_000} s`));
    }, SILENCE_MS);
    answer.then(
      (answered) => {
        clearTimeout(timer);
        if (isLate) discard(answered);
        else resolve(answered);
      },
      (fault: unknown) => {
        clearTimeout(timer);
        reject(fault);
      },
    );
  });
}

/**
 * The answer, if it can be passed on. Throws for a status that a Worker cannot give, such as 101 or 999, and for a
 * length that is not one number: `5, 5` is what the runtime makes of two lines.
 */
export function passable(answer: Response): Response {
  const length = answer.headers.get("content-length");
  const statusFits = answer.status >= 200 && answer.status <= 599;
  if (statusFits && (length === null || /^\d{1,15}$/.test(length))) return answer;
  discard(answer);
  throw new Error(statusFits ? "the length of the answer is not one number" : `status ${answer.status} is no answer`);
}

/** Nobody reads it, and nobody is left to tell if that fails. */
function discard({ body }: Response): void {
  body?.cancel().catch(() => undefined);
}
