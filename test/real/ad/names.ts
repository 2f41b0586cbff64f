// The made-up organisation's directory: its realm, its services, and who is in it. Alice and Bob have the alternative
// UPN suffix that most organisations give to people (contoso.test, as in their mail address); the users for load have
// the realm's own. A connector has to cope with both.

/** Kerberos realm, and in lower case the DNS name of the domain. */
export const REALM = "CORP.CONTOSO.TEST";
export const DNS_DOMAIN = REALM.toLowerCase();
export const NETBIOS_DOMAIN = "CONTOSO";
/** UPN suffix beside the realm's own. */
export const PEOPLES_SUFFIX = "contoso.test";

/** Postern, as its orders to the connector say. */
export const ISSUER = "https://web.contoso.test";

/** The Front-End as the connector asks for it. */
export const FRONT_END_HOST = `fe01.${DNS_DOMAIN}`;
export const FRONT_END_SERVICE = `HTTP/${FRONT_END_HOST}`;

/** The pool's account, whose key Apache holds. */
export const FRONT_END_ACCOUNT = "svc-fe";

/** The connector's account: may delegate anybody to the Front-End's service, and to no other. */
export const CONNECTOR_ACCOUNT = "svc-postern";

/** Like the connector's, but its password was changed after its keytab was made. */
export const STALE_ACCOUNT = "svc-stale";

/** What sets an account apart. */
export type AccountState = "ordinary" | "disabled" | "expired" | "protected";

/** One account of a person. */
export type DirectoryUser = {
  readonly account: string;
  readonly upn: string;
  readonly state: AccountState;
  readonly groups?: readonly string[];
};

/** Everybody whom a test signs in; the connector may be told to take only its members. */
export const USERS_GROUP = "lync-users";

const person = (account: string, state: AccountState = "ordinary", suffix = PEOPLES_SUFFIX): DirectoryUser => ({
  account,
  upn: `${account}@${suffix}`,
  state,
  groups: [USERS_GROUP],
});

/** Twenty users for load: `u01` to `u20`. */
export const LOAD_USERS: readonly DirectoryUser[] = Array.from({ length: 20 }, (_, i) =>
  person(`u${String(i + 1).padStart(2, "0")}`, "ordinary", DNS_DOMAIN),
);

/** In no group: where the connector looks at groups, a stranger to it. */
export const OUTSIDER: DirectoryUser = { ...person("olga"), groups: [] };

/** Its password is tried at the directory itself, to show that it counts and locks. */
export const THROW_AWAY: DirectoryUser = person("tim");

/** Everybody in the directory who is not a service. */
export const DIRECTORY_USERS: readonly DirectoryUser[] = [
  person("alice"),
  person("bob"),
  person("dora", "disabled"),
  person("erin", "expired"),
  person("frank", "protected"),
  OUTSIDER,
  THROW_AWAY,
  ...LOAD_USERS,
];
