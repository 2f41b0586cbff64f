// A person as SCIM writes one (RFC 7643, 4.1), and how that is read. Postern keeps what it needs and ignores the rest:
// a name in parts, a title, an address. Pure.

import * as v from "valibot";
import { ok, type Result, refuse } from "../result.ts";
import { isPrintable } from "../text/printable.ts";

export const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
/** Postern's own attributes: the SIP address, the account, its SID, and the words that rules match on. */
export const EXTENSION = "urn:ietf:params:scim:schemas:extension:postern:2.0:User";

/** What Postern keeps of a linked person. */
export type Kept = {
  /** The user's id, `u_…`: SCIM's `id`. */
  readonly id: string;
  /** What the client calls the person. Null: it never said. */
  readonly externalId: string | null;
  readonly upn: string | null;
  /** `sip:user@domain`. */
  readonly sipUri: string;
  /** `DOMAIN\user`. */
  readonly account: string;
  readonly displayName: string | null;
  readonly mail: string | null;
  readonly mobile: string | null;
  readonly language: string | null;
  /** The pool at which the person is homed, as the directory names it. */
  readonly pool: string | null;
  readonly sid: string | null;
  readonly groups: readonly string[];
  /** Whether the client lets the person in. */
  readonly active: boolean;
  /** Milliseconds. */
  readonly createdAt: number;
  readonly revision: number;
};

/** What a client says of a person: `Kept` without what Postern adds. */
export type Said = Omit<Kept, "id" | "createdAt" | "revision">;

/** The user name: the UPN, or without one the account, with its domain unless that is the gateway's own. */
export function userNameOf({ upn, account }: Pick<Kept, "upn" | "account">, domain: string): string {
  const start = `${domain}\\`.toLowerCase();
  return upn ?? (account.toLowerCase().startsWith(start) ? account.slice(start.length) : account);
}

/** A person as SCIM shows one. `base`: where the resources are. `domain`: the NetBIOS name of the gateway's domain. */
export function resourceOf(kept: Kept, base: string, domain: string): Record<string, unknown> {
  return {
    schemas: [USER_SCHEMA, EXTENSION],
    id: kept.id,
    ...documentOf(kept, domain),
    meta: {
      ...{ resourceType: "User", created: new Date(kept.createdAt).toISOString() },
      ...{ location: `${base}/Users/${kept.id}`, version: `W/"r${kept.revision}"` },
    },
  };
}

/** What a client may change of a person. */
export function documentOf(kept: Kept, domain: string): Record<string, unknown> {
  const given = (entries: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== null));
  return {
    ...given({ externalId: kept.externalId, displayName: kept.displayName, preferredLanguage: kept.language }),
    userName: userNameOf(kept, domain),
    active: kept.active,
    ...(kept.mail === null ? {} : { emails: [{ value: kept.mail, type: "work", primary: true }] }),
    ...(kept.mobile === null ? {} : { phoneNumbers: [{ value: kept.mobile, type: "mobile" }] }),
    [EXTENSION]: {
      ...{ sipAddress: kept.sipUri.slice("sip:".length), account: kept.account },
      ...given({ sid: kept.sid, pool: kept.pool }),
      groups: kept.groups.map((value) => ({ value })),
    },
  };
}

/** The document without what nobody mapped: such a SIP address and such an account follow the user name. */
export function withoutFollowers(kept: Kept, domain: string): Record<string, unknown> {
  const document = documentOf(kept, domain);
  const { sipAddress, account, ...rest } = document[EXTENSION] as Record<string, unknown>;
  const userName = userNameOf(kept, domain);
  const follows = {
    address: kept.sipUri === `sip:${addressFor(userName, kept.mail)?.toLowerCase()}`,
    account: kept.account === accountFor(userName, domain),
  };
  const own = { ...rest, ...(!follows.address && { sipAddress }), ...(!follows.account && { account }) };
  return { ...document, [EXTENSION]: own };
}

/** The longest sAMAccountName of a person. */
const MAX_ACCOUNT_CHARS = 20;

/** The account of somebody whose client maps none: the user name up to its @, in the domain of the gateway. */
function accountFor(userName: string, domain: string): string | undefined {
  const [local = "", at] = userName.split("@");
  if (at === undefined) return userName.includes("\\") ? userName : `${domain}\\${userName}`;
  return local.length > MAX_ACCOUNT_CHARS ? undefined : `${domain}\\${local}`;
}

/** The SIP address of somebody whose client maps none. */
const addressFor = (userName: string, mail: string | null): string | undefined =>
  userName.includes("@") ? userName : (mail ?? undefined);

// Entra ID writes "True" and "False" where it means a truth value.
const truth = v.union([
  v.boolean(),
  v.pipe(
    v.string(),
    v.toLowerCase(),
    v.picklist(["true", "false"]),
    v.transform((text) => text === "true"),
  ),
]);
const MAX_TEXT_CHARS = 256;
const text = v.pipe(v.string(), v.trim(), v.maxLength(MAX_TEXT_CHARS, `It may have ${MAX_TEXT_CHARS} characters.`));
const maybe = v.nullish(text);
/** The beginning of the key of somebody whom the client gave no externalId. */
export const NAMELESS = "~";
/** It becomes a key, and a later request looks the person up by it. */
const externalId = v.nullish(
  v.pipe(
    text,
    v.check(
      (id) => id === "" || isExternalId(id),
      "It must be a word of at most 200 characters that begins with no ~.",
    ),
  ),
);
const isExternalId = (id: string): boolean => /^[^\s~]\S{0,199}$/.test(id) && isPrintable(id);
const MAX_VALUES = 200;
const values = v.nullish(
  v.pipe(
    v.array(v.object({ value: v.nullish(v.string()), type: v.nullish(v.string()), primary: v.nullish(truth) })),
    v.maxLength(MAX_VALUES),
  ),
);
const wordList = v.union([
  v.pipe(
    v.string(),
    v.maxLength(MAX_VALUES * MAX_TEXT_CHARS),
    v.transform((all) => [all]),
  ),
  v.pipe(
    v.array(
      v.union([
        text,
        v.pipe(
          v.object({ value: text }),
          v.transform(({ value }) => value),
        ),
      ]),
    ),
    v.maxLength(MAX_VALUES),
  ),
]);
const user = v.object({
  userName: v.pipe(
    text,
    v.regex(/^[^@\s]+(?:@[^@\s]+)?$/, "It must be the user principal name, such as user@contoso.com, or the account."),
  ),
  externalId,
  displayName: maybe,
  name: v.nullish(v.object({ formatted: maybe, givenName: maybe, familyName: maybe })),
  preferredLanguage: maybe,
  active: v.optional(truth, true),
  emails: values,
  phoneNumbers: values,
  [EXTENSION]: v.nullish(
    v.object({ sipAddress: maybe, account: maybe, sid: maybe, pool: maybe, groups: v.nullish(wordList) }),
  ),
});

/**
 * Reads a person. A fault is a sentence that names the attribute and quotes no value. `known`: the account of somebody
 * who is there already, for a user name that does not tell it.
 */
export function readResource(document: unknown, domain: string, known?: string): Result<Said, string> {
  const read = v.safeParse(user, document);
  if (!read.success) {
    const [issue] = read.issues;
    const path = v.getDotPath(issue) ?? "the resource";
    const said = issue.message.startsWith("Invalid ") ? "It is missing, or of another type." : issue.message;
    return refuse(`${path}: ${said}`);
  }
  const { userName, externalId, displayName, name, preferredLanguage, active, emails, phoneNumbers } = read.output;
  const own = read.output[EXTENSION];
  const upn = userName.includes("@") ? userName : null;
  const account = own?.account || accountFor(userName, domain) || known;
  if (account === undefined) {
    return refuse(`${EXTENSION}:account: It is missing, and userName does not tell it. Map DOMAIN\\sAMAccountName.`);
  }
  if (upn === null && account.toLowerCase() !== accountFor(userName, domain)?.toLowerCase()) {
    return refuse("userName: It must be the user principal name, or the same account as in the extension.");
  }
  const mail = pick(emails, "work") ?? null;
  const address = own?.sipAddress || addressFor(userName, mail);
  if (address === undefined)
    return refuse(`${EXTENSION}:sipAddress: It is missing, and so is an address of type work.`);
  const words = (own?.groups ?? []).flatMap((one) => one.split(";")).map((word) => word.trim());
  const full = displayName || name?.formatted || [name?.givenName, name?.familyName].filter(Boolean).join(" ");
  return ok({
    ...{ externalId: externalId || null, upn, account, active, mail },
    sipUri: /^sip:/i.test(address) ? address : `sip:${address}`,
    displayName: full || null,
    mobile: pick(phoneNumbers, "mobile") ?? null,
    language: preferredLanguage || null,
    ...{ sid: own?.sid || null, pool: own?.pool || null },
    groups: [...new Set(words.filter((word) => word !== ""))],
  });
}

/** The value of that type, or of no type; with several, the primary one. */
function pick(all: v.InferOutput<typeof values>, type: string): string | undefined {
  const fit = (all ?? []).filter((one) => (one.type ?? type).toLowerCase() === type && (one.value ?? "").trim() !== "");
  return (fit.find(({ primary }) => primary === true) ?? fit[0])?.value?.trim();
}
