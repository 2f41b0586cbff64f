// The configuration files of the lab's directory: Samba confined to one folder and one loopback address, and the
// Kerberos clients' way to it without a name server.

import { join } from "node:path";
import { DNS_DOMAIN, NETBIOS_DOMAIN, REALM } from "./names.ts";

/**
 * smb.conf of a domain controller with Kerberos and LDAP only: no file shares, no winbind, nothing outside `folder`.
 * With `tls`, LDAP also speaks TLS.
 */
export function sambaConfiguration(folder: string, address: string, tls?: TlsFiles): string {
  const at = (name: string): string => join(folder, name);
  return `[global]
  netbios name = DC1
  workgroup = ${NETBIOS_DOMAIN}
  realm = ${REALM}
  server role = active directory domain controller
  server services = ldap, kdc
  ${tls === undefined ? "tls enabled = no" : tlsLines(tls)}
  # Samba takes an address of lo only with the mask of lo.
  interfaces = ${address}/8
  bind interfaces only = yes
  log file = ${at("samba.log")}
  max log size = 0
  private dir = ${at("private")}
  state directory = ${at("state")}
  cache directory = ${at("cache")}
  lock directory = ${folder}
  binddns dir = ${at("bind-dns")}
  pid directory = ${at("run")}
  ncalrpc dir = ${at("run/ncalrpc")}
  winbindd socket directory = ${at("run/winbindd")}
  ntp signd socket directory = ${at("run/ntp")}
`;
}

/** A server's certificate and key, and the CA's certificate, as PEM files. */
export type TlsFiles = { readonly ca: string; readonly certificate: string; readonly key: string };

const tlsLines = ({ ca, certificate, key }: TlsFiles): string => `tls enabled = yes
  tls cafile = ${ca}
  tls certfile = ${certificate}
  tls keyfile = ${key}`;

/** krb5.conf that finds the one KDC by its address and asks no DNS. */
export function kerberosConfiguration(address: string): string {
  return `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_realm = false
  dns_lookup_kdc = false
  dns_canonicalize_hostname = false
  rdns = false
[realms]
  ${REALM} = {
    kdc = ${address}
  }
[domain_realm]
  .${DNS_DOMAIN} = ${REALM}
`;
}
