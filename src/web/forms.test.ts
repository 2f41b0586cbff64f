// What a host of pages reads of a form, and what it refuses before its own routes are asked.

import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { csrfToken } from "./csrf.ts";
import { formLimit, isOfSession, readForm } from "./forms.ts";
import type { SiteEnv } from "./site.ts";

const ORIGIN = "https://web.contoso.test";
const FORM = "application/x-www-form-urlencoded";

/** A host whose one page says back which fields it was given, and whether they are of the session `secret`. */
const site = new Hono<SiteEnv>()
  .use(formLimit(100))
  .use(readForm<SiteEnv>((c) => c.text("foreign", 403)))
  .all("/", (c) => c.json({ fields: [...(c.var.form ?? [])], own: isOfSession(c, "secret") }));

const send = (body: string | undefined, headers: Record<string, string>, method = "POST"): Promise<Response> =>
  Promise.resolve(
    site.fetch(new Request(ORIGIN, { method, headers, ...(body === undefined ? {} : { body }) }), { origin: ORIGIN }),
  );
const ours = { origin: ORIGIN, "content-type": FORM };

describe("S-50: the form of a web page", () => {
  it("is read once, from a page of this host", async () => {
    const answer = await send(`a=1&csrf=${csrfToken("secret")}`, { ...ours, "content-type": `${FORM}; charset=UTF-8` });
    expect(await answer.json()).toEqual({
      fields: [
        ["a", "1"],
        ["csrf", csrfToken("secret")],
      ],
      own: true,
    });
  });

  it("has no fields in another form than its own, and so no token", async () => {
    const answer = await send("a=1", { ...ours, "content-type": "text/plain" });
    expect(await answer.json()).toEqual({ fields: [], own: false });
  });

  it("is refused when another site sends it, or one that names no origin", async () => {
    expect((await send("a=1", { ...ours, origin: "https://evil.example" })).status).toBe(403);
    expect((await send("a=1", { "content-type": FORM })).status).toBe(403);
    expect((await send("a=1", { ...ours, "sec-fetch-site": "same-site" })).status).toBe(403);
  });

  it("is not read when it is too large", async () => {
    expect((await send("a".repeat(101), ours)).status).toBe(413);
  });

  it("is a post", async () => {
    const answer = await send("a=1", ours, "PUT");
    expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
    expect(await (await send(undefined, {}, "GET")).json()).toEqual({ fields: [], own: true });
  });
});
