// The directory of the simulated pool: its users with their names and directory passwords. A Front-End finds a user by
// the name in the credential: a UPN (Kerberos), DOMAIN\account (NTLM, forms) or a SIP URI (tickets). The directory
// passwords here play the part of Active Directory passwords. A gateway must never let one in from outside, so the
// ledger records every use of one.

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
  /** False: the directory account is disabled. Then the connector makes no token for it. */
  readonly enabled: boolean;
  /** False: the user has no SIP address in Lync, can sign on, and is refused with 403 / 28000. Default true. */
  readonly sipEnabled?: boolean;
  /** The base URL of another pool, if the user is homed there. Then discovery answers only with a Redirect link. */
  readonly homePool?: string;
  /** False: the mobility policy forbids phones, and an application of type Phone is refused with 403. Default true. */
  readonly mobility?: boolean;
}

/** Alice and Bob of contoso.test. Their directory passwords are easy to recognise, so that a search finds a leak. */
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
 * The RID of a newcomer, computed from the UPN. A Front-End forgets its newcomers at a restart. But a gateway compares
 * the SID in each ticket with the SID in the user's first ticket, so it must stay the same.
 */
function newcomersRid(upn: string): number {
  return FIRST_NEWCOMER_RID + (createHash("sha256").update(upn.toLowerCase()).digest().readUInt32BE() % NEWCOMER_RIDS);
}

/** Above the RIDs of {@link demoUsers}. */
const FIRST_NEWCOMER_RID = 10_000;
/** Active Directory hands out RIDs of 30 bits. */
const NEWCOMER_RIDS = 2 ** 30 - FIRST_NEWCOMER_RID;

/** Finds the pool's users. Every method returns undefined for an unknown name. */
export class Directory {
  readonly #users: SimulatedUser[];
  readonly #newcomersAt: string | undefined;

  /** @param newcomersAt UPN domain in which everybody exists, from the first time the connector is asked for them */
  constructor(users: readonly SimulatedUser[], newcomersAt?: string) {
    this.#users = [...users];
    this.#newcomersAt = newcomersAt;
  }

  /** The user whom the connector may sign on. In the domain of newcomers, an unknown user is added. */
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

  /** Finds a user by SID, which is compared as text: Windows writes each SID in one way. */
  bySid(sid: string): SimulatedUser | undefined {
    return this.#users.find((user) => user.sid === sid);
  }

  bySipUri(sipUri: string): SimulatedUser | undefined {
    return this.#users.find((user) => same(user.sipUri, sipUri));
  }

  /** All users whom an address-book search may find. */
  sipEnabled(): readonly SimulatedUser[] {
    return this.#users.filter((user) => user.enabled && user.sipEnabled !== false);
  }

  /**
   * Finds the user of an NTLM message. It has a UPN in the user field, or account and domain. The domain may be empty.
   */
  byNtlmName(name: string, domain: string): SimulatedUser | undefined {
    if (name.includes("@")) return this.byUpn(name);
    return this.#users.find((user) => same(user.account, name) && (domain === "" || same(user.domain, domain)));
  }

  /**
   * Finds a user by the name in a form or a UsernameToken: `DOMAIN\account`, a UPN, or a SIP URI with or without
   * scheme.
   */
  bySpelling(text: string): SimulatedUser | undefined {
    const backslash = text.indexOf("\\");
    if (backslash >= 0) return this.byNtlmName(text.slice(backslash + 1), text.slice(0, backslash));
    return this.byUpn(text) ?? this.bySipUri(/^sip:/i.test(text) ? text : `sip:${text}`);
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
