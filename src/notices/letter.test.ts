// S-65: each kind in words, in both languages: what happened, when, from where, and what to do. Without a secret, and
// without a link that acts.

import { describe, expect, it } from "vitest";
import { NOTICE_KINDS } from "./kinds.ts";
import { letterOf } from "./letter.ts";
import type { TakenNotice } from "./taken.ts";

const PORTAL = "https://access.contoso.test";
const wording = {
  organisation: "Contoso",
  contact: "Help desk: 4444",
  language: "en",
  timeZone: "Europe/Berlin",
} as const;
const taken: TakenNotice = {
  ...{ id: "e_1/person", kind: "device-new", audience: "person", createdAt: 1_790_000_000_000, takes: 1 },
  ...{ to: "alice@contoso.test", language: "en", link: undefined, count: undefined, label: "phone" },
  facts: { at: 1_790_000_000_000, network: "203.0.113.7", what: "Alice's key", expiresAt: 1_790_000_000_000 },
  person: { sipUri: "sip:alice@contoso.test", displayName: "Alice" },
  device: { product: "iPhoneLync", version: "5.8", os: "" },
};
const kinds = Object.entries(NOTICE_KINDS).flatMap(([kind, audiences]) =>
  audiences.flatMap((audience) => ["en", "de"].map((language) => ({ kind, audience, language }))),
);

describe("S-65: every kind", () => {
  it.each(kinds)("$kind for the $audience in $language has its words", ({ kind, audience, language }) => {
    const link = kind === "invitation" ? `${PORTAL}/join#c2VjcmV0` : undefined;
    const letter = letterOf({ ...taken, kind, audience, link }, PORTAL, {
      ...wording,
      language: language as "en" | "de",
    });
    const german =
      audience === "helpdesk"
        ? letterOf({ ...taken, kind, audience, link, language: "de" }, PORTAL, wording)
        : undefined;
    for (const said of [letter, german].filter((each) => each !== undefined)) {
      expect(said.subject.length, said.subject).toBeGreaterThan(5);
      expect(`${said.subject}${said.text}${said.html}`).not.toMatch(/[{}]|undefined|null/);
      expect(said.subject).not.toContain("c2VjcmV0");
      if (kind !== "invitation") expect(said.html).not.toContain("<a ");
      if (!["password-expiring", "invitation"].includes(kind)) expect(said.text).toMatch(/2026/);
    }
    expect(letter?.text).toContain("alice@contoso.test");
  });

  it("says the number to compare, and where", () => {
    const facts = { ...taken.facts, number: "0427" };
    const waits = letterOf({ ...taken, kind: "device-waiting", facts }, PORTAL, wording);
    expect(waits?.text).toContain(`sign in to ${PORTAL} and compare the number 0427`);
    const german = letterOf({ ...taken, kind: "device-waiting", facts, language: "de" }, PORTAL, wording);
    expect(german?.text).toContain(`melden Sie sich bei ${PORTAL} an und vergleichen Sie die Nummer 0427`);
    expect(letterOf({ ...taken, kind: "device-waiting" }, PORTAL, wording)?.text).not.toContain("compare");
  });

  it("that stands for many names the kind to the help desk", () => {
    const many = { ...taken, kind: "device-waiting", audience: "helpdesk", person: null, count: 12 } as const;
    expect(letterOf(many, undefined, wording)?.subject).toBe("12 more: A device waits for its approval");
    expect(letterOf({ ...many, kind: "reported-not-me" }, undefined, wording)?.subject).toBe(
      "12 more: “This was not me”",
    );
    const other = { ...taken, kind: "passkey-added", audience: "helpdesk" } as const;
    expect(letterOf(other, undefined, wording)?.subject).toBe("A new passkey for your account: alice@contoso.test");
  });

  it("has an id that stays the same and tells nothing of the person", () => {
    const [one, again] = [letterOf(taken, PORTAL, wording), letterOf({ ...taken, takes: 9 }, undefined, wording)];
    expect(again?.id).toBe(one?.id);
    expect(one?.id).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(letterOf({ ...taken, kind: "not-yet-known" }, PORTAL, wording)).toBeUndefined();
  });
});
