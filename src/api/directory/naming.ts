// Who of a sync gets which names, and who cannot: two people are never merged (S-10, S-55).

import { normaliseName } from "../../core/credentials/names.ts";
import { type NamingOrder, namingOrder } from "../../core/directory/naming-order.ts";
import type { DirectoryPerson } from "../../core/directory/plan.ts";
import { openDatabase } from "../../store/database.ts";
import { type OwnedName, ownersOf, usersByIds } from "../../store/directory-links.ts";
import { findSource } from "../../store/directory-sources.ts";
import type { Call } from "../call.ts";
import { conflict, type End, type Item, know } from "./item.ts";
import { refuseSids } from "./sids.ts";

/** Somebody who is to get names. */
type Wisher = Item & { readonly person: DirectoryPerson };

/**
 * Plans the names of everybody who is new or renamed. Who cannot get them is a conflict then. Changes nothing in D1.
 */
export async function planNaming(call: Call, items: readonly Item[], source: string): Promise<NamingOrder> {
  const wishers = items.filter(isWisher);
  const db = openDatabase(call.env.DB);
  const found = await ownersOf(
    db,
    wishers.flatMap(({ person }) => keysOf(person)),
  );
  const owners = new Map(found.map((owned) => [owned.name, owned]));
  await adopt(call, wishers, owners, source);
  await refuseSids(db, items);
  const wishes = wishers.filter(
    ({ fault, known, steps }) => fault === undefined && (known === undefined || steps?.rename),
  );
  const order = namingOrder(
    wishes.map(({ row, known, person }) => ({ id: row, userId: known?.user.id, keys: keysOf(person) })),
    new Map(found.map(({ name, userId, kind }) => [name, { userId, alias: kind === "alias" }])),
  );
  for (const { id, key } of order.clashes) {
    const item = items.find(({ row }) => row === id);
    if (item !== undefined) item.fault = taken(key, owners.get(key));
  }
  return order;
}

function isWisher(item: Item): item is Wisher {
  if (item.person === undefined || item.fault !== undefined) return false;
  return item.known === undefined ? item.state === "in" : item.steps?.rename === true;
}

/** The keys of a person's names, each once: those of the SIP address and of the account first. */
function keysOf({ sipUri, upn, domain, account }: DirectoryPerson): string[] {
  const keys = [sipUri, `${domain}\\${account}`, upn ?? sipUri].map((text) => {
    const key = normaliseName(text);
    if (!key.ok) throw new Error("a name that was read before");
    return key.value;
  });
  return [...new Set(keys)];
}

/**
 * Links people to users who were made by hand, where an administrator has allowed it. It takes the SIP address and the
 * account of one user. Otherwise such a person is a conflict.
 */
async function adopt(
  call: Call,
  wishers: readonly Wisher[],
  owners: ReadonlyMap<string, OwnedName>,
  source: string,
): Promise<void> {
  const pairs = wishers.flatMap((item) => {
    if (item.known !== undefined) return [];
    const [sip = "", account = ""] = keysOf(item.person);
    const [byAddress, byAccount] = [owners.get(sip), owners.get(account)];
    const isOne = byAddress?.userId === byAccount?.userId && byAddress?.kind === "sip" && byAccount?.kind === "account";
    return byAddress !== undefined && isOne && byAddress.key === null ? [{ item, owner: byAddress }] : [];
  });
  if (pairs.length === 0) return;
  const db = openDatabase(call.env.DB);
  const now = Date.now();
  const isOpen = ((await findSource(db, source))?.adoptUntil ?? 0) > now;
  const users = isOpen
    ? await usersByIds(
        db,
        pairs.map(({ owner }) => owner.userId),
      )
    : [];
  for (const { item, owner } of pairs) {
    const user = users.find(({ id }) => id === owner.userId);
    const isAgain = pairs.some((other) => other.item.adopted && other.owner.userId === owner.userId);
    if (user === undefined || isAgain) {
      item.fault = conflict(
        "made-by-hand",
        `${owner.sipUri} (${owner.userId}) was made by hand and has this SIP address and account. An administrator can let the directory take such users over.`,
      );
      continue;
    }
    item.adopted = true;
    const held = user.disabledAt !== null;
    know(item, {
      user,
      link: { userId: user.id, key: item.key, state: "in", since: now, held, told: true, kept: false },
    });
  }
}

/** Why somebody does not get a name. */
function taken(name: string, owner: OwnedName | undefined): End {
  if (owner === undefined)
    return conflict("name-taken", `Another person of the directory has the name ${name} as well.`);
  const { sipUri, userId, key, state } = owner;
  const whose = `${name} is a name of ${sipUri} (${userId})`;
  if (key === null) return conflict("name-taken", `${whose}, who was made by hand.`);
  return state === "in" || state === null
    ? conflict("name-taken", `${whose}, who is another person of the directory (${key}).`)
    : conflict(
        "name-taken",
        `${whose}, whom the directory does not let in any more (${key}: ${state}). Delete that user if the name is to change hands.`,
      );
}
