// What the lab needs of the machine, in Debian's names, and what happens without it: as for the other real clients, the
// tests are skipped with the reason, or fail with POSTERN_REQUIRE_REAL_CLIENTS=1.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { PROJECT } from "../../../local/bundle.ts";
import { describeClient, type Requirement } from "../requirements.ts";

/** The packages of the directory, of Apache instead of IIS, and of the clients of both. */
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

/** The connector's packages, which `npm ci` of the project does not install. */
export const CONNECTOR_PACKAGES = join(PROJECT, "connector", "node_modules", "kerberos", "build", "Release");

/** Of the service that a test is about, the folder of packages that `npm ci` of the project does not install. */
export type ServicePackages = { readonly service: "connector" | "agent"; readonly folder: string };

const CONNECTORS: ServicePackages = { service: "connector", folder: CONNECTOR_PACKAGES };

/** What else is missing besides programs: the user's rights, and the service's packages. */
function whatElseIsMissing({ service, folder }: ServicePackages): string | undefined {
  if (process.getuid?.() !== 0) return "the lab has to run as root: Kerberos and LDAP have ports below 1024";
  if (!existsSync(folder)) return `the ${service}'s packages are missing: npm ci --prefix ${service}`;
  return undefined;
}

/** A `describe` for tests that need the lab, and perhaps more. */
export function describeLab(
  name: string,
  body: () => void,
  more: readonly Requirement[] = [],
  packages: ServicePackages = CONNECTORS,
): void {
  const missing = whatElseIsMissing(packages);
  if (missing === undefined) {
    describeClient(name, [...LAB_REQUIREMENTS, ...more], body);
  } else if (process.env.POSTERN_REQUIRE_REAL_CLIENTS === "1") {
    it(`${name} can run`, () => {
      throw new Error(`${missing} (required because POSTERN_REQUIRE_REAL_CLIENTS=1)`);
    });
  } else {
    console.warn(`SKIPPED ${name}: ${missing}`);
    describe.skip(`${name} [${missing}]`, body);
  }
}
