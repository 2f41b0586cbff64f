// How the directory is reached, who of it is taken, and what of a person becomes a word that rules match on.

import { FilterParser } from "ldapts";
import * as v from "valibot";
import { secretFile } from "./gateway.ts";

const SERVER =
  'Give URLs with the controller\'s DNS name, e.g. "ldaps://dc1.corp.contoso.com" or "ldap://…" for StartTLS.';
const DN = 'Give a distinguished name, e.g. "OU=People,DC=corp,DC=contoso,DC=com".';
const FILTER = 'Give an LDAP filter in parentheses, e.g. "(msRTCSIP-UserEnabled=TRUE)".';
const FILTER_SYNTAX =
  "That is no LDAP filter. Each part is (attribute=value), and each parenthesis is closed: (&(a=1)(b=2)), (|(a=1)(a=2)), (!(a=1)).";
const ATTRIBUTE = 'Give the LDAP name of an attribute, e.g. "department".';
const WORD = "Give one word of at most 64 characters, without white space.";

/** A distinguished name. The directory judges the rest of it. */
export const distinguishedName = v.pipe(v.string(DN), v.regex(/^[A-Za-z]+=.+,.*DC=.+$/i, DN));
const server = v.pipe(v.string(SERVER), v.regex(/^ldaps?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/, SERVER));
/** A word that rules match on. */
export const WORD_SHAPE = /^[^\p{C}\p{Z}]{1,64}$/u;
const MAX_DOMAINS = 20;
const MAX_GROUPS = 50;

const domain = v.strictObject({
  /** In the order in which they are asked. */
  servers: v.pipe(v.array(server, SERVER), v.minLength(1, SERVER), v.maxLength(10, "Give at most 10 controllers.")),
  /** The NetBIOS name in `NETBIOS\account`. Without it the agent asks the directory. */
  netbios: v.optional(v.pipe(v.string(), v.regex(/^[^\s\\/:*?"<>|@]{1,15}$/, 'Give the NetBIOS name, e.g. "CORP".'))),
  /** Where people are. Without it: the whole domain. */
  bases: v.optional(v.pipe(v.array(distinguishedName), v.minLength(1, DN)), undefined),
});

const group = v.strictObject({
  /** The group. With `under`: every group below this. */
  dn: v.optional(distinguishedName),
  under: v.optional(distinguishedName),
  /** The word that members get. Without it: the group's name, made into a word. */
  word: v.optional(v.pipe(v.string(WORD), v.regex(WORD_SHAPE, WORD))),
  /** Members of groups in the group count too. */
  nested: v.optional(v.boolean(), true),
});

/** `directory`. */
export const directorySchema = v.strictObject({
  domains: v.pipe(
    v.array(domain),
    v.minLength(1, "Give one domain at least, with its controllers."),
    v.maxLength(MAX_DOMAINS, `Give at most ${MAX_DOMAINS} domains.`),
  ),
  bind: v.strictObject({
    user: v.pipe(
      v.string(),
      v.regex(
        /^([^@\s]+@[^@\s]+|[A-Za-z]+=.+,.*DC=.+)$/,
        'Give the account\'s UPN or distinguished name, e.g. "svc-agent@corp.contoso.com".',
      ),
    ),
    passwordFile: secretFile,
  }),
  /** The certificates that sign the controllers' own, in PEM. Without it: those that Node trusts. */
  caFile: v.optional(v.pipe(v.string(), v.regex(/^\/./, "Give the path of a PEM file, from the root."))),
  /** Who is taken. */
  filter: v.optional(v.pipe(v.string(FILTER), v.check(isFilter, FILTER_SYNTAX)), "(msRTCSIP-UserEnabled=TRUE)"),
  /** Of these, only the members of one of these groups. */
  onlyMembersOf: v.optional(
    v.pipe(
      v.array(v.strictObject({ dn: distinguishedName, nested: v.optional(v.boolean(), true) })),
      v.minLength(1, "Give one group at least, or leave onlyMembersOf out."),
      v.maxLength(MAX_GROUPS, `Give at most ${MAX_GROUPS} groups.`),
    ),
  ),
  /** Groups that become words. */
  groups: v.optional(
    v.pipe(
      v.array(
        v.pipe(
          group,
          v.check(({ dn, under }) => (dn === undefined) !== (under === undefined), "Give either dn or under."),
          v.check(
            ({ under, word }) => under === undefined || word === undefined,
            "With under, leave word out: each group has its own.",
          ),
        ),
      ),
      v.maxLength(MAX_GROUPS, `Give at most ${MAX_GROUPS} entries.`),
    ),
    [],
  ),
  /** Attributes that become words `name=value`. */
  attributes: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(ATTRIBUTE), v.regex(/^[A-Za-z][A-Za-z0-9-]{0,30}$/, ATTRIBUTE))),
      v.maxLength(20, "Give at most 20 attributes."),
    ),
    [],
  ),
});

/** `sync`. */
export const syncSchema = v.strictObject({
  /** How often the directory is read, seconds. */
  everySeconds: v.optional(whole(10, 110), 60),
  /** How often everybody in Postern is compared with the directory, minutes. Between two times the agent remembers. */
  compareEveryMinutes: v.optional(whole(5, 1_440), 60),
  brake: v.optional(
    v.strictObject({ people: v.optional(whole(0, 100_000), 20), percent: v.optional(whole(0, 100), 5) }),
    { people: 20, percent: 5 },
  ),
});

export type DirectorySettings = v.InferOutput<typeof directorySchema>;
export type DomainSettings = DirectorySettings["domains"][number];

export type SyncSettings = v.InferOutput<typeof syncSchema>;

/** The library forgives a parenthesis that is not closed, and a controller does not. */
function isFilter(text: string): boolean {
  if (!/^\(.+\)$/s.test(text)) return false;
  try {
    FilterParser.parseString(text);
    return text.split("(").length === text.split(")").length;
  } catch {
    return false;
  }
}

/** A whole number within bounds. */
export function whole(least: number, most: number) {
  const fix = `Give a whole number from ${least} to ${most}.`;
  return v.pipe(v.number(fix), v.integer(fix), v.minValue(least, fix), v.maxValue(most, fix));
}
