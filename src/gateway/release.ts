// An answer that streams for long is released only while its ticket is good: a download that was under way when its device was
// blocked ends there (S-17). Short answers pass as they are, unless they are an event channel's, whose head may come long before
// its event.

/** Longest answer, in bytes, that is released at once: it is on its way before a verdict is old. Nothing of an event channel's. */
const AT_ONCE_BYTES = 256 * 1024;
/** How long before a verdict is old the guard is asked about a stream, ms: the time it has to answer. */
const ASK_BEFORE_MS = 1_000;

/** Asks the guard: until when the ticket is good then (ms), or undefined when it is good no more. */
type GoodUntil = () => Promise<number | undefined>;

/**
 * The answer, its body passed on for as long as its ticket is good.
 * @param until when its ticket has to be looked at again, ms
 * @param held whether the request may be held open until there is something to say
 */
export function releasedWhile(answer: Response, until: number, held: boolean, goodUntil: GoodUntil): Response {
  const { body, headers } = answer;
  const declared = headers.get("content-length");
  if (body === null || (!held && declared !== null && Number(declared) <= AT_ONCE_BYTES)) return answer;
  // With its length, where there is one: a client shows it, and sees when an answer broke off.
  const { readable, writable } =
    declared === null ? new IdentityTransformStream() : new FixedLengthStream(Number(declared));
  const ended = new AbortController();
  const source = held ? body.pipeThrough(askedPerPiece(until, goodUntil)) : body;
  // From stream to stream of the runtime's own, so that no piece of a download becomes an object here.
  const passed = source.pipeTo(writable, { signal: ended.signal });
  passed.catch(() => undefined).finally(() => ended.abort()); // whoever went away, there is nobody left to tell
  if (!held) void endWhenBad(ended, until, goodUntil);
  return new Response(readable, { status: answer.status, headers, encodeBody: "manual" });
}

/** Each piece is looked at when it comes: an event channel says nothing for minutes, and costs nothing meanwhile. */
function askedPerPiece(until: number, goodUntil: GoodUntil): TransformStream<Uint8Array, Uint8Array> {
  let lookAt = until;
  return new TransformStream({
    async transform(piece, controller) {
      if (Date.now() >= lookAt) {
        const next = await goodUntil();
        if (next === undefined) throw new Error("the ticket of this answer is good no more");
        lookAt = next;
      }
      controller.enqueue(piece);
    },
  });
}

/** Ends the stream when the ticket is good no more, or nobody says in time that it is. */
async function endWhenBad(ended: AbortController, until: number, goodUntil: GoodUntil): Promise<void> {
  const { signal } = ended;
  try {
    const waitUntil = (at: number): Promise<void> => scheduler.wait(Math.max(0, at - Date.now()), { signal });
    for (let end = until; ; ) {
      await waitUntil(end - ASK_BEFORE_MS);
      const next = await Promise.race([goodUntil(), waitUntil(end).then(() => undefined)]);
      if (next === undefined) break;
      // Good for no longer than before: the ticket itself is about to expire, and asking on would change nothing.
      if (next <= end) {
        await waitUntil(end);
        break;
      }
      end = next;
    }
  } catch {
    // the stream is over, or the guard cannot be asked
  }
  ended.abort();
}
