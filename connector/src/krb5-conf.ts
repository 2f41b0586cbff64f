// The krb5.conf that the connector writes for itself and its programs. So the machine's own krb5.conf, with its
// settings for DNS, forwarding and realms, cannot change who the connector is or whom it asks.

/** The values from which the file is made. */
export type Realm = {
  /** In upper case. */
  readonly realm: string;
  /** Host names or addresses, with or without a port. If empty, Kerberos asks DNS. */
  readonly kdcs: readonly string[];
  /** The hosts of the services. Their names may lie outside the realm's domain. */
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
