// What an administrator has at hand to sign tokens with: the key of the token service from a file, the account for which
// a token is, and the pool that takes it. What is not on the command line the gateway says.

import { statSync } from "node:fs";
import { resolve } from "node:path";
import { parseTokenKeys, type TokenKey, type TokenKeysFault, tokenKey } from "../../src/core/sts/keys.ts";
import { maySign, type SidFault, type SignableSid } from "../../src/core/sts/sids.ts";
import { type Context, text } from "../define.ts";
import { failure, usage } from "../fault.ts";
import { textOfFile } from "../files.ts";
import { userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";

/** Of every command that signs. */
export const SIGNING = {
  keyFile: text("file", 'STS_KEYS as `keys new --sts` wrote it, which only you may read ("-": standard input)'),
  user: text("user", "for this user: the gateway says the SID and the UPN"),
  sid: text("sid", "for the account with this SID"),
  upn: text("upn", "with --sid: the name in the token"),
  webHost: text("name", "the web host of the pool (default: the first of STS_REALMS)"),
  realm: text("uri", "the pool's wtrealm (default: that of STS_REALMS)"),
  issuer: text("uri", "how the token service calls itself (default: that of the gateway)"),
};

export type Signing = Pick<Context, "folder" | "input" | "api"> & {
  readonly options: { readonly [K in keyof typeof SIGNING]?: string };
};

/** Somebody for whom a token is made. */
export type Account = { readonly sid: SignableSid; readonly upn: string };

/** The page of a Front-End that takes tokens. */
const PAGE = "/PassiveAuth/PassiveAuth.aspx";
/** More than four keys of 4096 bits. */
const MAX_KEY_BYTES = 64 * 1024;
const FROM_NEW = "Give --key-file the file that `npx postern keys new --sts --file FILE` wrote.";

const KEY_FAULTS: Readonly<Record<TokenKeysFault, string>> = {
  "no-key": "it is empty",
  "too-many-keys": "it has more than four keys",
  "not-an-entry": "it has something that is not a key and its certificate, in base64 with a dot between",
  "bad-private-key": "a private half is no RSA key in PKCS#8",
  "damaged-key": "a private key is damaged: a character was lost or changed",
  "bad-certificate": "a second half is no certificate of an RSA key",
  "key-size": "a key is shorter than 2048 bits, or longer than 4096",
  "not-a-pair": "a certificate is for another key than the one beside it",
  "key-twice": "it has the same key twice",
};

/** The keys in the file, ready to sign, the one that signs first. Faults quote nothing of it. */
export async function keysAtHand({ options, folder, input }: Signing): Promise<readonly [TokenKey, ...TokenKey[]]> {
  const { keyFile } = options;
  if (keyFile === undefined) throw usage("no key was given", FROM_NEW);
  const parsed = parseTokenKeys(keyFile === "-" ? await input() : secretText(resolve(folder, keyFile), keyFile));
  if (!parsed.ok) throw failure(`${keyFile} has no usable keys: ${KEY_FAULTS[parsed.reason]}`, FROM_NEW);
  const [first, ...more] = await Promise.all(parsed.value.map(tokenKey));
  if (first === undefined) throw failure(`${keyFile} is empty`, FROM_NEW);
  return [first, ...more];
}

function secretText(file: string, name: string): string {
  const read = textOfFile(file, name, MAX_KEY_BYTES, FROM_NEW);
  if ((statSync(file).mode & 0o077) === 0) return read;
  throw failure(
    `others may read ${name}, and whoever has this key is anybody at the pool`,
    `chmod 600 ${name}, and make another key if somebody may have read it.`,
  );
}

/** What the gateway says of its token service. Throws a fault where it is none. */
export async function tokenServiceOf({ api }: Pick<Signing, "api">) {
  const { stsHost, sts } = await api().get<A.GatewaySettingsAnswer>("/v1/settings");
  if (stsHost !== null && sts !== null && sts !== undefined) return { host: stsHost, ...sts };
  throw failure(
    `${api().target.name} is no token service`,
    "Set STS_HOST and what goes with it: docs/passive.md. On this machine: PASSIVE=1 npm start.",
  );
}

export type TokenServiceSaid = Awaited<ReturnType<typeof tokenServiceOf>>;

/** For whom a token is made. `said`: what the gateway says of itself, where it was asked. */
export async function accountAtHand({ options, api }: Signing, said: TokenServiceSaid | undefined): Promise<Account> {
  const { user, sid, upn } = options;
  if ((user === undefined) === (sid === undefined)) {
    throw usage("whose token?", "Give --user NAME, or --sid SID with --upn NAME.");
  }
  if (user !== undefined) {
    const of = await api().get<A.WholeUserAnswer>(userPath(user));
    if (of.sid === null) {
      const fix =
        "Only the directory tells a user's SID (agent, SCIM). Give the account's own: --sid S-1-5-21-… --upn NAME in place of --user. `(Get-ADUser NAME).SID.Value` shows it.";
      throw failure(`the gateway does not know the SID of ${user}, so no token can be made`, fix);
    }
    if (of.upn === null) throw failure(`${user} has no UPN`, `Set it: npx postern user set ${user} --upn UPN`);
    return { sid: signable(of.sid, said), upn: of.upn };
  }
  if (upn === undefined) throw usage("the token needs a name", "Give --upn NAME beside --sid.");
  return { sid: signable(sid ?? "", said), upn };
}

/** The gateway is asked only for what the command line does not say. */
export async function saidIn(
  context: Pick<Signing, "api"> & { readonly options: Signing["options"] & { readonly stsHost?: string } },
): Promise<TokenServiceSaid | undefined> {
  const { user, realm, issuer, stsHost, webHost } = context.options;
  const isWhole = realm !== undefined && webHost !== undefined && (issuer !== undefined || stsHost !== undefined);
  return user === undefined && isWhole ? undefined : tokenServiceOf(context);
}

/** The pool for which tokens are made. */
export function poolIn(
  { webHost: given, realm }: { readonly webHost?: string; readonly realm?: string },
  said: TokenServiceSaid | undefined,
): { readonly webHost: string; readonly realm: string; readonly reply: string } {
  const known =
    given === undefined ? said?.realms[0] : said?.realms.find(({ webHost }) => webHost === given.toLowerCase());
  const webHost = given?.toLowerCase() ?? known?.webHost;
  const own = realm ?? known?.realm;
  if (webHost === undefined || own === undefined) {
    throw usage(
      given === undefined ? "the gateway names no pool in STS_REALMS" : `STS_REALMS does not name ${given}`,
      "Give --web-host and --realm, or put the pool into STS_REALMS.",
    );
  }
  return { webHost, realm: own, reply: known?.reply ?? `https://${webHost}${PAGE}` };
}

const SID_FAULTS: Readonly<Record<SidFault, string>> = {
  "sid-foreign": "is no account of a domain for which this token service signs (STS_DOMAIN_SIDS)",
  "sid-built-in": "is an account or a group that Windows makes itself, and those never get a token",
  "sid-denied": "is in STS_DENIED_SIDS",
};

/** Without what the gateway says, its own domain is the account's domain. */
export function signable(
  sid: string,
  said: Pick<TokenServiceSaid, "domainSids" | "deniedSids"> | undefined,
): SignableSid {
  const own = { domainSids: [sid.slice(0, sid.lastIndexOf("-"))], deniedSids: [] };
  const may = maySign(sid, said ?? own);
  if (may.ok) return may.value;
  throw usage(`${JSON.stringify(sid)} ${SID_FAULTS[may.reason]}`, "Give the SID of an ordinary account of the pool.");
}
