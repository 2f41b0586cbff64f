// S-84: what of a Front-End is the same as no answer.

import { env } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { configWith, HOST } from "../../test/kit/config.ts";
import { dataPlane } from "../gateway/data-plane.ts";
import { isSoonSent, notSilent, passable, SILENCE_MS } from "./front-end-faults.ts";

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("S-84: a Front-End that never answers", () => {
  it("is left after the limit: 503, and what it says later goes nowhere", async () => {
    const cancelled = vi.fn();
    let answer: (late: Response) => void = () => undefined;
    const config = configWith(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const answered = dataPlane(new Request(`https://${HOST}/meet/x`), env, config);
    await vi.advanceTimersByTimeAsync(SILENCE_MS - 1);
    let early = true;
    void answered.then(() => {
      early = false;
    });
    await Promise.resolve();
    expect(early).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    const { status, headers } = await answered;
    expect([status, headers.get("retry-after")]).toEqual([503, "10"]);
    answer(new Response(new ReadableStream({ cancel: cancelled })));
    await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce(), 60_000);
  });

  it("has no limit once its answer has begun, nor for an upload, which takes as long as its client's line", async () => {
    const answer = new Response("x");
    expect(await notSilent(Promise.resolve(answer))).toBe(answer);
    expect(vi.getTimerCount()).toBe(0);
    const upload = (headers: Record<string, string>) =>
      isSoonSent(new Request("https://x", { method: "POST", body: "x", headers }));
    expect([upload({ "content-length": "65536" }), upload({ "content-length": "65537" }), upload({})]).toEqual([
      ...[true, false, false],
    ]);
    expect(isSoonSent(new Request("https://x"))).toBe(true);
  });

  it("that fails at once fails at once, and leaves no timer", async () => {
    await expect(notSilent(Promise.reject(new Error("reset")))).rejects.toThrow("reset");
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("S-84: an answer that nobody can pass on", () => {
  it.each([
    [200, "5", true],
    [200, null, true],
    [200, "5, 5", false],
    [200, "-1", false],
    [101, null, false],
    [600, null, false],
    [999, "5", false],
  ])("status %i with the length %s: %s", (status, length, passes) => {
    const cancel = vi.fn(async () => undefined);
    const headers = new Headers(length === null ? {} : { "content-length": length });
    const answer = { status, headers, body: { cancel } } as unknown as Response;
    if (passes) expect(passable(answer)).toBe(answer);
    else expect(() => passable(answer)).toThrow();
    expect(cancel).toHaveBeenCalledTimes(passes ? 0 : 1);
  });
});
