// Which tokens a pool takes and which it refuses: of the next key, for another spelling of its name, a second time, without
// having been asked for, and for accounts in other states.

import { textOf } from "../doctor/wire.ts";
import { signable } from "./at-hand.ts";
import { after } from "./pool.ts";
import { answered, isAccepted, open, type PoolQuestion, type Probe, statusOf, type TokenChanges } from "./question.ts";
import { diagnosticsOf } from "./questions-way.ts";
import { wifNumber } from "./wif.ts";

/** Nobody has this account: domains count from 1000 on, and have not come so far. */
const NOBODYS_RID = 1_073_741_822;

/** What the pool makes of a token. */
async function triedWith({ visit, token, found }: Probe, changes: TokenChanges, wctx = found.wctx ?? "") {
  const made = await token(changes);
  if (!made.ok) return undefined;
  const answer = await visit.bring(made.value.wresult, wctx, found.begun);
  const number = answer.kind === "heard" ? wifNumber(textOf(answer)) : undefined;
  const said = `${statusOf(answer)}${number === undefined ? "" : `, ${number}`}${diagnosticsOf(answer)}`;
  return { taken: isAccepted(answer), said, wresult: made.value.wresult, session: after(found.begun ?? [], answer) };
}

const CANNOT = open("no such token can be made", "See npx postern sts metadata for the keys.");

export const exactRealm: PoolQuestion = {
  ...{ id: "exact-realm", of: 2, needs: ["trust"] },
  asks: "Do the slash at the end and the case of the identifier count?",
  sends: "a token for the identifier with (or without) a slash at its end, and one with the other case of its path",
  async ask(probe) {
    const { realm } = probe;
    const slash = await triedWith(probe, { audience: realm.endsWith("/") ? realm.slice(0, -1) : `${realm}/` });
    const cased = await triedWith(probe, { audience: otherCase(realm) });
    if (slash === undefined || cased === undefined) return CANNOT;
    const says = (taken: boolean): string => (taken ? "does not count" : "counts");
    return answered(`The slash ${says(slash.taken)} (${slash.said}), the case ${says(cased.taken)} (${cased.said}).`);
  },
};

/** With the other case behind the host, where .NET tells it apart. */
const otherCase = (realm: string): string => {
  const [, start = "", rest = ""] = /^((?:https?:\/\/[^/]*|urn:))(.*)$/i.exec(realm) ?? [];
  return start + (rest === rest.toLowerCase() ? rest.toUpperCase() : rest.toLowerCase());
};

export const twoKeys: PoolQuestion = {
  ...{ id: "two-keys", of: 1, needs: ["trust"] },
  asks: "Does it take both keys of the metadata at once?",
  sends: "a token of the second key",
  async ask(probe) {
    const [, second] = probe.keys;
    if (second === undefined) {
      return open(
        "the file has one key",
        "Put a second one behind the first in STS_KEYS and in the file, let the pool read the metadata, and ask again.",
      );
    }
    const tried = await triedWith(probe, { key: second });
    if (tried === undefined) return CANNOT;
    return answered(
      tried.taken
        ? `Yes: it takes tokens of ${second.thumbprint}, too (${tried.said}). A change of keys needs no pause.`
        : `Not now: it refuses a token of ${second.thumbprint} (${tried.said}). Let it read the metadata again, and ask again: if it stays so, a change of keys needs a pause. Ask each hour (--only two-keys) to see when it reads them by itself.`,
    );
  },
};

export const replay: PoolQuestion = {
  ...{ id: "replay", of: 5, needs: ["trust"] },
  asks: "Does it notice a token that it had before?",
  sends: "one token twice",
  async ask(probe) {
    const first = await triedWith(probe, {});
    if (first?.taken !== true) return open("the first token was not taken", "Run it again.");
    const again = await probe.visit.bring(first.wresult, probe.found.wctx ?? "", probe.found.begun);
    return answered(
      isAccepted(again)
        ? "No, so only Postern lets a token through once. Nobody may reach /PassiveAuth but through Postern."
        : `Yes: the second is refused (${statusOf(again)}).`,
    );
  },
};

export const unsolicited: PoolQuestion = {
  ...{ id: "unsolicited", of: 5, needs: ["trust"] },
  asks: "Does it take a token that it did not ask for?",
  sends: "a token without wctx and without the cookies of its redirect",
  async ask({ visit, token }) {
    const made = await token();
    if (!made.ok) return CANNOT;
    const answer = await visit.bring(made.value.wresult, "");
    return answered(
      isAccepted(answer)
        ? `Yes (${statusOf(answer)}). Postern's sign-on could do without the first of its requests.`
        : `No (${statusOf(answer)}). Postern's sign-on needs its first request.`,
    );
  },
};

export const unknownAccount: PoolQuestion = {
  ...{ id: "unknown-account", of: 6, needs: ["trust"] },
  asks: "What does it say of an account that it does not know?",
  sends: "a token for a SID of the domain that nobody has, and the grant with what comes of it",
  ask: (probe) => stateOf(probe, `${domainOf(probe.account.sid)}-${NOBODYS_RID}`),
};

export const accounts: PoolQuestion = {
  ...{ id: "accounts", of: 6, needs: ["trust"] },
  asks: "What does it say of disabled, locked, linked and renamed accounts?",
  sends: "a token for each account of --account, and the grant with what comes of it",
  async ask(probe) {
    if (probe.accounts.length === 0) {
      return open(
        "no such account was given",
        "Make one in each state and give its SID: --account disabled=S-1-5-21-… --account locked=… --account linked=…",
      );
    }
    const said: string[] = [];
    for (const { label, sid } of probe.accounts) {
      const outcome = await stateOf(probe, sid);
      said.push(`${label}: ${outcome.said}`);
    }
    return answered(said.join(" "));
  },
};

async function stateOf(probe: Probe, sid: string) {
  const tried = await triedWith(probe, { sid: signable(sid, undefined) });
  if (tried === undefined) return CANNOT;
  if (!tried.taken) return answered(`The token is refused (${tried.said}).`);
  const ticket = await probe.visit.grant(tried.session);
  const outcome = ticket.kind === "heard" && ticket.status === 200 ? "and a ticket is given" : "and no ticket is given";
  return answered(`The token is taken (${tried.said}), ${outcome} (${statusOf(ticket)}${diagnosticsOf(ticket)}).`);
}

const domainOf = (sid: string): string => sid.slice(0, sid.lastIndexOf("-"));
