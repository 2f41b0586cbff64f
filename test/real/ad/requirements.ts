// What the lab needs of the machine, in Debian's names.

import type { Requirement } from "../requirements.ts";

/** The directory, Apache in the place of IIS, and the clients of both. */
export const DIRECTORY_REQUIREMENTS: readonly Requirement[] = [
  { file: "/usr/sbin/samba", debianPackage: "samba" },
  { file: "/usr/lib/python3/dist-packages/samba/provision", debianPackage: "python3-samba" },
  { file: "/usr/share/samba/setup/provision.ldif", debianPackage: "samba-ad-provision" },
  { file: "/usr/share/doc/samba-dsdb-modules", debianPackage: "samba-dsdb-modules" },
  { file: "/usr/share/doc/samba-vfs-modules", debianPackage: "samba-vfs-modules" },
  { file: "ldbmodify", debianPackage: "ldb-tools" },
  { file: "kvno", debianPackage: "krb5-user" },
  { file: "/usr/sbin/apache2", debianPackage: "apache2-bin" },
  { file: "/usr/lib/apache2/modules/mod_auth_gssapi.so", debianPackage: "libapache2-mod-auth-gssapi" },
  { file: "/usr/share/doc/libfaketime", debianPackage: "libfaketime" },
  { file: "setpriv", debianPackage: "util-linux" },
  { file: "curl", debianPackage: "curl" },
];

/** The whole lab: the directory, and the connector's programs. */
export const LAB_REQUIREMENTS: readonly Requirement[] = [
  ...DIRECTORY_REQUIREMENTS,
  { file: "ldapsearch", debianPackage: "ldap-utils" },
  { file: "/usr/share/doc/libsasl2-modules-gssapi-mit", debianPackage: "libsasl2-modules-gssapi-mit" },
  { file: "/usr/include/gssapi/gssapi.h", debianPackage: "libkrb5-dev" },
  { file: "g++", debianPackage: "g++" },
  { file: "make", debianPackage: "make" },
  { file: "python3", debianPackage: "python3" },
];
