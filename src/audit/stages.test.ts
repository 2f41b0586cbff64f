import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_TRACE_CHARS, readTrace, STAGES, traceText } from "./stages.ts";

const stage = fc.record({
  stage: fc.constantFrom(...STAGES),
  at: fc.nat(),
  ms: fc.nat(),
  said: fc.string({ unit: "grapheme", minLength: 1, maxLength: 200 }),
});

describe("S-74: the stages of a sign-in, as the audit keeps them", () => {
  it("are read as they were written", () => {
    const kept = {
      began: 1_795_824_444_717,
      stages: [
        { stage: "network-guard", at: 1, ms: 20, said: "admitted" },
        { stage: "floor", at: 21, ms: 900 },
      ],
      ticketUntil: 1_795_853_244_717,
    } as const;
    expect(readTrace(traceText(kept))).toEqual(kept);
  });

  it("are bounded, on one line, and readable, whatever a part says", () => {
    fc.assert(
      fc.property(fc.array(stage, { maxLength: 40 }), (stages) => {
        const text = traceText({ began: 1_795_824_444_717, stages });
        expect(text.length).toBeLessThanOrEqual(MAX_TRACE_CHARS);
        expect(text).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(readTrace(text)?.stages).toHaveLength(Math.min(stages.length, 12));
      }),
    );
  });

  it.each(["", "{", "null", "[]", '{"began":"x","stages":[]}', '{"began":1e99,"stages":[]}', '{"began":1}'])(
    "of another writer are none: %j",
    (text) => {
      expect(readTrace(text)).toBeUndefined();
    },
  );

  it("that this version does not know are left out", () => {
    const text = '{"began":1,"stages":[{"stage":"moon","at":1,"ms":1},null,{"stage":"floor","at":1,"ms":"x"}]}';
    expect(readTrace(text)).toEqual({ began: 1, stages: [] });
  });
});
