// The directory of the simulated pool: who exists, under which names, and with which directory password.
// A Front-End finds a user by what the credential carries: a UPN (Kerberos), DOMAIN\account (NTLM, forms), a SIP URI
// (tickets). Directory passwords here stand for Active Directory passwords; a gateway
// must never let one arrive from outside, so every use of one is written to the ledger.

import { createHash, randomUUID } from "node:crypto";

/** One user of the simulated pool. Names are compared without regard to case. */
export interface SimulatedUser {
  /** With scheme: `sip:alice@contoso.test`. */
  readonly sipUri: string;
  readonly upn: string;
  /** NetBIOS domain, `CONTOSO`. */
  readonly domain: string;
  /** sAMAccountName, `alice`. */
  readonly account: string;
  readonly directoryPassword: string;
  /** Windows SID, `S-1-5-21-…`. */
  readonly sid: string;
  /** False: a disabled directory account. The connector then mints nothing for it. */
  readonly enabled: boolean;
  /** False: a directory user who has no SIP address in Lync; signs on and is refused with 403 / 28000. Default true. */
  readonly sipEnabled?: boolean;
  /** Base URL of another pool the user is homed on; discovery then answers with a lone Redirect link. */
  readonly homePool?: string;
  /** False: the mobility policy forbids phones, and an application of type Phone is refused with 403. Default true. */
  readonly mobility?: boolean;
}

/** Alice and Bob of contoso.test. Their directory passwords are recognisable on purpose, so that a search finds a leak. */
export const demoUsers: readonly SimulatedUser[] = [
  demoUser("alice", 1104, "Directory-Only-Alice-31!"),
  demoUser("bob", 1105, "Directory-Only-Bob-47!"),
];

function demoUser(account: string, rid: number, directoryPassword: string): SimulatedUser {
  return {
    sipUri: `sip:${account}@contoso.test`,
    upn: `${account}@contoso.test`,
    domain: "CONTOSO",
    account,
    directoryPassword,
    sid: `S-1-5-21-1004336348-1177238915-682003330-${rid}`,
    enabled: true,
  };
}

/**
 * The RID of a newcomer follows from the UPN. A Front-End that starts again has forgotten its newcomers, and a gateway holds
 * each user's next ticket against the SID of the first one.
 */
function newcomersRid(upn: string): number {
  return FIRST_NEWCOMER_RID + (createHash("sha256").update(upn.toLowerCase()).digest().readUInt32BE() % NEWCOMER_RIDS);
}

/** Above the RIDs of {@link demoUsers}. */
const FIRST_NEWCOMER_RID = 10_000;
/** Active Directory hands out RIDs of 30 bits. */
const NEWCOMER_RIDS = 2 ** 30 - FIRST_NEWCOMER_RID;

/** Look-ups over the pool's users. Every method returns undefined for an unknown name. */
export class Directory {
  readonly #users: SimulatedUser[];
  readonly #newcomersAt: string | undefined;

  /** @param newcomersAt UPN domain in which everybody exists, from the first time the connector is asked for them */
  constructor(users: readonly SimulatedUser[], newcomersAt?: string) {
    this.#users = [...users];
    this.#newcomersAt = newcomersAt;
  }

  /** Whom the connector may sign on: a user, or a newcomer where newcomers are welcome. */
  admit(upn: string): SimulatedUser | undefined {
    const known = this.byUpn(upn);
    const [account = "", domain = ""] = upn.split("@");
    if (known !== undefined || account === "" || !same(domain, this.#newcomersAt ?? "\0")) return known;
    const newcomer = demoUser(account.toLowerCase(), newcomersRid(upn), randomUUID());
    this.#users.push(newcomer);
    return newcomer;
  }

  byUpn(upn: string): SimulatedUser | undefined {
    return this.#users.find((user) => same(user.upn, upn));
  }

  bySipUri(sipUri: string): SimulatedUser | undefined {
    return this.#users.find((user) => same(user.sipUri, sipUri));
  }

  /** Everybody an address-book search may find. */
  sipEnabled(): readonly SimulatedUser[] {
    return this.#users.filter((user) => user.enabled && user.sipEnabled !== false);
  }

  /** As an NTLM message names a user: a UPN in the user field, or account and domain, the domain possibly empty. */
  byNtlmName(name: string, domain: string): SimulatedUser | undefined {
    if (name.includes("@")) return this.byUpn(name);
    return this.#users.find((user) => same(user.account, name) && (domain === "" || same(user.domain, domain)));
  }

  /** As a form or a UsernameToken spells it: `DOMAIN\account`, a UPN, or a SIP URI with or without its scheme. */
  bySpelling(text: string): SimulatedUser | undefined {
    const backslash = text.indexOf("\\");
    if (backslash >= 0) return this.byNtlmName(text.slice(backslash + 1), text.slice(0, backslash));
    return this.byUpn(text) ?? this.bySipUri(/^sip:/i.test(text) ? text : `sip:${text}`);
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
