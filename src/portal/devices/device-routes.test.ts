// The routes of a person's own devices inside workerd, where a test may set the clock and count: what needs a fresh
// factor, what does not, and what a page costs that waits for a device.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { softwarePasskey } from "../../../test/kit/gateway/passkey.ts";
import { portalBrowser } from "../../../test/kit/gateway/portal-browser.ts";
import { enteredPortal, portal, portalAt, portalEnv } from "../../../test/kit/portal-host.ts";
import { lookAgainAfter } from "./arrival-part.tsx";

const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => undefined); // Postern logs each change
});
afterEach(() => {
  vi.useRealTimers();
});

function later(ms: number): void {
  const now = Date.now() + ms;
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(now);
}

const secretIn = (text: string): string | undefined => /<output id="secret"[^>]*>([^<]+)</.exec(text)?.[1];
const onceIn = (text: string): string => /name="once" value="([^"]+)"/.exec(text)?.[1] ?? "";

async function person(account: string) {
  const browser = await enteredPortal(account);
  await browser.makePasskey(softwarePasskey());
  return browser;
}

describe("S-61: a person's devices", () => {
  it("need a fresh factor to hand out, let in and free; and none to end", async () => {
    const who = await person("dev.ann");
    const path = "/devices/new/iphone";
    const form = { name: "iPhone", once: onceIn((await who.get(path)).text) };
    expect(secretIn((await who.post(path, form)).text)).toBeDefined();
    const id = /\/devices\/passwords\/(p_\w+)\/end/.exec((await who.get("/devices")).text)?.[1] ?? "";
    later(6 * MINUTE_MS);
    const again = { name: "iPhone 2", once: onceIn((await who.get(path)).text) };
    const device = "d_aaaaaaaaaaaaaaaa";
    for (const [asks, fields] of [
      [path, again],
      [`/devices/${device}/approve`, { shown: "1" }],
      [`/devices/${device}/forget`, {}],
      [`/devices/passwords/${id}/renew`, { renewed: "0" }],
    ] as const) {
      const { status, text } = await who.post(asks, fields);
      expect([asks, status, text.includes("Is it you?"), secretIn(text)]).toEqual([asks, 403, true, undefined]);
    }
    // Those that end are not asked for anything: of a device that is not there, 404.
    for (const ends of [`/devices/${device}/block`, `/devices/${device}/approve/not-mine`]) {
      expect([ends, (await who.post(ends)).status]).toEqual([ends, 404]);
    }
    expect((await who.post("/devices/lost", { lost: id })).text).toMatch(/Ended at \d/);
  });
});

describe("a page that waits for a device", () => {
  it("looks every two seconds for two minutes, then every four, and stops after a quarter of an hour", () => {
    const at = (minutes: number) => lookAgainAfter(0, minutes * MINUTE_MS);
    expect([at(0), at(1.9), at(2.1), at(14.9), at(15.1)]).toEqual([2, 2, 4, 4, undefined]);
  });

  it("costs each time two requests to the person's guard and one query of D1", async () => {
    const who = await person("dev.ben");
    const once = onceIn((await who.get("/devices/new/mac")).text);
    const { text } = await who.post("/devices/new/mac", { name: "Mac", once });
    const now = (/hx-get="([^"]+)"/.exec(text)?.[1] ?? "").replaceAll("&amp;", "&");
    const counted = { guard: 0, network: 0, d1: 0 };
    const counting = portalBrowser(
      portalAt({
        DB: counts(portalEnv.DB, "prepare", () => counted.d1++),
        USER_GUARD: counts(portalEnv.USER_GUARD, "getByName", () => counted.guard++),
        SOURCE_GUARD: counts(portalEnv.SOURCE_GUARD, "getByName", () => counted.network++),
      }),
    );
    for (const [name, value] of who.cookies) counting.cookies.set(name, value);
    expect((await counting.get(now)).status).toBe(204);
    expect(counted).toEqual({ guard: 2, network: 0, d1: 1 });
  });

  it("goes to the sign-in as a whole when the session has ended", async () => {
    const path = "/devices/waiting/p_aaaaaaaaaaaaaaaa/now";
    const part = await portalBrowser(portal).get(path, { "hx-request": "true" });
    expect([part.status, part.headers["hx-redirect"]]).toEqual([401, "/sign-in"]);
  });
});

/** The binding, with `seen` called at each call of its method. */
function counts<Binding extends object>(binding: Binding, method: keyof Binding, seen: () => void): Binding {
  return new Proxy(binding, {
    get: (target, name) => {
      if (name === method) seen();
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
