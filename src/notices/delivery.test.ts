// S-65: the variables that say who delivers mail: every fault with its fix, and no secret in a sentence.

import { describe, expect, it } from "vitest";
import { mailboxOf } from "./address.ts";
import { type DeliveryEnv, readDelivery } from "./delivery.ts";
import { noticesOf, readNotices } from "./settings.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const HOOK = {
  ...{ NOTICE_DELIVERY: "webhook", NOTICE_WEBHOOK_URL: "https://mail.contoso.test/postern" },
  NOTICE_WEBHOOK_SECRETS: SECRET,
};
const MAIL = { NOTICE_DELIVERY: "email", NOTICE_FROM: "Contoso IT <postern@contoso.test>" };
function read(env: DeliveryEnv) {
  const faults: string[] = [];
  return { delivery: readDelivery(env, faults), faults };
}

describe("S-65: who delivers mail", () => {
  it("is an agent, unless something else is said", () => {
    expect(read({})).toEqual({ delivery: { by: "agent" }, faults: [] });
    expect(read({ NOTICE_DELIVERY: " " }).delivery).toEqual({ by: "agent" });
  });

  it("is Cloudflare's mail with a sender, or a webhook with its secret", () => {
    const wording = { organisation: "Contoso IT", contact: undefined, language: "en", timeZone: "UTC" };
    const from = { name: "Contoso IT", address: "postern@contoso.test" };
    expect(read(MAIL)).toEqual({ delivery: { by: "email", from, wording }, faults: [] });
    const { delivery, faults } = read({ ...HOOK, NOTICE_LANGUAGE: "de", NOTICE_TIME_ZONE: "Europe/Berlin" });
    expect(faults).toEqual([]);
    expect(delivery).toMatchObject({
      ...{ by: "webhook", webhook: { url: HOOK.NOTICE_WEBHOOK_URL, secrets: [Buffer.alloc(32, 7)] } },
      wording: { organisation: "Postern", language: "de", timeZone: "Europe/Berlin" },
    });
  });

  it.each<[env: DeliveryEnv, fault: RegExp]>([
    [
      { NOTICE_DELIVERY: "pigeon" },
      /^NOTICE_DELIVERY is "pigeon"; it must be "agent" \(default\), "email" or "webhook"/,
    ],
    [{ NOTICE_DELIVERY: "email" }, /^NOTICE_DELIVERY is "email", and NOTICE_FROM is not set\. Say who/],
    [{ ...MAIL, NOTICE_FROM: "two@a.test, three@b.test" }, /^NOTICE_FROM is .* not one mail address\. Write e\.g\./],
    [{ ...MAIL, NOTICE_FROM: "A <a@b.test>\r\nBcc: <c@d.test>" }, /^NOTICE_FROM is /],
    [{ NOTICE_DELIVERY: "webhook" }, /^NOTICE_DELIVERY is "webhook", and NOTICE_WEBHOOK_URL is not set\. Say where/],
    [{ ...HOOK, NOTICE_WEBHOOK_URL: "http://mail.contoso.test/" }, /^NOTICE_WEBHOOK_URL is .* Give an https address/],
    [{ ...HOOK, NOTICE_WEBHOOK_URL: "https://u:p@mail.contoso.test/" }, /^NOTICE_WEBHOOK_URL is /],
    [
      { ...HOOK, NOTICE_WEBHOOK_SECRETS: "" },
      /^NOTICE_WEBHOOK_URL is set, and NOTICE_WEBHOOK_SECRETS is not\. Make one/,
    ],
    [{ ...HOOK, NOTICE_WEBHOOK_SECRETS: "short" }, /^NOTICE_WEBHOOK_SECRETS has something that is not a secret/],
    [{ ...HOOK, NOTICE_WEBHOOK_SECRETS: `${SECRET} ${SECRET}` }, /^NOTICE_WEBHOOK_SECRETS has the same secret twice/],
    [{ NOTICE_FROM: "a@b.test" }, /^NOTICE_FROM is set, and an agent delivers mail.* Set NOTICE_DELIVERY to "email"/],
    [
      { ...HOOK, NOTICE_DELIVERY: "agent" },
      /^NOTICE_WEBHOOK_URL is set, and an agent .* Set NOTICE_DELIVERY to "webhook"/,
    ],
    [{ ...MAIL, NOTICE_LANGUAGE: "fr" }, /^NOTICE_LANGUAGE is "fr"; it must be "en" \(default\) or "de"\.$/],
    [{ ...MAIL, NOTICE_TIME_ZONE: "Berlin" }, /^NOTICE_TIME_ZONE is "Berlin", which is no time zone\. Write e\.g\./],
    [{ ...MAIL, NOTICE_CONTACT: "one\ntwo" }, /^NOTICE_CONTACT must be one line/],
  ])("%j is a fault with its fix", (env, fault) => {
    const { delivery, faults } = read(env);
    expect(delivery).toBeUndefined();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
    expect(faults.join()).not.toContain(SECRET.slice(6));
  });

  it("is nobody for a guard whose variables have a fault", () => {
    expect(noticesOf({ ...HOOK, NOTICE_WEBHOOK_SECRETS: "" }).kinds.size).toBe(0);
    expect(noticesOf(HOOK).delivery.by).toBe("webhook");
  });
});

describe("the kinds", () => {
  it("of the help desk are some of those that it can be told of", () => {
    const faults = (env: Parameters<typeof readNotices>[0]) => {
      const all = readNotices(env);
      return "faults" in all ? all.faults : [];
    };
    expect(faults({ NOTICE_HELPDESK_KINDS: "device-new portal-locked" })).toEqual([]);
    expect(faults({ NOTICE_HELPDESK_KINDS: "invitation" })[0]).toMatch(
      /^NOTICE_HELPDESK_KINDS has "invitation", of wh/,
    );
    expect(faults({ NOTICE_HELPDESK_KINDS: "passkey" })[0]).toMatch(
      /^NOTICE_HELPDESK_KINDS has "passkey", which is not/,
    );
  });
});

it.each([
  ["a@b.test", "Postern", "a@b.test"],
  ["Contoso IT <a@b.test>", "Contoso IT", "a@b.test"],
  ['"Contoso, IT" <a@b.test>', "Contoso, IT", "a@b.test"],
  [" Böse Möwe  < a@b.test > ", "Böse Möwe", "a@b.test"],
])("%s is a sender", (text, name, address) => {
  expect(mailboxOf(text)).toEqual({ name, address });
});
