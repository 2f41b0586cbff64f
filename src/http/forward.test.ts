import { env } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { configWith, HOST } from "../../test/kit/config.ts";
import type { Env } from "../config/env.ts";
import type { Exchange } from "./exchange.ts";
import { forwardOpen, relay, relayText } from "./forward.ts";
import { Stages } from "./stages.ts";

const answerWith = (headers: HeadersInit): Response => new Response("x", { headers });
const exchangeWith = (answer: () => Response): Exchange => ({
  request: new Request(`https://${HOST}/meet/x`),
  target: { scheme: "https", host: HOST, path: "/meet/x", key: "/meet/x", query: "" },
  env: env as unknown as Env,
  config: configWith(async () => answer()),
  now: Date.now(),
  stages: new Stages(Date.now()),
});

describe("S-35: what shared caches may keep", () => {
  const PUBLIC = { "cache-control": "public, max-age=600", "cdn-cache-control": "max-age=600" };
  const exchange = exchangeWith(() => answerWith(PUBLIC));

  it("nothing that is said to one user", () => {
    for (const answer of [relay(answerWith(PUBLIC), exchange), relayText(answerWith(PUBLIC), "x", exchange)]) {
      expect(answer.headers.get("cache-control")).toBe("private, max-age=600");
      expect(answer.headers.has("cdn-cache-control")).toBe(false);
    }
  });

  it("what everybody may see, as the Front-End says", async () => {
    expect((await forwardOpen(exchange)).headers.get("cache-control")).toBe("public, max-age=600");
  });

  it("nothing that gives somebody a cookie", async () => {
    const answer = await forwardOpen(exchangeWith(() => answerWith({ ...PUBLIC, "set-cookie": "guest=1" })));
    expect(answer.headers.get("cache-control")).toBe("private, max-age=600");
  });
});
