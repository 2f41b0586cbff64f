// In step with a real directory: an administrator of the domain makes each change with samba-tool or ldapmodify, and
// Postern has it. The agent looks every ten seconds here, and every minute in an organisation, so what the issue
// promises for two minutes has to be true within one.

import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { path } from "../../../src/core/text/api-address.ts";
import { signIn } from "../../conformance/support/ntlm.ts";
import { Events, openDevice, startPolls } from "../../conformance/support/polls.ts";
import { tokenRequest } from "../../conformance/support/tickets.ts";
import { refusalOf } from "./gateway.ts";
import { type Entry, GROUPS, KNOWN, LEAVERS, PEOPLE, plain, TEAM } from "./people.ts";
import { added, dnOf, groupDn, modified, placeDn, removed, renamed } from "./population.ts";
import { describeAgent } from "./requirements.ts";
import { startWorld, type World } from "./world.ts";

/** Enough that a handful of leavers is no reason to brake. */
const PEOPLE_COUNT = 240;
/** An agent of ten seconds in place of one of sixty. */
const WITHIN_MS = 70_000;
/** A directory, a gateway and a first sync: a minute, and several on a machine that is busy. */
const BEGINNING_MS = 900_000;
const PATIENCE = { timeout: WITHIN_MS, interval: 250 };
const WHY = { why: "a test" };

describeAgent("in step with a real directory", () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ people: PEOPLE_COUNT, contacts: 0 }, { known: Object.values(KNOWN) });
    await world.agent.start();
    await world.inStep();
  }, BEGINNING_MS);
  afterAll(() => world?.stop());

  /** Somebody's attribute gets these values and no others. */
  const change = (entry: Entry, attributes: Readonly<Record<string, string>>): Promise<void> =>
    world.controller.modify(modified(dnOf(entry, entry.place), attributes));
  /** Does this to somebody, and waits until Postern has the person like that. */
  const becomes = async (who: Entry, act: () => Promise<void>, like: Readonly<Record<string, unknown>>) => {
    const key = await world.keyOf(who.account);
    const before = await world.gateway.byKey(key);
    await act();
    const ms = await world.seen(key, (person) => expect(person).toMatchObject(like));
    expect(ms).toBeLessThan(WITHIN_MS);
    expect((await world.gateway.byKey(key))?.userId).toBe(before?.userId);
  };

  it.concurrent("S-55: knows everybody's SID before the first ticket", async () => {
    const sid = await world.controller.valueOf("carol", "objectSid");
    expect(await world.gateway.byKey(await world.keyOf("carol"))).toMatchObject({ sid, state: "in", disabled: false });
  });

  it.concurrent("S-55: another name, mail and mobile number are the same person's", () =>
    becomes(
      KNOWN.carol,
      () =>
        change(KNOWN.carol, {
          displayName: "Çarol O’Hara, née Weiß",
          mail: "c.ohara@contoso.test",
          mobile: "+1 555 0100",
        }),
      { displayName: "Çarol O’Hara, née Weiß", mail: "c.ohara@contoso.test", mobile: "+1 555 0100" },
    ));

  it.concurrent("S-55: somebody who marries has another address, UPN, account and distinguished name, and is the same person", () => {
    const who = plain(1);
    return becomes(
      who,
      async () => {
        await change(who, {
          sAMAccountName: "p.weiß",
          userPrincipalName: "p.weiss@contoso.test",
          "msRTCSIP-PrimaryUserAddress": "sip:p.weiss@contoso.test",
        });
        await world.controller.modify(renamed(dnOf(who, who.place), "P. Weiß, Dr.", placeDn(LEAVERS)));
      },
      { sipUri: "sip:p.weiss@contoso.test", upn: "p.weiss@contoso.test", account: "CONTOSO\\p.weiß", state: "in" },
    );
  });

  it.concurrent("S-55: somebody who is moved, and a team whose whole unit is moved, stay as they are", async () => {
    await world.controller.sambaTool("user", "move", "p0002", placeDn(LEAVERS));
    await world.controller.modify(renamed(placeDn(TEAM), "Team", placeDn(LEAVERS)));
    await world.inStep();
    const linked = await world.gateway.linked();
    for (const account of ["p0002", "tina", "tom", "ted"]) {
      expect(linked.get(account)).toMatchObject({ state: "in", disabled: false });
    }
    expect(linked.get("tina")?.groups.toSorted()).toEqual(["Loop-A", "Loop-B"]);
    await world.controller.modify(renamed(`OU=Team,${placeDn(LEAVERS)}`, "Team", placeDn(PEOPLE)));
  });

  it.concurrent("S-55: somebody who is disabled is out, and comes back", async () => {
    await becomes(plain(3), () => world.controller.sambaTool("user", "disable", "p0003"), {
      state: "disabled",
      disabled: true,
    });
    await becomes(plain(3), () => world.controller.sambaTool("user", "enable", "p0003"), {
      state: "in",
      disabled: false,
    });
  });

  it.concurrent("S-55: an account expires by the clock, though nothing changes in the directory at that time", () => {
    const soon = (BigInt(Date.now() + 5_000) + FILETIME_EPOCH_MS) * 10_000n;
    return becomes(plain(4), () => change(plain(4), { accountExpires: String(soon) }), {
      state: "expired",
      disabled: true,
    });
  });

  it.concurrent("S-55: somebody who is deleted is out, with devices and audit kept", () =>
    becomes(plain(5), () => world.controller.sambaTool("user", "delete", "p0005"), {
      state: "deleted",
      disabled: true,
    }));

  it.concurrent("S-55: somebody whom Lync does not know any more is out", () =>
    becomes(plain(6), () => change(plain(6), { "msRTCSIP-UserEnabled": "FALSE" }), { state: "out", disabled: true }));

  it.concurrent("S-55: the words of groups come and go, of the groups around a group too, and a loop ends", async () => {
    const all = ["Köln,-Süd-&-O'Hare", "Lync-Mobile", "Lync-Mobile-Europe"];
    const { inner, middle, outer } = GROUPS;
    const words = async (account: string) => (await world.gateway.linked()).get(account)?.groups.toSorted();
    expect(await words("carol")).toEqual(all);
    expect(await words("tom")).toEqual(["Loop-A", "Loop-B"]);
    const { carol } = KNOWN;
    const dn = dnOf(carol, carol.place);
    const out = async (): Promise<void> => {
      await world.controller.modify(removed(groupDn(inner.name), "member", dn));
      await world.controller.sambaTool("group", "addmembers", outer.name, "carol");
    };
    await becomes(carol, out, { groups: ["Lync-Mobile"] });
    const apart = async (): Promise<void> => {
      await world.controller.modify(added(groupDn(inner.name), "member", dn));
      await world.controller.modify(removed(groupDn(outer.name), "member", groupDn(middle.name)));
      await world.controller.sambaTool("group", "removemembers", outer.name, "carol");
    };
    await becomes(carol, apart, { groups: all.filter((word) => word !== "Lync-Mobile") });
  });

  it("S-55: whoever was made by hand is not touched, and reported, until an administrator lets the directory adopt them", async () => {
    const { api } = world.gateway;
    const source = await world.gateway.source();
    const madeByHand = source?.problems.filter(({ code }) => code === "made-by-hand").map(({ key }) => key);
    const [alice, bob] = [await world.keyOf("alice"), await world.keyOf("bob")];
    expect(madeByHand?.toSorted()).toEqual([alice, bob].toSorted());
    expect(await world.gateway.byKey(alice)).toBeUndefined();
    await api.post("/v1/directory/ad/adoption", { minutes: 10, ...WHY });
    expect((await world.agent.command("sync", "--full")).code).toBe(0);
    expect(await world.gateway.byKey(alice)).toMatchObject({ state: "in", displayName: "Alice Ångström" });
    expect(await world.gateway.byKey(bob)).toMatchObject({ state: "in" });
  });

  it("S-55: what the directory says of somebody cannot be changed by hand", async () => {
    const change = world.gateway.api.ask("PATCH", path`/v1/users/${"carol@contoso.test"}`, {
      displayName: "x",
      ...WHY,
    });
    expect(await refusalOf(change)).toBe("synced-field");
  });

  it("S-55: the open poll of somebody who is disabled in the directory ends, and nothing more is delivered", async ({
    annotate,
  }) => {
    const { gateway, controller } = world;
    const person = await gateway.personOf(KNOWN.ted);
    const events = new Events(gateway);
    const device = await openDevice(gateway, person, {
      endpointId: "7f3a2b1c-0000-4000-8000-0000000000ed",
      source: "192.0.2.77",
      applications: [],
    });
    const polls = startPolls(gateway, device);
    try {
      const first = await events.fire(person);
      await vi.waitFor(() => expect(polls[0]?.deliveries.map(({ n }) => n)).toContain(first), PATIENCE);
      const begun = Date.now();
      await controller.sambaTool("user", "disable", "ted");
      // The Front-End has something to say all the time, and the poll is refused instead of hearing it.
      await vi.waitFor(async () => {
        await events.fire(person);
        expect(polls[0]?.refusals.length).toBeGreaterThan(0);
      }, PATIENCE);
      await annotate(`the poll ended ${((Date.now() - begun) / 1_000).toFixed(1)} s after the account was disabled`);
      const heard = polls[0]?.deliveries.length;
      await events.fire(person);
      expect((await signIn(gateway, tokenRequest("saml", person.sipUri), person)).status).toBe(401);
      expect(polls[0]?.deliveries.length).toBe(heard);
    } finally {
      await Promise.all(polls.map((poll) => poll.stop()));
    }
  });

  it("S-55: the brake holds twenty-one leavers, lets everything else go on, and is released by hand", async () => {
    const many = Array.from({ length: 21 }, (_, index) => plain(101 + index));
    const accounts = many.map(({ account }) => account);
    await world.controller.modify(
      many.map((who) => modified(dnOf(who, who.place), { userAccountControl: "546" })).join(""),
    );
    await vi.waitFor(async () => expect((await world.gateway.source())?.brake).toMatchObject({ wanted: 21 }), PATIENCE);
    await becomes(plain(7), () => change(plain(7), { mail: "seven@contoso.test" }), { mail: "seven@contoso.test" });
    const states = async () => {
      const linked = await world.gateway.linked();
      return new Set(accounts.map((account) => linked.get(account)?.state));
    };
    expect(await states()).toEqual(new Set(["in"]));
    const confirmed = await world.agent.command("sync", "--confirm");
    expect(confirmed).toMatchObject({ code: 0 });
    expect(await states()).toEqual(new Set(["disabled"]));
    await vi.waitFor(async () => expect((await world.gateway.source())?.brake).toBeNull(), PATIENCE);
  });

  it.each(["ended", "frozen"] as const)(
    "S-55: nobody is disabled because the only controller is %s, and the sync goes on when it is back",
    async (how) => {
      const { controller, agent, gateway } = world;
      const before = await gateway.linked();
      await controller.stop(how);
      await vi.waitFor(async () => expect((await fetch(`${agent.observeUrl}/ready`)).status).toBe(503), PATIENCE);
      const during = await gateway.linked();
      expect([...during.values()].map(({ key, state }) => [key, state])).toEqual(
        [...before.values()].map(({ key, state }) => [key, state]),
      );
      await controller.start();
      const mail = `back-${how}@contoso.test`;
      await becomes(plain(8), () => change(plain(8), { mail }), { mail });
    },
  );
});

/** A FILETIME counts from 1601 on: this many milliseconds before 1970. */
const FILETIME_EPOCH_MS = 11_644_473_600_000n;
