// An answer that streams for long is released only while its ticket is good: a download that was under way when its device was
// blocked ends there (S-17). Short answers pass as they are.

/** Longest answer, in bytes, that is released at once: it is on its way before a verdict is old. */
const AT_ONCE_BYTES = 256 * 1024;

/** The answer, its body passed on chunk by chunk with a look at `good` whenever the last one is older than `lookAgainMs`. */
export function releasedWhile(answer: Response, lookAgainMs: number, good: () => Promise<boolean>): Response {
  const { body, headers } = answer;
  const declared = headers.get("content-length");
  if (body === null || (declared !== null && Number(declared) <= AT_ONCE_BYTES)) return answer;
  let lookedAt = Date.now();
  const guarded = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      if (Date.now() - lookedAt >= lookAgainMs) {
        if (!(await good())) throw new Error("the ticket of this answer is good no more");
        lookedAt = Date.now();
      }
      controller.enqueue(chunk);
    },
  });
  const passed = body.pipeThrough(guarded);
  // With its length, where there is one: a client shows it, and sees when an answer broke off.
  return new Response(declared === null ? passed : passed.pipeThrough(new FixedLengthStream(Number(declared))), answer);
}
