// A long answer that streams is released only while its ticket is good. A download that is under way when its device is
// blocked ends there (S-17). Short answers pass as they are. An event channel's answer does not, because its head may
// come long before its event.

/**
 * Longest answer, in bytes, that is released at once: it is on its way before a verdict is old. This does not apply to
 * an event channel.
 */
const AT_ONCE_BYTES = 256 * 1024;
/** How long before a verdict is old the guard is asked about a stream, ms. The guard has this time to answer. */
const ASK_BEFORE_MS = 1_000;

/** Asks the guard. Returns until when the ticket is good (ms), or undefined when it is no longer good. */
type GoodUntil = () => Promise<number | undefined>;

/**
 * The answer, with a body that is passed on for as long as its ticket is good.
 * @param until when its ticket has to be checked again, ms
 * @param held of a request that may be held open until there is something to say: called when its answer begins to
 * stream, and what comes back when the stream has ended
 */
export function releasedWhile(
  answer: Response,
  until: number,
  goodUntil: GoodUntil,
  held?: () => () => void,
): Response {
  const { body, headers } = answer;
  const declared = headers.get("content-length");
  if (body === null || (!held && declared !== null && Number(declared) <= AT_ONCE_BYTES)) return answer;
  // The length is kept, if there is one: a client shows it, and sees when an answer broke off.
  const { readable, writable } =
    declared === null ? new IdentityTransformStream() : new FixedLengthStream(Number(declared));
  const ended = new AbortController();
  const source = held ? body.pipeThrough(askedPerPiece(until, goodUntil)) : body;
  // Piped between streams of the runtime's own, so that the pieces of a download do not become objects here.
  const passed = source.pipeTo(writable, { signal: ended.signal });
  const streamed = held?.();
  // whichever side went away, nobody is left to tell
  passed
    .catch(() => undefined)
    .finally(() => {
      ended.abort();
      streamed?.();
    });
  if (!held) void endWhenBad(ended, until, goodUntil);
  return new Response(readable, { status: answer.status, headers, encodeBody: "manual" });
}

/** Each piece is checked when it comes. An event channel says nothing for minutes, and costs nothing meanwhile. */
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

/** Ends the stream when the ticket is no longer good, or when the guard does not answer in time. */
async function endWhenBad(ended: AbortController, until: number, goodUntil: GoodUntil): Promise<void> {
  const { signal } = ended;
  try {
    const waitUntil = (at: number): Promise<void> => scheduler.wait(Math.max(0, at - Date.now()), { signal });
    for (let end = until; ; ) {
      await waitUntil(end - ASK_BEFORE_MS);
      const next = await Promise.race([goodUntil(), waitUntil(end).then(() => undefined)]);
      if (next === undefined) break;
      // The guard answered with the same time as before: the ticket itself is about to expire, and asking again would
      // change nothing.
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
