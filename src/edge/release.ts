// An answer that streams for long is released only while its ticket is good: a download that was under way when its device was
// blocked ends there (S-17). Short answers pass as they are, unless they are an event channel's, whose head may come long before
// its event.

/** Longest answer, in bytes, that is released at once: it is on its way before a verdict is old. Nothing of an event channel's. */
const AT_ONCE_BYTES = 256 * 1024;

/**
 * The answer, its body passed on chunk by chunk.
 * @param until when its ticket has to be looked at again, ms
 * @param held whether the request may be held open until there is something to say
 * @param goodUntil looks: until when it is good then (ms), or undefined when it is good no more
 */
export function releasedWhile(
  answer: Response,
  until: number,
  held: boolean,
  goodUntil: () => Promise<number | undefined>,
): Response {
  const { body, headers } = answer;
  const declared = headers.get("content-length");
  if (body === null || (!held && declared !== null && Number(declared) <= AT_ONCE_BYTES)) return answer;
  let lookAt = until;
  const guarded = new TransformStream<Uint8Array, Uint8Array>({
    async transform(chunk, controller) {
      if (Date.now() >= lookAt) {
        const next = await goodUntil();
        if (next === undefined) throw new Error("the ticket of this answer is good no more");
        lookAt = next;
      }
      controller.enqueue(chunk);
    },
  });
  const passed = body.pipeThrough(guarded);
  // With its length, where there is one: a client shows it, and sees when an answer broke off.
  return new Response(declared === null ? passed : passed.pipeThrough(new FixedLengthStream(Number(declared))), answer);
}
