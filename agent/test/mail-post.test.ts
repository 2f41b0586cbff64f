// The post, with a relay and a gateway in memory, and an agent that ends at any step: nothing is lost, and what the
// relay confirmed is never sent again.

import { appendFileSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { openJournal } from "../src/mail/journal.ts";
import type { Notice } from "../src/mail/notice.ts";
import { type Ending, type Post, round } from "../src/mail/post.ts";
import type { Relay, Sent } from "../src/mail/relay.ts";
import { mailSchema } from "../src/mail/settings.ts";
import { readTexts } from "../src/mail/texts.ts";

const read = readTexts(undefined, "en");
if ("faults" in read) throw new Error(read.faults.join("\n"));
const { texts } = read;
const settings = v.parse(mailSchema, {
  ...{ relay: { host: "localhost" }, from: { address: "postern@contoso.test" }, organisation: "Contoso" },
});

const noticeOf = (id: string, kind = "test"): Notice => ({
  ...{ id, kind, to: `${id}@contoso.test`, name: null, language: null },
  ...{ facts: { at: "2026-11-27T12:00:00Z" }, createdAt: "2026-11-27T12:00:00Z" },
});

/** The gateway: what waits, and what it was told. A lease is taken as run out when `take` is called again. */
class Gateway {
  readonly waiting: Map<string, Notice>;
  readonly ended: Ending[] = [];
  down = false;
  constructor(...ids: string[]) {
    this.waiting = new Map(ids.map((id) => [id, noticeOf(id)]));
  }
  take = async (max: number) => {
    if (this.down) throw new Error("down");
    return [...this.waiting.values()].slice(0, max);
  };
  end = async (endings: readonly Ending[]) => {
    if (this.down) throw new Error("down");
    for (const ending of endings) {
      this.ended.push(ending);
      if (ending.end !== "later") this.waiting.delete(ending.id);
    }
  };
}

/** A relay that keeps what it took, and answers as it is told. */
class MemoryRelay implements Relay {
  readonly took: string[] = [];
  answer: (to: string) => Sent | "after-text" = () => ({ end: "accepted" });
  send: Relay["send"] = async ({ to }, onText) => {
    const answer = this.answer(to);
    if (answer === "after-text") {
      onText();
      this.took.push(to);
      return { end: "unknown", detail: "lost" };
    }
    if (answer.end === "accepted") {
      onText();
      this.took.push(to);
    }
    return answer;
  };
  check = async () => undefined;
  close = () => undefined;
}

/** The agent, with its state in a folder. `end()`: it is killed, and another one starts with the same folder. */
function agentIn(folder: string, gateway: Gateway, relay: Relay) {
  const said: string[] = [];
  const post: Post = {
    ...{ gateway, relay, texts, settings, journal: openJournal(folder) },
    ended: ({ id }, end) => void said.push(`${id} ${end}`),
  };
  return { post, said, turn: (now?: () => number) => round(post, now) };
}
const newFolder = () => mkdtempSync(join(tmpdir(), "postern-post-"));

describe("the post", () => {
  it("S-57: sends what waits, once, and tells the gateway", async () => {
    const [gateway, relay] = [new Gateway("a", "b"), new MemoryRelay()];
    const agent = agentIn(newFolder(), gateway, relay);
    expect(await agent.turn()).toEqual({ taken: 2 });
    expect(await agent.turn()).toEqual({ taken: 0 });
    expect(relay.took).toEqual(["a@contoso.test", "b@contoso.test"]);
    expect(gateway.ended).toEqual([
      { id: "a", end: "sent" },
      { id: "b", end: "sent" },
    ]);
  });

  it("S-57: the gateway goes away after the relay took it: it is told later, by the next agent too, and never sent again", async () => {
    const [gateway, relay, folder] = [new Gateway("a"), new MemoryRelay(), newFolder()];
    relay.answer = () => {
      gateway.down = true;
      return { end: "accepted" };
    };
    await expect(agentIn(folder, gateway, relay).turn()).rejects.toThrow("down");
    await expect(agentIn(folder, gateway, relay).turn()).rejects.toThrow("down");
    gateway.down = false;
    await agentIn(folder, gateway, relay).turn();
    expect(relay.took).toEqual(["a@contoso.test"]);
    expect(gateway.ended).toEqual([{ id: "a", end: "sent" }]);
    expect(readFileSync(join(folder, "mail-journal"), "utf8")).toBe("");
  });

  it("S-57: when nobody knows whether the relay took it, it is sent once more, with the same Message-ID", async () => {
    const [gateway, relay, folder] = [new Gateway("a"), new MemoryRelay(), newFolder()];
    relay.answer = () => "after-text";
    await agentIn(folder, gateway, relay).turn();
    expect(gateway.ended).toEqual([{ id: "a", end: "later", detail: "lost" }]);
    expect([...openJournal(folder).unknown]).toEqual(["a"]);
    relay.answer = () => ({ end: "accepted" });
    await agentIn(folder, gateway, relay).turn();
    expect(relay.took).toHaveLength(2);
    expect(gateway.ended.at(-1)).toEqual({ id: "a", end: "sent" });
    expect([...openJournal(folder).unknown]).toEqual([]);
  });

  it("S-57: refused for good is undeliverable, for a time is later, and each only for itself", async () => {
    const [gateway, relay] = [new Gateway("a", "b", "c"), new MemoryRelay()];
    const answers: Record<string, Sent> = {
      "a@contoso.test": { end: "refused", detail: "550 5.1.1 no such mailbox" },
      "b@contoso.test": { end: "later", detail: "451 later" },
    };
    relay.answer = (to) => answers[to] ?? { end: "accepted" };
    await agentIn(newFolder(), gateway, relay).turn();
    expect(gateway.ended).toEqual([
      { id: "a", end: "undeliverable", detail: "550 5.1.1 no such mailbox" },
      { id: "b", end: "later", detail: "451 later" },
      { id: "c", end: "sent" },
    ]);
  });

  it("a relay that is away is asked once in a round, and everything is for later", async () => {
    const [gateway, relay] = [new Gateway("a", "b"), new MemoryRelay()];
    let asked = 0;
    relay.answer = () => {
      asked++;
      return { end: "away", detail: "ECONNREFUSED" };
    };
    const agent = agentIn(newFolder(), gateway, relay);
    expect(await agent.turn()).toEqual({ taken: 2, away: "ECONNREFUSED" });
    expect(asked).toBe(1);
    expect(gateway.ended.map(({ end }) => end)).toEqual(["later", "later"]);
  });

  it("S-57: what was not begun within a minute is left to the next who asks", async () => {
    const [gateway, relay] = [new Gateway("a", "b"), new MemoryRelay()];
    let clock = 0;
    await agentIn(newFolder(), gateway, relay).turn(() => {
      clock += 40_000;
      return clock;
    });
    expect(relay.took).toEqual(["a@contoso.test"]);
    expect(gateway.ended).toEqual([{ id: "a", end: "sent" }]);
  });

  it("says of a kind that it does not know that it is too old, and of what is no address, that it is none", async () => {
    const [gateway, relay] = [new Gateway("a", "b"), new MemoryRelay()];
    gateway.waiting.set("a", noticeOf("a", "of-a-later-release"));
    gateway.waiting.set("b", { ...noticeOf("b"), to: "nobody" });
    await agentIn(newFolder(), gateway, relay).turn();
    expect(gateway.ended.map(({ end, detail }) => `${end}: ${detail}`)).toEqual([
      'undeliverable: this agent has no text "of-a-later-release": use the agent of the gateway\'s release',
      "undeliverable: this is not a mail address",
    ]);
    expect(relay.took).toEqual([]);
  });

  it("sends nothing when the journal cannot be written", async () => {
    const [gateway, relay] = [new Gateway("a"), new MemoryRelay()];
    const agent = agentIn(newFolder(), gateway, relay);
    agent.post.journal.close();
    await expect(agent.turn()).rejects.toThrow();
    expect(relay.took).toEqual([]);
  });
});

describe("the journal", () => {
  it("reads what was whole when the agent ended", () => {
    const folder = newFolder();
    openJournal(folder);
    appendFileSync(
      join(folder, "mail-journal"),
      "about a\nabout b%2Fc\naccepted b%2Fc\nabout d\nrefused d\nabout e\naccep",
    );
    const journal = openJournal(folder);
    expect([...journal.accepted]).toEqual(["b/c"]);
    expect([...journal.unknown]).toEqual(["a", "e"]);
    expect(readFileSync(join(folder, "mail-journal"), "utf8")).toBe("about a\nabout e\naccepted b%2Fc\n");
  });
});
