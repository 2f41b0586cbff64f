// The people and groups of people.ts as LDIF, for one run of ldbadd into a directory that does not run yet.

import { BASE_DN, CONTROL } from "../ad/ldif.ts";
import { DNS_DOMAIN } from "../ad/names.ts";
import {
  type Entry,
  EVERYBODY,
  GROUPS,
  type Group,
  KNOWN,
  LEAVERS,
  PEOPLE,
  PLACES,
  type Place,
  plain,
  SPECIAL,
  TEAM,
} from "./people.ts";

/** How large a directory is to be. */
export type Size = {
  /** Plain people besides the special ones. */
  readonly people: number;
  /** Contacts that only make the group of everybody larger. */
  readonly contacts: number;
};

/** The account with which the agent reads. It is an ordinary one and has no right of its own. */
export const AGENT_ACCOUNT = "svc-agent";
/** The name by which people's browsers know the agent's page, and its service. The agent's account has its key. */
export const PAGE_HOST = `postern.${DNS_DOMAIN}`;
export const PAGE_SERVICE = `HTTP/${PAGE_HOST}`;

/** One attribute; text that LDIF cannot have as it is becomes base64 (RFC 2849). */
const line = (name: string, value: string): string =>
  /^[ -9;=-~][ -~]*$/.test(value) && !/^[ :<]|\s$/.test(value)
    ? `${name}: ${value}`
    : `${name}:: ${Buffer.from(value).toString("base64")}`;

type Attributes = readonly (readonly [name: string, value: string | Buffer])[];

const record = (dn: string, attributes: Attributes): string =>
  [
    line("dn", dn),
    ...attributes.map(([name, value]) =>
      typeof value === "string" ? line(name, value) : `${name}:: ${value.toString("base64")}`,
    ),
    "",
    "",
  ].join("\n");

/** A value within a distinguished name (RFC 4514, 2.4). */
export const escaped = (value: string): string =>
  value
    .replace(/[\\",+<>;=]/g, "\\$&")
    .replace(/^[ #]/, "\\$&")
    .replace(/ $/, "\\ ");

/** The distinguished name of an organisational unit. */
export const placeDn = (place: Place): string => [...place.map((unit) => `OU=${escaped(unit)}`), BASE_DN].join(",");

/** The distinguished name of somebody, in this place or another. */
export const dnOf = ({ name }: Pick<Entry, "name">, place: Place): string => `CN=${escaped(name)},${placeDn(place)}`;

const GROUP_PLACE: Place = ["Groups"];
const CONTACT_PLACE: Place = ["Contacts"];

/** Where all groups are. */
export const groupsDn = placeDn(GROUP_PLACE);

/** The distinguished name of a group. */
export const groupDn = (name: string): string => dnOf({ name }, GROUP_PLACE);

const PASSWORD_NOT_REQUIRED = 0x20;

function controlOf({ state, password }: Entry): number {
  const control = state === undefined ? CONTROL.ordinary : CONTROL[state === "not-delegated" ? "protected" : state];
  // To derive the keys of thousands of passwords would take minutes.
  return password === true ? control : control | PASSWORD_NOT_REQUIRED;
}

/** `unicodePwd` as Active Directory expects it: in double quotes, UTF-16LE. */
const unicodePassword = (password: string): Buffer => Buffer.from(`"${password}"`, "utf16le");

function person(entry: Entry, passwordOf: (account: string) => string): string {
  const { objectClass = "user", account, upn, enabled, password } = entry;
  const text: readonly (readonly [string, string | undefined])[] = [
    ["objectClass", objectClass],
    ["displayName", entry.displayName],
    ["mail", entry.mail],
    ["mobile", entry.mobile],
    ["preferredLanguage", objectClass === "contact" ? undefined : entry.language],
    ["msRTCSIP-UserEnabled", enabled === undefined ? undefined : String(enabled).toUpperCase()],
    ["msRTCSIP-PrimaryUserAddress", entry.address],
  ];
  const login: readonly (readonly [string, string | Buffer | undefined])[] = [
    ["sAMAccountName", account],
    ["userPrincipalName", upn],
    ["userAccountControl", String(controlOf(entry))],
    ["accountExpires", entry.expires],
    ["adminCount", entry.adminCount === true ? "1" : undefined],
    ["unicodePwd", password === true ? unicodePassword(passwordOf(account)) : undefined],
  ];
  const all = objectClass === "contact" ? text : [...text, ...login];
  return record(
    dnOf(entry, entry.place),
    all.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}

const group = ({ name, members = [], groups = [] }: Group, more: readonly string[] = []): string =>
  record(groupDn(name), [
    ["objectClass", "group"],
    ["sAMAccountName", name.replace(/[,"/\\[\]:;|=+*?<>]/g, "")],
    ...[...members.map((member) => dnOf(member, member.place)), ...groups.map(groupDn), ...more].map(
      (dn) => ["member", dn] as const,
    ),
  ]);

const modification = (dn: string, ...lines: readonly string[]): string =>
  [line("dn", dn), "changetype: modify", ...lines, "", ""].join("\n");

/** LDIF that gives an entry one more value of an attribute. */
export const added = (dn: string, attribute: string, value: string): string =>
  modification(dn, `add: ${attribute}`, line(attribute, value));

/** LDIF that takes a value of an attribute away. */
export const removed = (dn: string, attribute: string, value: string): string =>
  modification(dn, `delete: ${attribute}`, line(attribute, value));

/** LDIF that gives each of these attributes this value and no other. */
export const modified = (dn: string, attributes: Readonly<Record<string, string>>): string =>
  modification(
    dn,
    ...Object.entries(attributes).flatMap(([name, value]) => [`replace: ${name}`, line(name, value), "-"]),
  );

/** LDIF that gives an entry another name, below this distinguished name. */
export const renamed = (dn: string, name: string, parent: string): string => {
  const [kind = "CN"] = dn.split("=");
  return [
    ...[line("dn", dn), "changetype: modrdn", line("newrdn", `${kind}=${escaped(name)}`), "deleteoldrdn: 1"],
    ...[line("newsuperior", parent), "", ""],
  ].join("\n");
};

/** What can be said only when everything is there: the other half of the loop, and Microsoft's own protected group. */
export const AFTERWARDS: string = [
  [groupDn(GROUPS.loopBack.name), groupDn(GROUPS.loop.name)],
  [`CN=Protected Users,CN=Users,${BASE_DN}`, dnOf(KNOWN.protected, KNOWN.protected.place)],
]
  .map(([container = "", member = ""]) => added(container, "member", member))
  .join("");

const numbered = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index + 1));

/** The whole population. `passwordOf` is called for every account that has a password. */
export function population({ people, contacts }: Size, passwordOf: (account: string) => string): string {
  const units = [PEOPLE, ...PLACES, TEAM, LEAVERS, GROUP_PLACE, CONTACT_PLACE];
  const crowd = numbered(people, plain);
  const contactNames = numbered(contacts, (number) => ({ name: `Contact ${number}` }));
  const everybody = [
    ...crowd.map((entry) => dnOf(entry, entry.place)),
    ...contactNames.map((entry) => dnOf(entry, CONTACT_PLACE)),
  ];
  const inner = Object.values(GROUPS).toReversed(); // a member has to exist before
  return [
    ...units.map((place) => record(placeDn(place), [["objectClass", "organizationalUnit"]])),
    ...[...SPECIAL, ...crowd].map((entry) => person(entry, passwordOf)),
    ...contactNames.map((entry) => record(dnOf(entry, CONTACT_PLACE), [["objectClass", "contact"]])),
    ...inner.map((one) => group(one)),
    group({ name: EVERYBODY }, everybody),
    record(`CN=${AGENT_ACCOUNT},CN=Users,${BASE_DN}`, [
      ["objectClass", "user"],
      ["sAMAccountName", AGENT_ACCOUNT],
      ["userPrincipalName", `${AGENT_ACCOUNT}@${DNS_DOMAIN}`],
      ["userAccountControl", String(CONTROL.ordinary)],
      ["servicePrincipalName", PAGE_SERVICE],
      ["msDS-SupportedEncryptionTypes", "24"],
      ["unicodePwd", unicodePassword(passwordOf(AGENT_ACCOUNT))],
    ]),
  ].join("");
}
