// Everybody in the directory of the sync's tests. Most are plain, and there are thousands of them. Some are as people
// in real directories are, and have broken a synchronisation somewhere: their names need escaping, fold to the name of
// somebody else, or lack what one takes for granted.

import { PEOPLES_SUFFIX } from "../ad/names.ts";

/** Where somebody is in the directory: names of organisational units below the domain, innermost first. */
export type Place = readonly string[];

/** One account of the directory. Attributes that are missing here are missing there. */
export type Entry = {
  /** Common name, as people read it. */
  readonly name: string;
  readonly place: Place;
  readonly account: string;
  readonly upn?: string;
  /** msRTCSIP-PrimaryUserAddress. */
  readonly address?: string;
  /** msRTCSIP-UserEnabled. */
  readonly enabled?: boolean;
  readonly displayName?: string;
  readonly mail?: string;
  readonly mobile?: string;
  readonly language?: string;
  readonly state?: "disabled" | "expired" | "not-delegated";
  /** True: the account has a password, so that somebody can sign in by Kerberos. */
  readonly password?: boolean;
  /** accountExpires as the directory has it, in units of 100 ns since 1601. */
  readonly expires?: string;
  /** Protected by the directory (adminCount), as its administrators are. */
  readonly adminCount?: boolean;
  readonly objectClass?: "user" | "inetOrgPerson" | "contact";
};

export const PEOPLE: Place = ["People"];
/** Units whose names need escaping in a distinguished name. */
export const PLACES: readonly Place[] = [
  ["Zürich", "People"],
  ["Paris, Texas", "People"],
  ["O'Hare", "People"],
  ['A\\B + "C" <D>; #1=2', "People"],
];
/** A unit that a test moves as a whole. Three people are in it. */
export const TEAM: Place = ["Team", "People"];
/** The unit to which leavers are moved. */
export const LEAVERS: Place = ["Leavers"];

const at = (local: string, domain = PEOPLES_SUFFIX): string => `${local}@${domain}`;

/** An ordinary account with everything, of which a test says only what is special. */
function somebody(account: string, special: Partial<Entry> = {}): Entry {
  return {
    ...{ name: account, place: PEOPLE, account, upn: at(account), address: `sip:${at(account)}`, enabled: true },
    ...{ displayName: account, mail: at(account), mobile: "+49 170 5550100" },
    ...special,
  };
}

const GIVEN = ["Jörg", "Zoë", "Siobhán", "Łukasz", "Anna", "René", "Ole", "Iñaki", "Şule", "Mary-Jane"] as const;
const FAMILY = [
  "Müller",
  "O'Brien",
  "Straße",
  "d'Arcy",
  "Nguyễn",
  "Smith",
  "Ångström",
  "Çelik",
  "Doe",
  "Ó Sé",
] as const;

/** A plain person by number, from 1: `p0001`. */
export function plain(number: number): Entry {
  const digits = String(number).padStart(4, "0");
  const given = GIVEN[number % GIVEN.length] ?? "";
  const family = FAMILY[Math.floor(number / GIVEN.length) % FAMILY.length] ?? "";
  return somebody(`p${digits}`, {
    name: `${given} ${family} ${digits}`,
    place: number % 5 === 0 ? PEOPLE : (PLACES[number % PLACES.length] ?? PEOPLE),
    displayName: `${family}, ${given}`,
    mobile: `+49 170 ${5_000_000 + number}`,
    ...(number % 3 === 0 && { language: number % 2 === 0 ? "de-CH" : "fr" }),
  });
}

/** accountExpires for "never": the two values that directories have for it. */
const NEVER = { zero: "0", largest: "9223372036854775807" } as const;
/** In the year 2009. */
const LONG_AGO = "128800000000000000";

/** Those whom a test knows by name. All of them are in step when the sync has ended. */
export const KNOWN = {
  alice: somebody("alice", { name: "Alice Ångström", password: true, displayName: "Alice Ångström", language: "de" }),
  bob: somebody("bob", { password: true, displayName: "Bob O'Brien" }),
  carol: somebody("carol", { password: true }),
  tina: somebody("tina", { place: TEAM }),
  tom: somebody("tom", { place: TEAM }),
  ted: somebody("ted", { place: TEAM }),
  protected: somebody("paula.admin", { password: true, adminCount: true }),
  undelegated: somebody("nina", { password: true, state: "not-delegated" }),
} as const satisfies Record<string, Entry>;

/** Names that have to survive the way through LDAP, JSON and D1 as they are. */
export const ODD: readonly Entry[] = [
  somebody("comma", { name: "Doe, John", displayName: "Doe, John" }),
  somebody("specials", { name: '#1 "J" <D>; A+B=C\\D', displayName: '#1 "J" <D>; A+B=C\\D' }),
  somebody("edges", { name: " spaces at both ends ", displayName: "No-break\u00a0space" }),
  somebody("apostrophe", { name: "Siobhán O'Brien-D'Arcy", displayName: "Siobhán O'Brien-D'Arcy" }),
  somebody("quotes", { displayName: `Robert'); DROP TABLE users;--` }),
  somebody("markup", { displayName: "<script>alert(1)</script>" }),
  somebody("emoji", { displayName: "Ana 👩‍🚀 Silva" }),
  somebody("longest", { displayName: "Ü".repeat(256) }),
  somebody("longname", { name: "N".repeat(64) }),
  somebody("twenty-letters-name1", { displayName: "sAMAccountName of 20 characters" }),
  somebody("anna.maria", { displayName: "A dot" }),
  somebody("space man", { upn: at("space.man"), address: `sip:${at("space.man")}`, mail: at("space.man") }),
  somebody("upper", { upn: "UPPER.CASE@CONTOSO.TEST", address: "SIP:UPPER.CASE@CONTOSO.TEST" }),
  somebody("otherupn", { upn: at("otherupn", "corp.contoso.test"), address: `sip:${at("other.address")}` }),
  somebody("inetorg", { objectClass: "inetOrgPerson" }),
  somebody("never.zero", { expires: NEVER.zero }),
  somebody("never.largest", { expires: NEVER.largest }),
];

/** Without what one takes for granted, and yet somebody whom Lync knows. */
export const INCOMPLETE = {
  noUpn: without(somebody("noupn"), "upn"),
  noDisplayName: without(somebody("nodisplay"), "displayName"),
  noMail: without(somebody("nomail"), "mail", "mobile"),
  /** Has a text as mail that is no address. */
  badMail: somebody("badmail", { mail: "Mail, Bad <bad@contoso.test>" }),
} as const satisfies Record<string, Entry>;

function without(entry: Entry, ...attributes: readonly (keyof Entry)[]): Entry {
  const rest: Partial<Record<keyof Entry, unknown>> = { ...entry };
  for (const attribute of attributes) delete rest[attribute];
  return rest as Entry;
}

/** Known to Lync, and not allowed in by the directory. */
export const SHUT_OUT = {
  disabled: somebody("dora", { state: "disabled", password: true }),
  expired: somebody("erin", { state: "expired", expires: LONG_AGO, password: true }),
} as const satisfies Record<string, Entry>;

/** Not known to Lync. `password`: the page on the LAN has to turn them away. */
export const OUTSIDE = {
  notEnabled: somebody("olga", { enabled: false, password: true }),
  leftOver: without(somebody("leftover"), "enabled"),
  stranger: without(somebody("stranger", { password: true }), "enabled", "address"),
  contact: { ...somebody("responsegroup"), objectClass: "contact" },
} as const satisfies Record<string, Entry>;

/** Each pair or entry is a problem for an administrator: reported, and nobody is merged. */
export const TROUBLE = {
  /** S-10: the two names fold to one key. */
  strasse: somebody("strasse", { displayName: "Hans Strasse" }),
  straße: somebody("straße", { displayName: "Hans Straße" }),
  /** The same letters, composed and not. */
  composed: somebody("jos\u00e9", { displayName: "composed" }),
  decomposed: somebody("jose\u0301", { name: "jose decomposed", displayName: "decomposed" }),
  /** Two people with one address. */
  twin: somebody("twin1", { address: `sip:${at("twin")}` }),
  otherTwin: somebody("twin2", { address: `sip:${at("twin")}` }),
  /** Enabled without an address, and with one that is none. */
  noAddress: without(somebody("noaddress"), "address"),
  noScheme: somebody("noscheme", { address: at("noscheme") }),
  telephone: somebody("telephone", { address: "tel:+495550100" }),
} as const satisfies Record<string, Entry>;

/** Everybody but the plain ones. */
export const SPECIAL: readonly Entry[] = [KNOWN, INCOMPLETE, SHUT_OUT, OUTSIDE, TROUBLE]
  .flatMap((group): Entry[] => Object.values(group))
  .concat(ODD);

/** A group by its name, with members that are people or groups. */
export type Group = { readonly name: string; readonly members?: readonly Entry[]; readonly groups?: readonly string[] };

/** Groups. The third of the nested ones has the people. Each of the two of the loop contains the other one. */
export const GROUPS = {
  outer: { name: "Lync Mobile", groups: ["Lync Mobile Europe"] },
  middle: { name: "Lync Mobile Europe", groups: ["Köln, Süd & O'Hare"] },
  inner: { name: "Köln, Süd & O'Hare", members: [KNOWN.alice, KNOWN.bob, KNOWN.carol] },
  /** Its name and the names of its members all need escaping. */
  odd: { name: 'Odd, "Names" + \\ <more>; #=', members: ODD },
  loop: { name: "Loop A", groups: ["Loop B"], members: [KNOWN.tina] },
  loopBack: { name: "Loop B", members: [KNOWN.tom] },
} as const satisfies Record<string, Group>;

/** The group of everybody, far larger than what a controller of Microsoft's answers with in one piece. */
export const EVERYBODY = "Everybody";
