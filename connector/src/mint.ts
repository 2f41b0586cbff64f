// From a user's service ticket to the one Negotiate token that the Front-End will see. Each token has a new
// authenticator. Making a token needs no network, because the ticket is already there.
//
// How one user can never get another user's token: the library works in a thread pool and finds its cache by
// KRB5CCNAME, which belongs to the whole process. (1) So only one token is made at a time, and nothing else here sets
// that variable. (2) A cache file has one ticket of one user for one service. It has no ticket-granting ticket, so
// nobody can get another ticket with it. (3) The library is told the user's principal. GSSAPI refuses a cache of
// another user (gss_acquire_cred with a name), and a service for which the cache has no ticket. If (1) were broken, (2)
// and (3) would cause an error and not a wrong user.

/// <reference path="./kerberos.d.ts" />

import { ok, type Result, refuse } from "./result.ts";
import type { UserTicket } from "./user-tickets.ts";

/** Makes the value of an `Authorization` header from a ticket. */
export type Mint = (ticket: UserTicket) => Promise<Result<string>>;

/** Loads the native library and makes it read this krb5.conf. */
export async function kerberosMint(krb5Conf: string): Promise<Mint> {
  const { initializeClient, GSS_MECH_OID_SPNEGO } = await import("kerberos");
  process.env.KRB5_CONFIG = krb5Conf;
  let last: Promise<unknown> = Promise.resolve();

  const make = async ({ cache, principal, service }: UserTicket): Promise<Result<string>> => {
    process.env.KRB5CCNAME = `FILE:${cache}`;
    try {
      const client = await initializeClient(service.replace("/", "@"), { mechOID: GSS_MECH_OID_SPNEGO, principal });
      const token = await client.step("");
      return token ? ok(`Negotiate ${token}`) : refuse("mint-failed", "no token");
    } catch (fault) {
      return refuse("mint-failed", String(fault));
    }
  };
  return (ticket) => {
    const minted = last.then(() => make(ticket));
    last = minted;
    return minted;
  };
}
