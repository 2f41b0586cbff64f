// From a user's service ticket to the one Negotiate token that the Front-End will see. Each token has a new
// authenticator. Making a token needs no network, because the ticket is already there.
//
// How one user can never get another's token: the library finds its cache by KRB5CCNAME, which belongs to the whole process,
// and works in a thread pool. So (1) one token is made at a time, and nothing else here sets that variable; (2) a cache file
// holds one ticket of one user for one service, and no ticket-granting ticket to get another with; (3) the library is told
// the user's principal, and GSSAPI refuses a cache that is somebody else's (gss_acquire_cred with a name) and a service that
// the cache has no ticket for. Were (1) broken, (2) and (3) make it an error, not a wrong user.

/// <reference path="./kerberos.d.ts" />

import { ok, type Result, refuse } from "./result.ts";
import type { UserTicket } from "./user-tickets.ts";

/** Makes the value of an `Authorization` header from a ticket. */
export type Mint = (ticket: UserTicket) => Promise<Result<string>>;

/** Loads the native library, which reads this krb5.conf from now on. */
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
