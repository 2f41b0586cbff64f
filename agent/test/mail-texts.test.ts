// The texts of mail, and what they do with values that somebody chose to do harm.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { letterOf, messageIdOf } from "../src/mail/letter.ts";
import type { Notice } from "../src/mail/notice.ts";
import { render } from "../src/mail/render.ts";
import { readTexts } from "../src/mail/texts.ts";

const SETTINGS = {
  ...{ organisation: "Contoso & Söhne", contact: "Helpdesk: 4444", language: "en", timeZone: "Europe/Berlin" },
  ...{ from: { name: "Böse Möwe", address: "postern@contoso.test" }, replyTo: "desk@contoso.test" },
};
const NOTICE: Notice = {
  ...{ id: "e_1/person", kind: "device-new", to: "alice@contoso.test", name: "Jörg O'Brien", language: "de" },
  ...{ facts: { at: "2026-11-27T12:00:00Z", user: "alice@contoso.test" }, createdAt: "2026-11-27T12:00:00Z" },
};
const texts = (() => {
  const read = readTexts(undefined, "en");
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return read.texts;
})();
const rendered = (changes: Partial<Notice>) => {
  const said = render({ ...NOTICE, ...changes }, texts, SETTINGS);
  if (said === undefined) throw new Error("no text");
  return said;
};
const facts = (more: Partial<Notice["facts"]>) => ({ facts: { ...NOTICE.facts, ...more } });

describe("the texts", () => {
  it("have every kind in English and in German, with the same placeholders", () => {
    const [en, de] = [texts.get("en") ?? {}, texts.get("de") ?? {}];
    expect(Object.keys(de).toSorted()).toEqual(Object.keys(en).toSorted());
    const placeholders = (text: unknown) => (JSON.stringify(text).match(/\{\w+\}/g) ?? []).toSorted();
    for (const [kind, text] of Object.entries(en))
      expect(placeholders(Reflect.get(de, kind))).toEqual(placeholders(text));
  });

  it("are in the person's language, or else in the usual one, with the times of the time zone", () => {
    expect(rendered({}).text).toContain("Guten Tag Jörg O'Brien,");
    expect(rendered({}).text).toContain("27. November 2026 um 13:00");
    expect(rendered({ language: "fr" }).text).toContain("Hello Jörg O'Brien,");
    expect(rendered({ language: null, name: null }).text).toContain("Hello alice@contoso.test,");
    expect(rendered({ language: "de-AT" }).text).toContain("Guten Tag");
  });

  it("leave out the lines whose value is not known", () => {
    expect(rendered({}).text).not.toContain("Gerät:");
    expect(rendered(facts({ device: "iPhoneLync 5.8" })).text).toContain("Gerät: iPhoneLync 5.8\n");
    expect(rendered(facts({ count: 7 })).subject).toBe("7 weitere: Ein neues Gerät kann Ihr Konto verwenden");
  });

  it("S-57: a value is never markup, a placeholder, a second header or a link", async () => {
    const evil = "<img src=x> {link} http://evil.test/x www.evil.test\r\nBcc: mallory@evil.test";
    const said = rendered({ name: evil, ...facts({ device: evil, label: evil }), link: "https://portal.test/join#s" });
    expect(said.html).not.toMatch(/<img|evil\.test|href/);
    expect(said.text).not.toMatch(/https?:\/\/|evil\.test|\r|portal/);
    const letter = await letterOf({ ...NOTICE, name: evil }, { ...said, subject: evil }, SETTINGS);
    const [head = ""] = letter?.bytes.toString("latin1").split("\r\n\r\n") ?? [];
    const names = head
      .split("\r\n")
      .filter((line) => !/^\s/.test(line))
      .map((line) => line.split(":")[0]?.toLowerCase());
    expect(names).not.toContain("bcc");
    for (const to of ["a@b.test, c@d.test", "a@b.test\r\nBcc: x@y.test", "<a@b.test>", "a@b@c.test"]) {
      expect(await letterOf({ ...NOTICE, to }, said, SETTINGS)).toBeUndefined();
    }
  });

  it("S-57: only an invitation shows its link, and only one that is a link", () => {
    const link = "https://portal.contoso.test/join#c2VjcmV0";
    const invited = { kind: "invitation", ...facts({ expiresAt: "2026-11-30T12:00:00Z" }), link };
    expect(rendered(invited).html).toContain(`<a href="${link}">`);
    expect(rendered(invited).subject).not.toContain("c2VjcmV0");
    expect(rendered({ ...invited, link: "javascript:alert(1)" }).html).not.toContain("javascript");
  });

  it("make a letter with names in umlauts, marked as written by a machine, with the same id each time", async () => {
    const letter = await letterOf(NOTICE, rendered({}), SETTINGS);
    const again = await letterOf(NOTICE, rendered({}), SETTINGS);
    const head = letter?.bytes.toString("latin1").split("\r\n\r\n")[0] ?? "";
    expect(head).toContain("From: =?UTF-8?");
    expect(head).toContain("Auto-Submitted: auto-generated");
    expect(head).toContain(`Message-ID: ${messageIdOf(NOTICE.id, SETTINGS.from.address)}`);
    const dated = (bytes: Buffer | undefined) => /^Date: .*$/m.exec(bytes?.toString("latin1") ?? "")?.[0];
    expect(dated(again?.bytes)).toBe(dated(letter?.bytes));
    expect(dated(letter?.bytes)).toContain("27 Nov 2026");
  });
});

describe("the organisation's own texts", () => {
  const folder = (files: Record<string, unknown>) => {
    const at = mkdtempSync(join(tmpdir(), "postern-texts-"));
    for (const [name, content] of Object.entries(files)) writeFileSync(join(at, name), JSON.stringify(content));
    return at;
  };
  const faults = (files: Record<string, unknown>, language = "en") => {
    const read = readTexts(folder(files), language);
    return "faults" in read ? read.faults : [];
  };

  it("go before the agent's, one by one", () => {
    const own = folder({ "en.json": { test: { subject: "Hi", body: ["All well at {organisation}."] } } });
    const read = readTexts(own, "en");
    if ("faults" in read) throw new Error(read.faults.join("\n"));
    const said = (kind: string) => render({ ...NOTICE, kind, language: "en" }, read.texts, SETTINGS);
    expect(said("test")?.text).toBe("All well at Contoso & Söhne.\n");
    expect(said("device-new")?.subject).toBe("A new device can use your account");
  });

  it("are checked when the agent starts: every fault at once", () => {
    const wrong = {
      test: { subject: "a\nb {link}", body: ["{nmae} {"] },
      tset: { subject: "x", body: ["x"] },
      invitation: { subject: "x", body: ["no link"] },
    };
    const found = faults({ "en.json": wrong }).join("\n");
    for (const said of [
      "{nmae}",
      "without its other half",
      "one line",
      "is a secret",
      '"tset"',
      'the paragraph "{link}"',
    ]) {
      expect(found).toContain(said);
    }
    expect(faults({ "en.json": { test: { subject: "x" } } }).join()).toContain("test.body");
    expect(faults({}).join()).toContain("has no file such as en.json");
    expect(faults({ "fr.json": { test: { subject: "x", body: ["x"] } } }, "fr").join()).toContain("device-new");
  });
});
