// S-65: a letter by the webhook: what the receiver gets, and what Postern makes of each answer.

import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import { letter } from "../../test/kit/letters.ts";
import { webhookPort } from "./webhook.ts";

const bytes = (byte: number) => new Uint8Array(32).fill(byte);
const NEW = bytes(7);
const OLD = bytes(9);
const URL_OF_IT = "https://mail.contoso.test/postern";
const port = webhookPort({ url: URL_OF_IT, secrets: [NEW, OLD] });
const asSecret = (secret: Uint8Array) => `whsec_${Buffer.from(secret).toString("base64")}`;

type Asked = { readonly url: string; readonly init: RequestInit };
const asked: Asked[] = [];
const answering = (answer: () => Response | Promise<Response>) =>
  vi.spyOn(globalThis, "fetch").mockImplementation(async (url, init) => {
    asked.push({ url: String(url), init: init ?? {} });
    return answer();
  });

afterEach(() => {
  asked.length = 0;
  vi.restoreAllMocks();
});

describe("S-65: the webhook", () => {
  it("gets the letter signed with each secret, and with an id that stays the same", async () => {
    answering(() => new Response(null, { status: 204 }));
    expect(await port.send(letter)).toEqual({ end: "sent" });
    expect(await port.send(letter)).toEqual({ end: "sent" });
    const [first, second] = asked.map(({ init }) => ({
      body: String(init.body),
      headers: Object.fromEntries(new Headers(init.headers)),
    }));
    for (const secret of [NEW, OLD]) {
      const verified = new Webhook(asSecret(secret)).verify(first?.body ?? "", first?.headers ?? {});
      expect(verified).toMatchObject({
        type: "notice.device-new",
        data: { id: letter.id, to: letter.to, subject: letter.subject, text: letter.text, facts: { device: "iPhone" } },
      });
    }
    expect(() => new Webhook(asSecret(bytes(1))).verify(first?.body ?? "", first?.headers ?? {})).toThrow();
    const altered = (first?.body ?? "").replace("alice@", "mallory@");
    expect(() => new Webhook(asSecret(NEW)).verify(altered, first?.headers ?? {})).toThrow();
    expect(first?.headers["idempotency-key"]).toBe(letter.id);
    expect(second?.headers["webhook-id"]).toBe(letter.id);
    expect(asked[0]?.init).toMatchObject({ method: "POST", redirect: "manual" });
  });

  it.each([
    [200, "sent"],
    [202, "sent"],
    [400, "later"],
    [410, "later"],
    [422, "later"],
    [301, "away"],
    [307, "away"],
    [401, "away"],
    [403, "away"],
    [404, "away"],
    [429, "away"],
    [500, "away"],
    [503, "away"],
  ])("with the answer %i a letter is %s", async (status, end) => {
    answering(() => new Response(null, { status, headers: { location: "https://elsewhere.test/" } }));
    const handed = await port.send(letter);
    expect(handed.end).toBe(end);
    expect(asked).toHaveLength(1); // no redirect is followed
    if (handed.end !== "sent") expect(handed.detail).toContain(String(status));
  });

  it("reads no body, however long it is", async () => {
    let pulled = 0;
    let cancelled = false;
    const endless = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(1_000_000));
        },
        cancel() {
          cancelled = true;
        },
      });
    answering(() => new Response(endless(), { status: 200 }));
    expect(await port.send(letter)).toEqual({ end: "sent" });
    expect(cancelled).toBe(true);
    expect(pulled).toBeLessThan(5);
  });

  it("that cannot be reached, or answers too late, gets the letter later, and no secret is in the words", async () => {
    answering(() => Promise.reject(new Error(`connect ${URL_OF_IT} ${asSecret(NEW)}`)));
    expect(await port.send(letter)).toEqual({ end: "away", detail: "the webhook cannot be reached" });
    answering(() => Promise.reject(new DOMException("late", "TimeoutError")));
    expect(await port.send(letter)).toEqual({ end: "away", detail: "the webhook did not answer in time" });
  });
});
