// S-65: a letter by Cloudflare's mail: what the binding gets, what Postern makes of its errors, and the binding that
// workerd runs locally.

import { env } from "cloudflare:test";
import { afterEach, describe, expect, it, vi } from "vitest";
import { letter } from "../../test/kit/letters.ts";
import { bindingFaults } from "../config/bindings.ts";
import { emailPort } from "./email.ts";

const FROM = { name: "Böse Möwe", address: "postern@contoso.test" };
const failing = (code: string, message: string) => ({
  send: async () => Promise.reject(Object.assign(new Error(message), { code })),
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe("S-65: Cloudflare's mail", () => {
  it("gets fields and no MIME, marked as written by a machine, with an id that stays the same", async () => {
    const sent: unknown[] = [];
    const mail = {
      send: async (message: unknown) => {
        sent.push(message);
        return { messageId: "<1@cloudflare>" };
      },
    };
    expect(await emailPort(FROM, mail).send(letter)).toEqual({ end: "sent" });
    expect(sent).toEqual([
      {
        ...{ from: { name: "Böse Möwe", email: "postern@contoso.test" }, to: letter.to, subject: letter.subject },
        ...{ text: letter.text, html: letter.html },
        headers: {
          ...{ "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
          "X-Postern-Notice": letter.id,
        },
      },
    ]);
  });

  it.each([
    ["E_RECIPIENT_SUPPRESSED", "refused"],
    ["E_RECIPIENT_NOT_ALLOWED", "refused"],
    ["E_VALIDATION_ERROR", "refused"],
    ["E_CONTENT_TOO_LARGE", "refused"],
    ["E_DELIVERY_FAILED", "later"],
    ["E_SENDER_NOT_VERIFIED", "away"],
    ["E_RATE_LIMIT_EXCEEDED", "away"],
    ["E_DAILY_LIMIT_EXCEEDED", "away"],
    ["E_INTERNAL_SERVER_ERROR", "away"],
    ["E_SOMETHING_NEW", "away"],
  ])("with the error %s a letter is %s", async (code, end) => {
    const handed = await emailPort(FROM, failing(code, "because")).send(letter);
    expect(handed).toEqual({ end, detail: `Cloudflare: ${code} because` });
  });

  it("that never answers holds nothing up for longer than ten seconds", async () => {
    const never = { send: () => new Promise<EmailSendResult>(() => undefined) };
    vi.spyOn(scheduler, "wait").mockImplementation(() => Promise.resolve());
    expect(await emailPort(FROM, never).send(letter)).toEqual({
      ...{ end: "away", detail: "Cloudflare did not answer in time" },
    });
  });

  it("is the binding that the configuration demands, and workerd's own takes a letter", async () => {
    const mail = (env as { MAIL?: SendEmail }).MAIL;
    if (mail === undefined) throw new Error("test/wrangler.toml has no MAIL");
    const mailFaults = (given: Record<string, unknown>) =>
      bindingFaults({ ...env, NOTICE_DELIVERY: "email", ...given }).filter((fault) => fault.startsWith("MAIL "));
    expect(mailFaults({})).toEqual([]);
    expect(mailFaults({ MAIL: undefined })[0]).toContain("[[env.production.send_email]]");
    expect(mailFaults({ MAIL: env.DB })[0]).toContain("something else");
    expect(await emailPort(FROM, mail).send(letter)).toEqual({ end: "sent" });
  });
});
