// The krb5.conf that the connector writes for itself and its programs, so that what the machine's own says about DNS, forwarding
// and realms cannot change whom it is or whom it asks.

/** What it is made of. */
export type Realm = {
  /** Upper case. */
  readonly realm: string;
  /** Host names or addresses, with a port or without; empty: DNS is asked. */
  readonly kdcs: readonly string[];
  /** Hosts of the services, which may have names outside the realm's domain. */
  readonly serviceHosts: readonly string[];
};

/** The text of the file. */
export function krb5Conf({ realm, kdcs, serviceHosts }: Realm): string {
  return `[libdefaults]
 default_realm = ${realm}
 dns_lookup_kdc = ${kdcs.length === 0}
 dns_lookup_realm = false
 dns_canonicalize_hostname = false
 rdns = false
 udp_preference_limit = 1
 default_ccache_name = FILE:/nonexistent
 default_client_keytab_name = FILE:/nonexistent
[realms]
 ${realm} = {
${kdcs.map((kdc) => `  kdc = ${kdc}\n`).join("")} }
[domain_realm]
${[`.${realm.toLowerCase()}`, ...serviceHosts].map((name) => ` ${name} = ${realm}\n`).join("")}`;
}
