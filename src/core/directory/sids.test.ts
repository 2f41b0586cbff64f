// Two people never get one SID, and a SID that is given up can go to somebody else.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SidClaim, type SidOwner, sidClashes } from "./sids.ts";

const claim = (id: number, sid: string | null, userId?: string): SidClaim => ({ id, sid, userId });
const owner = (userId: string, sid: string): SidOwner => ({ userId, sid });

describe("S-10 S-55: a SID", () => {
  it.each([
    ["nobody has it", [claim(0, "a")], [], []],
    ["its owner keeps it", [claim(0, "a")], [owner("u1", "a")], [0]],
    ["its owner gets another", [claim(0, "a"), claim(1, "b", "u1")], [owner("u1", "a")], []],
    ["its owner is to have none", [claim(0, "a"), claim(1, null, "u1")], [owner("u1", "a")], []],
    ["two who are new claim it", [claim(0, "a"), claim(1, "a")], [], [0, 1]],
    ["three claim it, and one is known", [claim(0, "a"), claim(1, "a", "u1"), claim(2, "a")], [], [0, 1, 2]],
    ["two swap", [claim(0, "b", "u1"), claim(1, "a", "u2")], [owner("u1", "a"), owner("u2", "b")], []],
    ["its owner cannot give it up", [claim(0, "a"), claim(1, "b", "u1")], [owner("u1", "a"), owner("u2", "b")], [0, 1]],
  ])("when %s", (_, claims, owners, refused) => {
    expect([...sidClashes(claims, owners)].sort()).toEqual(refused);
  });

  it("belongs to one person at the end, whatever is claimed", () => {
    const sid = fc.constantFrom(..."abcd");
    const user = fc.constantFrom("u1", "u2", "u3", undefined);
    fc.assert(
      fc.property(fc.array(fc.tuple(user, fc.option(sid)), { maxLength: 8 }), fc.uniqueArray(sid), (said, taken) => {
        const owners = taken.map((each, at) => owner(`u${at + 1}`, each));
        const known = new Set<string>();
        const once = said.filter(([userId]) => userId === undefined || (!known.has(userId) && known.add(userId)));
        const claims = once.map(([userId, each], id) => claim(id, each, userId));
        const refused = sidClashes(claims, owners);
        const has = new Map(owners.map(({ userId, sid: each }) => [userId, each]));
        for (const { id, userId, sid: each } of claims) {
          if (refused.has(id)) continue;
          if (each === null) has.delete(userId ?? `new ${id}`);
          else has.set(userId ?? `new ${id}`, each);
        }
        const all = [...has.values()];
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });
});
