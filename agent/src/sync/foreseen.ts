// What a dry run cannot ask the gateway: two people who are new and share a name or a SID, in two of its requests. The
// gateway judges each request by what it has already, and a dry run adds nobody. Pure.

import type { Outcome } from "./gateway.ts";
import type { Person } from "./person.ts";
import type { Change } from "./plan.ts";
import { folded } from "./same.ts";

/** The outcomes of a dry run as they would be: of several who share a name, only the first in `order` is taken. */
export function foreseen(outcomes: readonly Outcome[], order: readonly Change[]): Outcome[] {
  const places = new Map(order.map((change, at) => [change, at]));
  const placeOf = ({ change }: Outcome): number => places.get(change) ?? order.length;
  const owners = new Map<string, string>();
  return outcomes
    .toSorted((a, b) => placeOf(a) - placeOf(b))
    .map((outcome) => {
      const { change, status } = outcome;
      const { person } = change.row;
      if (status !== "created" || person === undefined) return outcome;
      const claims = claimsOf(person);
      const taken = claims.find(({ key }) => owners.has(key));
      if (taken === undefined) {
        for (const { key } of claims) owners.set(key, change.name);
        return outcome;
      }
      const message = `${taken.said} also belongs to ${owners.get(taken.key)}, who is new too and comes first.`;
      return { change, status: "conflict", code: taken.code, message };
    });
}

type Claim = { readonly key: string; readonly code: "name-taken" | "sid-taken"; readonly said: string };

function claimsOf({ sipUri, account, upn, sid }: Person): Claim[] {
  const spelt = new Map([sipUri, account, upn ?? sipUri].map((said) => [folded(said), said]));
  return [
    ...[...spelt].map(([key, said]): Claim => ({ key, code: "name-taken", said })),
    ...(sid === null ? [] : [{ key: sid, code: "sid-taken", said: `The SID ${sid}` } as const]),
  ];
}
