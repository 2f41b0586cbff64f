// S-81 step by step: what is asked in which order, with a clock that the test moves. The sending of a poll is on HTTP in
// test/conformance/silent-polls.test.ts.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ok, refuse } from "../core/result.ts";
import { type HeldPoll, holdPoll } from "./held-poll.ts";
import { NewestPolls } from "./newest-polls.ts";
import { POLL_FAILED_WITHIN_MS, POLL_SILENCE_MS } from "./poll-times.ts";

const START = 1_800_000_000_000;
const MINUTE_MS = 60_000;

/** What happened, in order. */
let said: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: START });
  said = [];
  vi.spyOn(scheduler, "wait").mockImplementation(async (ms: number, options?: { signal?: AbortSignal }) => {
    await Promise.resolve();
    await Promise.resolve();
    if (options?.signal?.aborted) throw new Error("aborted");
    await Promise.resolve(); // a request that ends at once is heard first
    if (options?.signal?.aborted) return;
    said.push(`waited ${ms / 1_000}`);
    vi.setSystemTime(Date.now() + ms);
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Reply = Response | Error | "silent";

/** A poll with these replies, of which the last one repeats. */
function pollWith(replies: readonly Reply[], changes: Partial<HeldPoll<string, string>> = {}) {
  let sent = 0;
  const poll: HeldPoll<string, string> = {
    endsAt: START + 15 * MINUTE_MS,
    ask: (verdict, signal) => {
      const reply = replies[Math.min(sent++, replies.length - 1)] ?? "silent";
      said.push(`sent with ${verdict}`);
      signal.addEventListener("abort", () => void said.push("ended"));
      if (reply instanceof Response) return Promise.resolve(reply);
      if (reply instanceof Error) return Promise.reject(reply);
      return new Promise(() => undefined);
    },
    admit: async () => {
      said.push("admitted");
      return ok("again");
    },
    isNewest: () => true,
    alive: () => undefined,
    ...changes,
  };
  return poll;
}

const EVENT = () => new Response("event");
const DOWN = new Error("down");

describe("S-81: a silent poll", () => {
  it("is ended before it is sent again, and the guard is asked before that", async () => {
    const end = await holdPoll(pollWith(["silent", EVENT()]), "first");
    expect(end).toMatchObject({ kind: "answered", verdict: "again" });
    expect(said).toEqual(["sent with first", "waited 90", "admitted", "ended", "sent with again"]);
  });

  it("costs one question to the guard each time: ten in a quarter of an hour", async () => {
    const end = await holdPoll(pollWith(["silent"]), "first");
    expect(end).toEqual({ kind: "silent", verdict: "again" });
    expect([Date.now() - START, said.filter((each) => each === "admitted").length]).toEqual([15 * MINUTE_MS, 10]);
    expect(said.filter((each) => each.startsWith("sent")).length).toBe(said.filter((each) => each === "ended").length);
  });

  it("is sent again well before Cloudflare ends it, and never waits beyond its client's time", async () => {
    expect(POLL_SILENCE_MS).toBeLessThanOrEqual(90_000);
    await holdPoll(pollWith(["silent"], { endsAt: START + 200_000 }), "first");
    expect(said.filter((each) => each.startsWith("waited"))).toEqual(["waited 90", "waited 90", "waited 20"]);
  });

  it("hears what comes while the guard is asked", async () => {
    let speak: (answer: Response) => void = () => undefined;
    const answer = EVENT();
    const poll = pollWith([], {
      ask: () => new Promise((resolve) => (speak = resolve)),
      admit: async () => {
        speak(answer);
        await Promise.resolve();
        return ok("again");
      },
    });
    expect(await holdPoll(poll, "first")).toEqual({ kind: "answered", answer, verdict: "again" });
  });

  it("of a device that may do this no more ends, and so does its request", async () => {
    const admit = async () => refuse("device-refused");
    expect(await holdPoll(pollWith(["silent"], { admit }), "first")).toEqual({
      kind: "refused",
      reason: "device-refused",
    });
    expect(said).toEqual(["sent with first", "waited 90", "ended"]);
  });

  it("ends with a failure when the guard cannot be asked, and so does its request", async () => {
    const admit = () => Promise.reject(new Error("no guard"));
    await expect(holdPoll(pollWith(["silent"], { admit }), "first")).rejects.toThrow("no guard");
    expect(said.at(-1)).toBe("ended");
  });

  it("is not sent again when a newer one took its place", async () => {
    expect(await holdPoll(pollWith(["silent"], { isNewest: () => false }), "first")).toEqual({ kind: "replaced" });
    expect(said.filter((each) => each.startsWith("sent"))).toHaveLength(1);
  });
});

describe("S-37 S-81: a Front-End that fails", () => {
  it("is asked once for a new poll", async () => {
    expect(await holdPoll(pollWith([DOWN]), "first")).toEqual({ kind: "unreachable", fault: DOWN });
    expect(said).toEqual(["sent with first"]);
  });

  it("is asked three times, with longer and longer waits, for a poll that was silent", async () => {
    expect(await holdPoll(pollWith(["silent", DOWN]), "first")).toMatchObject({ kind: "unreachable" });
    expect(said.filter((each) => !each.startsWith("ended"))).toEqual([
      ...["sent with first", "waited 90", "admitted"],
      ...["sent with again", "waited 1", "admitted"],
      ...["sent with again", "waited 2", "admitted"],
      "sent with again",
    ]);
  });

  it.each([502, 503, 504, 520, 524, 530])("with %i says so in the end, as it said it", async (status) => {
    const end = await holdPoll(pollWith(["silent", ...[1, 2, 3].map(() => new Response("x", { status }))]), "first");
    expect(end).toMatchObject({ kind: "answered", answer: { status } });
    expect(said.filter((each) => each.startsWith("sent"))).toHaveLength(4);
  });

  it.each([200, 401, 404, 409, 500])("with %i has answered", async (status) => {
    const end = await holdPoll(pollWith(["silent", new Response("x", { status })]), "first");
    expect(end).toMatchObject({ kind: "answered", answer: { status } });
    expect(said.filter((each) => each.startsWith("sent"))).toHaveLength(2);
  });

  it("after a silence is asked again at once, however often, until the client's time is over", async () => {
    const lasted = POLL_FAILED_WITHIN_MS + 1;
    const ask = async (verdict: string): Promise<Response> => {
      said.push(`sent with ${verdict}`);
      vi.setSystemTime(Date.now() + lasted);
      return new Response("x", { status: 524 });
    };
    expect(await holdPoll(pollWith([], { ask, endsAt: START + 50_000 }), "first")).toMatchObject({ kind: "silent" });
    expect(said.filter((each) => each.startsWith("sent"))).toHaveLength(5);
    expect(said.filter((each) => each.startsWith("waited"))).toEqual([]);
  });
});

describe("S-81: the polls of one channel", () => {
  const asked = (ack: string, priority = 0, timeoutMs?: number) => ({ ack, priority, timeoutMs });

  it("have one that is the newest", () => {
    const polls = new NewestPolls();
    const first = polls.begin("a", asked("1", 5));
    const other = polls.begin("b", asked("1"));
    expect([first.isNewest(), other.isNewest()]).toEqual([true, true]);
    const lower = polls.begin("a", asked("1", 4));
    expect([first.isNewest(), lower.isNewest()]).toEqual([true, false]);
    const next = polls.begin("a", asked("2", 4));
    expect([first.isNewest(), next.isNewest(), other.isNewest()]).toEqual([false, true, true]);
  });

  it("last as long as the client said last", () => {
    const polls = new NewestPolls();
    expect(polls.begin("a", asked("1")).timeoutMs).toBe(180_000);
    expect(polls.begin("a", asked("1", 0, 900_000)).timeoutMs).toBe(900_000);
    expect(polls.begin("a", asked("2")).timeoutMs).toBe(900_000);
    expect(polls.begin("b", asked("2")).timeoutMs).toBe(180_000);
  });

  it("S-44: are forgotten when there are too many, and are then sent again as before", () => {
    const polls = new NewestPolls();
    const first = polls.begin("a", asked("1", 0, 900_000));
    for (let i = 0; i < 5_000; i++) polls.begin(`channel ${i}`, asked("x".repeat(200)));
    expect(first.isNewest()).toBe(true);
    expect(polls.begin("a", asked("2")).timeoutMs).toBe(180_000);
  });
});
