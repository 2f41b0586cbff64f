// A real Active Directory as the agent meets it: Samba's domain controller with LDAP over TLS, Lync's attributes, and
// thousands of people. Like the lab's other directory it has a folder and a loopback address of its own, and needs
// root.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { provision, randomAddress, randomPassword } from "../ad/directory.ts";
import { kerberosConfiguration, sambaConfiguration } from "../ad/directory-files.ts";
import { BASE_DN } from "../ad/ldif.ts";
import { DNS_DOMAIN, REALM } from "../ad/names.ts";
import { mustRun, run, type Server, startServer, untilReady } from "../ad/process.ts";
import { newCertificate } from "./certificates.ts";
import { AFTERWARDS, AGENT_ACCOUNT, PAGE_SERVICE, population, type Size } from "./population.ts";
import { LYNC_ATTRIBUTES, LYNC_CLASSES } from "./schema.ts";

/** The directory of the issue: five thousand people, and a group of twenty thousand. */
export const LARGE: Size = { people: 5_000, contacts: 15_000 };
/** A directory that is there in seconds. */
export const SMALL: Size = { people: 40, contacts: 0 };

/** A running directory. */
export interface Controller {
  /** Where its KDC (port 88) and LDAP over TLS (port 636) listen. */
  readonly host: string;
  /** The certificate of the authority that a client has to trust. */
  readonly caFile: string;
  readonly baseDn: string;
  /** The account of the agent. */
  readonly bindDn: string;
  readonly password: string;
  /** The key of the agent's page, for `KRB5_KTNAME`, and a KRB5_CONFIG that leads to this KDC. */
  readonly keytab: string;
  readonly krb5Conf: string;
  /** The password of an account that has one. */
  passwordOf(account: string): string;
  /** One attribute of an account, as ldbsearch prints it: a SID or a GUID as text. */
  valueOf(account: string, attribute: string): Promise<string>;
  /** Changes entries with ldapmodify, as the domain's administrator, over LDAPS. */
  modify(ldif: string): Promise<void>;
  /** Runs samba-tool on this directory, such as `user disable bob`. */
  sambaTool(...argv: readonly string[]): Promise<void>;
  /** Stops the controller. Clients then get no answer at all, or, with `frozen`, none in time. */
  stop(how?: "ended" | "frozen"): Promise<void>;
  start(): Promise<void>;
}

/**
 * ldbadd writes an index again for every entry, unless it is told to write it once. It makes tens of minutes seconds.
 */
const IN_ONE_GO = ["-o", "batch_mode:1", "-o", "transaction_index_cache_size:200000"];

/** Provisions, fills and starts a directory in `folder`, which it makes. */
export async function startController(folder: string, size: Size): Promise<Controller> {
  await mkdir(folder);
  const host = randomAddress();
  const home = join(folder, "dc");
  const smbConf = join(home, "etc", "smb.conf");
  const file = join(home, "private", "sam.ldb");
  const offline = [`--configfile=${smbConf}`, "-H", file];
  const krb5Conf = join(folder, "krb5.conf");
  const [tls] = await Promise.all([
    newCertificate(join(folder, "certificates"), [`dc1.${DNS_DOMAIN}`], [host]),
    provision(home, host),
  ]);
  await writeFile(smbConf, sambaConfiguration(home, host, tls));
  await writeFile(krb5Conf, kerberosConfiguration(host));

  const passwords = new Map<string, string>();
  const passwordOf = (account: string): string => {
    const password = passwords.get(account) ?? randomPassword();
    passwords.set(account, password);
    return password;
  };
  const schema = ["ldbmodify", ...offline, "--option=dsdb:schema update allowed=true"];
  await mustRun(schema, { input: LYNC_ATTRIBUTES });
  await mustRun(schema, { input: LYNC_CLASSES });
  await mustRun(["ldbadd", ...IN_ONE_GO, ...offline], { input: population(size, passwordOf) });
  await mustRun(["ldbmodify", ...offline], { input: AFTERWARDS });
  const administrator = passwordOf("Administrator");
  const tool = async (...argv: readonly string[]): Promise<void> => {
    await mustRun(["samba-tool", ...argv, `--configfile=${smbConf}`]);
  };
  await tool("user", "setpassword", "Administrator", `--newpassword=${administrator}`, "-H", file);
  const keytab = join(folder, "page.keytab");
  await tool("domain", "exportkeytab", keytab, `--principal=${PAGE_SERVICE}`);

  const bindDn = `${AGENT_ACCOUNT}@${DNS_DOMAIN}`;
  const password = passwordOf(AGENT_ACCOUNT);
  const url = `ldaps://${host}`;
  const client = { LDAPTLS_CACERT: tls.ca };
  let server: Server | undefined;
  const start = async (): Promise<void> => {
    server?.signal("SIGCONT");
    await server?.stop();
    const argv = ["/usr/sbin/samba", `--configfile=${smbConf}`, "-i", "-M", "single", "--debug-stdout"];
    server = startServer(argv, join(folder, "samba.output"), { KRB5_CONFIG: krb5Conf });
    const ask = ["ldapsearch", "-x", "-H", url, "-D", bindDn, "-w", password, "-s", "base", "-b", BASE_DN, "dn"];
    await untilReady(server, "Samba", async () => (await run(ask, { env: client })).code === 0);
  };
  await start();
  return {
    ...{ host, caFile: tls.ca, baseDn: BASE_DN, bindDn, password, keytab, krb5Conf, passwordOf, start },
    valueOf: async (account, attribute) => {
      const found = await mustRun(["ldbsearch", ...offline, `(sAMAccountName=${account})`, attribute]);
      const [, value] = new RegExp(`^${attribute}: (.*)$`, "m").exec(found) ?? [];
      if (value === undefined) throw new Error(`${account} has no ${attribute}`);
      return value;
    },
    modify: async (input) => {
      const who = ["-D", `Administrator@${REALM}`, "-w", administrator];
      await mustRun(["ldapmodify", "-x", "-H", url, ...who], { env: client, input });
    },
    sambaTool: (...argv) => tool(...argv, "-H", file),
    stop: async (how = "ended") => {
      if (how === "frozen") server?.signal("SIGSTOP");
      else await server?.stop();
    },
  };
}
