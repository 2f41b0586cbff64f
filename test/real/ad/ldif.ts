// The entries that are added to a new directory, as LDIF. One change file for ldbmodify replaces a run of samba-tool
// for each account, which takes more than a second.

import {
  type AccountState,
  CONNECTOR_ACCOUNT,
  DIRECTORY_USERS,
  type DirectoryUser,
  DNS_DOMAIN,
  FRONT_END_ACCOUNT,
  FRONT_END_SERVICE,
  STALE_ACCOUNT,
  USERS_GROUP,
} from "./names.ts";

/** The number of wrong passwords after which the directory locks an account. */
export const LOCKOUT_THRESHOLD = 5;

/** Distinguished name of the domain. */
export const BASE_DN = DNS_DOMAIN.split(".")
  .map((label) => `DC=${label}`)
  .join(",");

// userAccountControl, MS-ADTS 2.2.16.
const NORMAL_ACCOUNT = 0x200;
const ACCOUNT_DISABLED = 0x2;
const NOT_DELEGATED = 0x100000;
const TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION = 0x1000000;

/** userAccountControl of accounts; `delegating` may sign anybody on ("use any authentication protocol"). */
export const CONTROL = {
  ordinary: NORMAL_ACCOUNT,
  disabled: NORMAL_ACCOUNT | ACCOUNT_DISABLED,
  expired: NORMAL_ACCOUNT,
  protected: NORMAL_ACCOUNT | NOT_DELEGATED,
  delegating: NORMAL_ACCOUNT | TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION,
} as const satisfies Record<AccountState | "delegating", number>;

/** An accountExpires in the year 2009, in units of 100 ns since 1601. */
const LONG_AGO = "128800000000000000";

/** msDS-SupportedEncryptionTypes: only AES, so that no key is for RC4. */
const AES_ONLY = 24;

const dnOf = (account: string): string => `CN=${account},CN=Users,${BASE_DN}`;

/** `unicodePwd` as Active Directory expects it: in double quotes, UTF-16LE. */
const unicodePassword = (password: string): string => Buffer.from(`"${password}"`, "utf16le").toString("base64");

type Attributes = readonly (readonly [name: string, value: string | number])[];

const record = (dn: string, change: string, attributes: Attributes): string =>
  [`dn: ${dn}`, `changetype: ${change}`, ...attributes.map(([name, value]) => `${name}: ${value}`), "", ""].join("\n");

function account(name: string, upn: string, password: string, control: number, more: Attributes = []): string {
  return record(dnOf(name), "add", [
    ["objectClass", "user"],
    ["sAMAccountName", name],
    ["userPrincipalName", upn],
    ["userAccountControl", control],
    ["unicodePwd:", unicodePassword(password)],
    ...more,
  ]);
}

function service(name: string, password: string, more: Attributes, control = NORMAL_ACCOUNT): string {
  const encryption = ["msDS-SupportedEncryptionTypes", AES_ONLY] as const;
  return account(name, `${name}@${DNS_DOMAIN}`, password, control, [encryption, ...more]);
}

/** A service that may sign anybody on to the Front-End, and to nothing else. */
const delegating = (name: string, password: string): string =>
  service(
    name,
    password,
    [
      ["servicePrincipalName", `HTTP/${name}.${DNS_DOMAIN}`],
      ["msDS-AllowedToDelegateTo", FRONT_END_SERVICE],
    ],
    CONTROL.delegating,
  );

/** More people, all of them in the group of the users, as a change file of their own. */
export const morePeople = (users: readonly DirectoryUser[], passwordOf: (account: string) => string): string =>
  [
    ...users.map(({ account: name, upn, state }) => account(name, upn, passwordOf(name), CONTROL[state])),
    record(dnOf(USERS_GROUP), "modify", [
      ["add", "member"],
      ...users.map(({ account: name }) => ["member", dnOf(name)] as const),
    ]),
  ].join("");

/**
 * Everything in names.ts. `passwordOf` is called once for each account. The controller also gets its address as a name,
 * so that LDAP with Kerberos needs no name server: `ldap://127.…`.
 */
export function population(address: string, passwordOf: (account: string) => string): string {
  const people = DIRECTORY_USERS.map(({ account: name, upn, state }) =>
    account(name, upn, passwordOf(name), CONTROL[state], state === "expired" ? [["accountExpires", LONG_AGO]] : []),
  );
  const members = DIRECTORY_USERS.filter(({ groups }) => groups?.includes(USERS_GROUP));
  return [
    ...people,
    service(FRONT_END_ACCOUNT, passwordOf(FRONT_END_ACCOUNT), [["servicePrincipalName", FRONT_END_SERVICE]]),
    delegating(CONNECTOR_ACCOUNT, passwordOf(CONNECTOR_ACCOUNT)),
    delegating(STALE_ACCOUNT, passwordOf(STALE_ACCOUNT)),
    record(dnOf(USERS_GROUP), "add", [
      ["objectClass", "group"],
      ["sAMAccountName", USERS_GROUP],
      ...members.map(({ account: name }) => ["member", dnOf(name)] as const),
    ]),
    change(BASE_DN, "lockoutThreshold", LOCKOUT_THRESHOLD),
    record(`CN=DC1,OU=Domain Controllers,${BASE_DN}`, "modify", [
      ["add", "servicePrincipalName"],
      ["servicePrincipalName", `ldap/${address}`],
    ]),
  ].join("");
}

const change = (dn: string, attribute: string, ...values: readonly (string | number)[]): string =>
  record(dn, "modify", [["replace", attribute], ...values.map((value) => [attribute, value] as const)]);

/** Gives an account's attribute these values and no others. Without values the attribute is removed. */
export const setAttribute = (name: string, attribute: string, ...values: readonly (string | number)[]): string =>
  change(dnOf(name), attribute, ...values);

/** Gives an account another password. */
export const newPassword = (name: string, password: string): string =>
  record(dnOf(name), "modify", [
    ["replace", "unicodePwd"],
    ["unicodePwd:", unicodePassword(password)],
  ]);
