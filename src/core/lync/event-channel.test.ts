// What a pending GET asks for, and the answer without events.

import { describe, expect, it } from "vitest";
import { noEventsJson, noEventsXml, pollAsked, replaces, sameEvents } from "./event-channel.ts";

describe("S-81: how long a client waits", () => {
  it.each([
    ["?ack=1", undefined],
    ["", undefined],
    ["?ack=1&timeout=900", 900_000],
    ["?ack=1&TimeOut=900", 900_000],
    ["?ack=1&timeout=180", 180_000],
    ["?ack=1&timeout=1", 180_000],
    ["?ack=1&timeout=0", 180_000],
    ["?ack=1&timeout=1800", 1_800_000],
    ["?ack=1&timeout=999999999", 1_800_000],
    ["?ack=1&timeout=900&timeout=200", 900_000],
    ["?ack=1&timeout=-900", undefined],
    ["?ack=1&timeout=1e9", undefined],
    ["?ack=1&timeout=99999999999999999999", undefined],
    ["?ack=1&timeout=", undefined],
    ["?%=%&&&=&timeout", undefined],
  ])("%s: %s ms", (query, ms) => {
    expect(pollAsked(query).timeoutMs).toBe(ms);
  });
});

describe("S-81: a newer poll", () => {
  it.each([
    ["?ack=1", "?ack=1", true],
    ["?ack=1&priority=1", "?ack=1", true],
    ["?ack=1&priority=4", "?ack=1&priority=5", false],
    ["?ack=1&priority=x", "?ack=1&priority=1", false],
    ["?ack=2&priority=4", "?ack=1&priority=5", true],
  ])("%s after %s replaces it: %s", (newer, older, does) => {
    expect(replaces(pollAsked(newer), pollAsked(older))).toBe(does);
  });
});

describe("S-81: the address at which a client goes on", () => {
  it.each([
    ["?ack=3&timeout=900&low=60&MEDIUM=5&priority=2", "/e?ack=3"],
    ["?ack=3&x=%22%3C&timeout=900", "/e?ack=3&x=%22%3C"],
    ["?timeout=900", "/e"],
    ["", "/e"],
    ["?timeouts=1&ack=3", "/e?timeouts=1&ack=3"],
  ])("%s: %s", (query, expected) => {
    expect(sameEvents("/e", query)).toBe(expected);
  });

  it("is written as text, whatever is in it", () => {
    const href = `/e?ack=1&a="><x y='`;
    expect(JSON.parse(noEventsJson(href))._links).toEqual({ self: { href }, next: { href } });
    expect(noEventsXml(href)).toBe(
      `<?xml version="1.0" encoding="utf-8"?><events href="/e?ack=1&amp;a=&quot;&gt;&lt;x y='" ` +
        `xmlns="http://schemas.microsoft.com/rtc/2012/03/ucwa">` +
        `<link rel="next" href="/e?ack=1&amp;a=&quot;&gt;&lt;x y='"/></events>`,
    );
  });
});
