// In which order many people get their names, so that each name is free when its new owner takes it. Pure. People may
// pass a name on: one takes the name that another gives up, and two may even swap. Where names go round in a circle,
// one person is parked: that person gets names that nobody else can have, and at the end the right ones.

/** A user who has a name now. `alias`: an administrator gave it, so no rename gives it up. */
export type NameOwner = { readonly userId: string; readonly alias: boolean };

/** Somebody who is to get names. */
export type NamingWish = {
  /** Who this is among the wishes, such as the number of the row. */
  readonly id: number;
  /** The user who is renamed. Undefined: somebody who is added. */
  readonly userId: string | undefined;
  /** The keys of all names that the person is to have, aliases left out. */
  readonly keys: readonly string[];
};

/** One thing to do. What stands in one step may be done side by side. */
export type NamingStep = { readonly kind: "take" | "park"; readonly id: number };

/** `id` cannot be done: somebody else has `key`, and keeps it. */
export type NamingClash = { readonly id: number; readonly key: string };

/** The steps one after another, and who gets nothing. */
export type NamingOrder = {
  readonly steps: readonly (readonly NamingStep[])[];
  readonly clashes: readonly NamingClash[];
};

/**
 * Plans who gets names when. `owners`: who has each of the wanted keys now. Whom a directory has linked to a user comes
 * before who is added; among each, the first of two who want one name gets it.
 */
export function namingOrder(wishes: readonly NamingWish[], owners: ReadonlyMap<string, NameOwner>): NamingOrder {
  const now = new Map(owners);
  const clashes: NamingClash[] = [];
  let waiting: NamingWish[] = [];
  const wanted = new Set<string>();
  for (const wish of wishes.toSorted((a, b) => Number(a.userId === undefined) - Number(b.userId === undefined))) {
    const key = wish.keys.find((each) => wanted.has(each));
    if (key !== undefined) {
      clashes.push({ id: wish.id, key });
      continue;
    }
    for (const each of wish.keys) wanted.add(each);
    waiting.push(wish);
  }

  const blocked = (wish: NamingWish): string | undefined =>
    wish.keys.find((key) => {
      const owner = now.get(key);
      return owner !== undefined && owner.userId !== wish.userId;
    });
  const giveUp = ({ userId }: NamingWish, keeps: readonly string[]): void => {
    if (userId === undefined) return;
    for (const [key, owner] of now) {
      if (owner.userId === userId && !owner.alias && !keeps.includes(key)) now.delete(key);
    }
  };
  const steps: NamingStep[][] = [];
  while (waiting.length > 0) {
    const ready = waiting.filter((wish) => blocked(wish) === undefined);
    if (ready.length > 0) {
      steps.push(ready.map(({ id }) => ({ kind: "take", id })));
      for (const wish of ready) giveUp(wish, wish.keys);
      waiting = waiting.filter((wish) => !ready.includes(wish));
      continue;
    }
    // Everybody waits for somebody. Who waits for a name that its owner keeps waits in vain.
    const inVain = waiting.filter((wish) => giverOf(wish, waiting, now) === undefined);
    if (inVain.length > 0) {
      for (const wish of inVain) clashes.push({ id: wish.id, key: blocked(wish) ?? "" });
      waiting = waiting.filter((wish) => !inVain.includes(wish));
      continue;
    }
    const parked = inCircle(waiting, now);
    if (parked === undefined) break;
    steps.push([{ kind: "park", id: parked.id }]);
    giveUp(parked, []);
  }
  return { steps, clashes };
}

/** Who of the others has to give up a name before this one gets it. Undefined: one of the names is kept for good. */
function giverOf(
  wish: NamingWish,
  others: readonly NamingWish[],
  owners: ReadonlyMap<string, NameOwner>,
): NamingWish | undefined {
  let giver: NamingWish | undefined;
  for (const key of wish.keys) {
    const owner = owners.get(key);
    if (owner === undefined || owner.userId === wish.userId) continue;
    const other = others.find(({ userId, keys }) => userId === owner.userId && !keys.includes(key));
    if (owner.alias || other === undefined) return undefined;
    giver ??= other;
  }
  return giver;
}

/** Somebody for whom somebody waits who waits for this one. */
function inCircle(waiting: readonly NamingWish[], owners: ReadonlyMap<string, NameOwner>): NamingWish | undefined {
  const seen = new Set<NamingWish>();
  let wish = waiting[0];
  while (wish !== undefined && !seen.has(wish)) {
    seen.add(wish);
    wish = giverOf(wish, waiting, owners);
  }
  return wish;
}
