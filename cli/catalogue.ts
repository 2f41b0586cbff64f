// Every command: its words, what it does in one line, and the file that has the rest.

import type { Command } from "./define.ts";

/** The groups: words that have commands of their own. */
export const GROUPS: Readonly<Record<string, string>> = {
  user: "who may sign in, and by which names",
  "user alias": "more names that a user signs in by",
  invitation: "links with which users get a first app password",
  portal: "with what users sign in to the portal",
  password: "the app passwords of users",
  device: "the devices of users",
  lock: "who has to wait after failed sign-ins",
  policy: "which devices get in",
  audit: "who signed in or was refused, and who changed what",
  directory: "the people who come from the organisation's directory",
  notice: "the mail for people and for the help desk",
  token: "the tokens that open the API",
  admin: "the administrators",
  target: "the gateways that this command asks",
  config: "the configuration of a gateway, before it is deployed",
  zone: "the rules that your Cloudflare zone needs",
  keys: "keys for a gateway, and their change while people sign in",
  sts: "the token service for passive sign-in, and the pool that trusts it",
};

const leavers = () => import("./commands/leavers.ts");
const directories = () => import("./commands/directory.ts");
const users = () => import("./commands/user.ts");
const imports = () => import("./commands/user-import.ts");
const people = () => import("./commands/person.ts");
const passwords = () => import("./commands/password.ts");
const invitations = () => import("./commands/invitation.ts");
const portals = () => import("./commands/portal.ts");
const devices = () => import("./commands/device.ts");
const locks = () => import("./commands/lock.ts");
const policies = () => import("./commands/policy.ts");
const audits = () => import("./commands/audit.ts");
const notices = () => import("./commands/notice.ts");
const tokens = () => import("./commands/token.ts");
const admins = () => import("./commands/admin.ts");
const signIns = () => import("./commands/admin-sign-in.ts");
const targets = () => import("./commands/target.ts");
const gateways = () => import("./commands/gateway.ts");
const whyFile = () => import("./commands/why.ts");
const traceFile = () => import("./commands/trace.ts");
const configFile = () => import("./commands/config.ts");
const initFile = () => import("./commands/init.ts");
const doctors = () => import("./commands/doctor.ts");
const zonesFile = () => import("./commands/zone.ts");
const probeFile = () => import("./commands/probe.ts");
const backups = () => import("./commands/backup.ts");
const restores = () => import("./commands/restore.ts");
const reconciles = () => import("./commands/reconcile.ts");
const keysChange = () => import("./commands/keys-change.ts");
const stsFile = () => import("./commands/sts.ts");
const stsProbe = () => import("./commands/sts-probe.ts");
const keysFile = () => import("./commands/keys.ts");

/** For each command: what it does, its file, and its name there. */
const ENTRIES = {
  "user list": ["List users", users, "list"],
  "user show": ["Show one user with all names and settings", users, "show"],
  "user add": ["Add a user", users, "add"],
  "user import": ["Add and change the people of a file, such as an export of Get-CsUser", imports, "importFile"],
  "user set": ["Change the settings of a user", users, "set"],
  "user rename": ["Give a user another SIP address, UPN or account", users, "rename"],
  "user alias add": ["Add a name that a user signs in by", users, "addAlias"],
  "user alias remove": ["Take such a name away", users, "removeAlias"],
  "user invite": ["Make a link with which a person gets an app password", invitations, "invite"],
  "user disable": ["Refuse users at once", users, "disable"],
  "user enable": ["Accept the sign-ins of users again", users, "enable"],
  "user delete": ["Delete users, and free their names", users, "remove"],
  "user export": ["Export everything that is stored about one person", people, "exportAll"],
  "user erase": ["Delete everything that is stored about one person", people, "erase"],
  "invitation list": ["List the invitations of a user", invitations, "list"],
  "invitation withdraw": ["End an invitation, so that nobody can use it", invitations, "withdraw"],
  "portal show": ["Show with what a user signs in to the portal", portals, "show"],
  "portal reset": ["Take it all away from somebody who has lost it", portals, "reset"],
  "portal sign-out": ["End all sessions of a user in the portal", portals, "signOut"],
  "password list": ["List the app passwords of a user, or those that end soon", passwords, "list"],
  "password create": ["Make an app password and print it once", passwords, "create"],
  "password renew": ["Make the next app password beside one that ends", passwords, "renew"],
  "password change": ["Change the label or the end of an app password", passwords, "change"],
  "password revoke": ["Revoke an app password for good", passwords, "revoke"],
  "device list": ["List devices", devices, "list"],
  "device show": ["Show everything that is known about a device", devices, "show"],
  "device contests": ["List ids that one user's device named and another has", devices, "contests"],
  "device approve": ["Let devices in by name, whatever the rules say", devices, "approve"],
  "device block": ["Refuse devices at once: a lost phone", devices, "block"],
  "device forget": ["Remove devices, as if they had never come", devices, "forget"],
  "device approve-key": ["Let in a key that waits: a new Windows profile", devices, "approveKey"],
  "device reset-key": ["Take keys from a device that has lost the one it proved", devices, "resetKey"],
  "device ask-authority": ["Have your own system asked about a device, now", devices, "askAuthority"],
  "device expect": ["Approve the device that comes with an app password", devices, "expect"],
  "device window": ["Let new devices of a user enrol for a while", devices, "window"],
  why: ["Say why a device is served or refused, or what a request was refused for", whyFile, "why"],
  trace: ["Show a sign-in step by step: each part, its time and its reason", traceFile, "trace"],
  "lock list": ["List who has to wait now, and until when", locks, "list"],
  "lock show": ["Show the failures of a user or a network", locks, "show"],
  "lock clear": ["Forget these failures", locks, "clear"],
  "policy check": ["Say what is wrong with a policy, and which devices it would refuse", policies, "check"],
  "policy show": ["Print the policy that the gateway uses, or an earlier one", policies, "show"],
  "policy history": ["List the policies that were applied", policies, "history"],
  "policy diff": ["Compare a file with the gateway's policy", policies, "diff"],
  "policy preview": ["List the devices in use whose verdict a file would change", policies, "preview"],
  "policy apply": ["Make a file the gateway's policy", policies, "apply"],
  "policy rollback": ["Put an earlier policy in place again", policies, "rollback"],
  audit: ["List events, the newest first", audits, "audit"],
  "audit show": ["Say in words what an event means, and what to do", audits, "show"],
  "audit export": ["Write events whole, as CSV or JSON lines", audits, "exportEvents"],
  "audit purge": ["Delete old events", audits, "purge"],
  directory: ["Say how far Postern is in step with the directory", directories, "status"],
  "directory people": ["List the people who come from the directory", directories, "people"],
  "directory adopt": ["Let the directory take over users who were made by hand, for a while", directories, "adopt"],
  "directory leavers": ["List the people whom the directory let go, and when each is erased", leavers, "list"],
  "directory keep": ["Keep a person of the directory from being erased", leavers, "keep"],
  "directory erase-leavers": ["Erase now who is due, more than go in a day by themselves", leavers, "erase"],
  "directory unlink": ["End a source of people; its users stay as they are", directories, "unlink"],
  "notice list": ["List mail that waits, or what became of it", notices, "list"],
  "notice status": ["Show how much mail waits, since when, and what failed", notices, "status"],
  "notice test": ["Queue a mail that says that mail works", notices, "test"],
  "token list": ["List tokens, with their last use", tokens, "list"],
  "token create": ["Make a token and print it once", tokens, "create"],
  "token revoke": ["Revoke a token for good", tokens, "revoke"],
  "admin list": ["List administrators", admins, "list"],
  "admin add": ["Add an administrator", admins, "add"],
  "admin change": ["Change an administrator's role, name or state", admins, "change"],
  "admin remove": ["Remove an administrator", admins, "remove"],
  "admin invite": ["Print a link with which somebody sets up a passkey for the console", signIns, "invite"],
  "admin passkeys": ["List the passkeys of an administrator", signIns, "passkeys"],
  "admin remove-passkey": ["Take a passkey away: a lost phone", signIns, "removePasskey"],
  "admin sessions": ["List where an administrator is signed in to the console", signIns, "sessions"],
  "admin sign-out": ["End one session of an administrator, or all", signIns, "signOut"],
  "target list": ["List the gateways that this command knows", targets, "list"],
  "target show": ["Show where a target is", targets, "show"],
  "target add": ["Name a gateway and keep a token for it", targets, "add"],
  "target use": ["Choose where commands go that name no target", targets, "use"],
  "target remove": ["Forget a target and its token", targets, "remove"],
  whoami: ["Say whose token this is, and what it may do", gateways, "whoami"],
  health: ["Say whether the gateway works", gateways, "health"],
  settings: ["Say what the gateway is configured to do", gateways, "settings"],
  statistics: ["Count sign-ins, refusals and failures of each hour", gateways, "statistics"],
  doctor: ["Look at a gateway from outside and inside, and say what is wrong and what to do", doctors, "doctor"],
  "zone rules": ["Print the rules that your Cloudflare zone needs", zonesFile, "rules"],
  "zone apply": ["Put these rules into the zone", zonesFile, "apply"],
  probe: ["Sign in once as a phone does, for Nagios and other monitoring", probeFile, "probe"],
  backup: ["Write everything that the gateway stores into one file", backups, "backup"],
  restore: ["Say what a backup would bring back, and bring it back", restores, "restore"],
  reconcile: ["Bring D1 and the users' guards together after a point-in-time restore", reconciles, "reconcile"],
  init: ["Ask about your pool, and make a gateway's configuration and keys", initFile, "init"],
  "config check": ["Say what is wrong with wrangler.toml and the secrets", configFile, "check"],
  "keys new": ["Print a new sealing key, or a pair of keys for connectors", keysFile, "create"],
  "keys status": ["List the keys, what hangs on each, and whether it may be taken out", keysChange, "status"],
  "keys reseal": ["Seal everything again with the first sealing key", keysChange, "reseal"],
  "keys rotate": ["Say which step of the change of the sealing key is next", keysChange, "rotate"],
  "sts metadata": ["Check what the token service publishes, and print the pool's own commands", stsFile, "metadata"],
  "sts token": ["Make a test token, to try at a pool or a verifier", stsFile, "token"],
  "sts probe": ["Ask a test pool what only a pool can tell of passive sign-in", stsProbe, "probe"],
} as const satisfies Readonly<Record<string, readonly [string, () => Promise<object>, string]>>;

export type CommandName = keyof typeof ENTRIES;

/** For each command: its words, and what it does in one line. */
export const BRIEFS = Object.entries(ENTRIES).map(([name, [brief]]) => ({ name, brief }));

export const isCommand = (name: string): name is CommandName => name in ENTRIES;

/** Loads the file of a command. */
export async function loaded(name: CommandName): Promise<Command> {
  const [, file, key] = ENTRIES[name];
  const commands: Readonly<Record<string, Command>> = await file();
  const found = commands[key];
  if (found === undefined) throw new Error(`no command ${key}`);
  return found;
}
