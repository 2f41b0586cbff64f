// A real Active Directory for one test file: Samba's domain controller. It is set up in a folder of its own, with a
// loopback address of its own, so that several can run at the same time and nothing of the machine changes. It needs
// root, because Kerberos and LDAP have fixed ports below 1024.

import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { madeOnce } from "../../kit/gateway/made-once.ts";
import { PREPARED_FOLDER } from "../../kit/gateway/prepared-folder.ts";
import { kerberosConfiguration, sambaConfiguration } from "./directory-files.ts";
import { makeFolder, removeFolder } from "./folder.ts";
import { morePeople, newPassword, population, setAttribute } from "./ldif.ts";
import {
  CONNECTOR_ACCOUNT,
  type DirectoryUser,
  FRONT_END_ACCOUNT,
  FRONT_END_SERVICE,
  NETBIOS_DOMAIN,
  REALM,
  STALE_ACCOUNT,
} from "./names.ts";
import { mustRun, run, type Server, startServer, untilReady, wrongClock } from "./process.ts";

/** How often a wrong password was given for an account, as the directory itself counts. */
export type Counters = { readonly account: string; readonly badPwdCount: number; readonly lockoutTime: number };

/** A running directory. */
export interface Directory {
  /** Where its KDC and LDAP listen. */
  readonly address: string;
  /** The file for KRB5_CONFIG. */
  readonly krb5Conf: string;
  readonly keytabs: { readonly frontEnd: string; readonly connector: string; readonly stale: string };
  /** The counters of every account. */
  counters(): Promise<readonly Counters[]>;
  /** An account's password. Tests show that it is used nowhere, and that the directory counts. */
  passwordOf(account: string): string;
  /** Gives an account's attribute these values and no others. */
  set(account: string, attribute: string, ...values: readonly (string | number)[]): Promise<void>;
  /** Gives the Front-End's account another password. Returns a keytab with the new key. */
  changeFrontEndKey(): Promise<string>;
  /** Stops the domain controller. Clients then get no answer at all, or, with `frozen`, none in time. */
  stop(how?: "ended" | "frozen"): Promise<void>;
  /** Starts it again; `clock` such as `+10m` lets it run fast or slow. */
  start(clock?: string): Promise<void>;
}

/** Provisions and starts a directory in `folder`, which it makes. `more`: people beside those of names.ts. */
export async function startDirectory(folder: string, more: readonly DirectoryUser[] = []): Promise<Directory> {
  await mkdir(folder);
  const address = randomAddress();
  const controller = join(folder, "dc");
  const smbConf = join(controller, "etc", "smb.conf");
  const database = ["--configfile", smbConf, "-H", join(controller, "private", "sam.ldb")];
  const krb5Conf = join(folder, "krb5.conf");
  await provision(controller, address);
  await writeFile(smbConf, sambaConfiguration(controller, address));
  await writeFile(krb5Conf, kerberosConfiguration(address));

  const passwords = new Map<string, string>();
  const passwordOf = (account: string): string => {
    const password = passwords.get(account) ?? randomPassword();
    passwords.set(account, password);
    return password;
  };
  const change = (ldif: string): Promise<string> => mustRun(["ldbmodify", ...database], { input: ldif });
  await change(population(address, passwordOf));
  if (more.length > 0) await change(morePeople(more, passwordOf));

  const keytab = async (principal: string, name: string): Promise<string> => {
    const file = join(folder, name);
    await mustRun([
      "samba-tool",
      "domain",
      "exportkeytab",
      file,
      `--principal=${principal}`,
      `--configfile=${smbConf}`,
    ]);
    return file;
  };
  const keytabs = {
    frontEnd: await keytab(FRONT_END_SERVICE, "front-end.keytab"),
    connector: await keytab(CONNECTOR_ACCOUNT, "connector.keytab"),
    stale: await keytab(STALE_ACCOUNT, "stale.keytab"),
  };
  await change(newPassword(STALE_ACCOUNT, randomPassword()));

  let server: Server | undefined;
  const log = join(folder, "samba.output");
  const start = async (clock?: string): Promise<void> => {
    server?.signal("SIGCONT");
    await server?.stop();
    const argv = ["/usr/sbin/samba", `--configfile=${smbConf}`, "-i", "-M", "single", "--debug-stdout"];
    server = startServer(argv, log, { KRB5_CONFIG: krb5Conf, ...wrongClock(clock) });
    // A preauthentication error is an answer as well. Only "no KDC there" means that it is not ready.
    const ask = ["kinit", "-c", "MEMORY:", "-k", "-t", keytabs.connector, CONNECTOR_ACCOUNT];
    await untilReady(server, "Samba", async () => {
      const { code, stderr } = await run(ask, { env: { KRB5_CONFIG: krb5Conf } });
      return code === 0 || !stderr.includes("Cannot contact");
    });
  };
  await start();

  return {
    address,
    krb5Conf,
    keytabs,
    passwordOf,
    counters: async () => readCounters(await mustRun(["ldbsearch", ...database, "(objectClass=user)", ...COUNTERS])),
    set: async (account, attribute, ...values) => void (await change(setAttribute(account, attribute, ...values))),
    changeFrontEndKey: async () => {
      await change(newPassword(FRONT_END_ACCOUNT, randomPassword()));
      return keytab(FRONT_END_SERVICE, `front-end-${randomUUID()}.keytab`);
    },
    start,
    stop: async (how = "ended") => {
      if (how === "frozen") server?.signal("SIGSTOP");
      else await server?.stop();
    },
  };
}

/**
 * Makes an empty domain in `folder`, which it makes. Samba computes for seconds to set one up, so a run of Vitest does
 * it once and gives everybody a copy: a folder and an address of its own, but the same domain, with one SID and the
 * domain's own keys. Accounts of people and services come later, with passwords of their own.
 */
export async function provision(folder: string, address: string): Promise<void> {
  const shared = process.env[PREPARED_FOLDER];
  if (shared === undefined) return setUp(folder, address);
  // Where temporary files are kept in memory, Samba may not write the attributes that it wants to. Copies need none.
  const template = await madeOnce(shared, "domain", async (made) => {
    const first = await makeFolder();
    try {
      await setUp(join(first, "dc"), address);
      await mustRun(["cp", "-a", join(first, "dc"), made]);
    } finally {
      await removeFolder(first);
    }
  });
  await mustRun(["cp", "-a", join(template, "dc"), folder]);
}

/** `samba-tool domain provision` makes the folder itself, and prints much to say that all is well. */
async function setUp(folder: string, address: string): Promise<void> {
  await mustRun([
    ...["samba-tool", "domain", "provision", `--targetdir=${folder}`],
    ...[`--realm=${REALM}`, `--domain=${NETBIOS_DOMAIN}`, "--server-role=dc", "--dns-backend=NONE"],
    ...["--host-name=dc1", `--host-ip=${address}`, `--adminpass=${randomPassword()}`],
    ...[`--option=interfaces=${address}/8`, "--option=bind interfaces only=yes"],
    // In a container, root may not write the attribute that Samba writes by default.
    "--option=acl_xattr:security_acl_name=user.NTACL",
    ...[`--option=log file=${join(folder, "..", "provision.log")}`],
  ]);
  await mkdir(join(folder, "run"));
}

/** A loopback address for one controller: Kerberos and LDAP have fixed ports. */
export const randomAddress = (): string => `127.${randomInt(16, 250)}.${randomInt(1, 250)}.${randomInt(1, 250)}`;

const COUNTERS = ["sAMAccountName", "badPwdCount", "lockoutTime"];

function readCounters(ldif: string): Counters[] {
  return ldif.split("\n\n").flatMap((entry) => {
    const value = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, "m").exec(entry)?.[1];
    const account = value("sAMAccountName");
    if (account === undefined) return []; // a referral, or the summary
    return [
      { account, badPwdCount: Number(value("badPwdCount") ?? 0), lockoutTime: Number(value("lockoutTime") ?? 0) },
    ];
  });
}

/** Meets the directory's rules for complexity. */
export const randomPassword = (): string => `Dir-${randomBytes(18).toString("base64url")}-9a`;
