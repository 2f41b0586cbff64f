// S-17 for answers whose head has come and whose body has not. When the verdict has become too old, Postern asks again
// before it passes on what comes next.

import { env } from "cloudflare:test";
import { describe, expect, it, vi } from "vitest";
import { presented, relayed, stopClock } from "../../test/kit/attempts.ts";
import { configWith, HOST } from "../../test/kit/config.ts";
import { owner } from "../../test/kit/devices.ts";
import type { Config } from "../config/config.ts";
import { sealTicket } from "../ticket/envelope.ts";
import { VERDICT_REUSE_MS } from "../ticket/verdicts.ts";
import { dataPlane } from "./data-plane.ts";
import { releasedWhile } from "./release.ts";

const EVENT = '{"_links":{}}';

/** A Front-End that sends the head of each answer at once, with its length, and the body when `speak` is called. */
function silentFrontEnd() {
  const writers: WritableStreamDefaultWriter<Uint8Array>[] = [];
  const fetch: Config["frontEnd"]["fetch"] = async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    writers.push(writable.getWriter());
    return new Response(readable, { headers: { "content-length": String(EVENT.length) } });
  };
  const speak = async (): Promise<void> => {
    for (const writer of writers)
      await Promise.allSettled([writer.write(new TextEncoder().encode(EVENT)), writer.close()]);
  };
  return { fetch, speak };
}

describe("an event channel whose head came before its event", () => {
  it.each([
    ["says nothing of what happens after its device was blocked", true],
    ["is heard when nobody blocked it", false],
  ])("%s", async (_, blocked) => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    stopClock();
    const who = await owner();
    const id = (await who.signIn("p_1")) ?? "";
    expect(await who.names(id, "phone")).toBe("served");
    const { expiresAt } = relayed(id);
    expect((await who.guard.judge(presented(id, { kind: "service" }))).kind).toBe("served");
    const frontEnd = silentFrontEnd();
    const config = configWith(frontEnd.fetch);
    const text = sealTicket(config.keyring, {
      kind: "user",
      sipUri: who.sipUri,
      id,
      expiresAt,
      inner: "AAEBHA",
      pool: "",
    });
    const request = new Request(`https://${HOST}/ucwa/oauth/v1/applications/101/events?ack=1`, {
      headers: { authorization: `Bearer cwt=${text}` },
    });
    const answer = await dataPlane(request, env, config);
    expect(answer.status).toBe(200);
    if (blocked) await who.command({ kind: "block", device: "phone" });
    vi.setSystemTime(Date.now() + VERDICT_REUSE_MS + 1);
    const [heard] = await Promise.all([answer.text().catch(() => "nothing"), frontEnd.speak()]);
    expect(heard).toBe(blocked ? "nothing" : EVENT);
  });
});

describe("a slow download of an allowed device", () => {
  it("S-17: has the guard asked while the verdict still has a second to live, and so goes on", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    stopClock();
    const who = await owner();
    const id = (await who.signIn("p_1")) ?? "";
    expect(await who.names(id, "phone")).toBe("served");
    const { expiresAt } = relayed(id);
    let asked = 0;
    const guards = new Proxy(env.USER_GUARD, {
      get: (target, key) =>
        key !== "getByName"
          ? Reflect.get(target, key)
          : (name: string) => {
              asked++;
              return target.getByName(name);
            },
    });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const config = configWith(async () => {
      vi.setSystemTime(Date.now() + VERDICT_REUSE_MS - 900); // the Front-End has taken its time
      return new Response(readable);
    });
    const text = sealTicket(config.keyring, {
      kind: "user",
      sipUri: who.sipUri,
      id,
      expiresAt,
      inner: "AAEBHA",
      pool: "",
    });
    const request = new Request(`https://${HOST}/abs/files/large`, {
      headers: { authorization: `Bearer cwt=${text}` },
    });
    const answer = await dataPlane(request, { ...env, USER_GUARD: guards }, config);
    expect([answer.status, asked]).toEqual([200, 1]);
    await expect.poll(() => asked, { timeout: 60_000 }).toBe(2);
    const writer = writable.getWriter();
    const [heard] = await Promise.all([answer.text(), writer.write(new TextEncoder().encode(EVENT)), writer.close()]);
    expect(heard).toBe(EVENT);
  });
});

describe("a download whose ticket expires while it streams", () => {
  it("ends then, and the guard is asked once and not again and again", async () => {
    vi.useRealTimers();
    const begun = new ReadableStream({
      pull: async (controller) => {
        await scheduler.wait(20);
        controller.enqueue(new Uint8Array(10));
      },
    });
    const expiresAt = Date.now() + 400;
    const goodUntil = vi.fn(async () => expiresAt);
    const answer = releasedWhile(new Response(begun), expiresAt, goodUntil);
    const read = answer.arrayBuffer().then(
      () => "whole",
      () => "broken off",
    );
    expect(await read).toBe("broken off");
    expect(Date.now()).toBeGreaterThanOrEqual(expiresAt);
    expect(goodUntil).toHaveBeenCalledTimes(1);
  });
});
