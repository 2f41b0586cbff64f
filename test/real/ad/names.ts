// The made-up organisation's directory: its realm, its services and its users. Alice and Bob have another UPN suffix
// than the realm, as most organisations give to people (contoso.test, as in their mail address). The users for load
// have the realm's own. A connector has to handle both.

/** Kerberos realm, and in lower case the DNS name of the domain. */
export const REALM = "CORP.CONTOSO.TEST";
export const DNS_DOMAIN = REALM.toLowerCase();
export const NETBIOS_DOMAIN = "CONTOSO";
/** The UPN suffix besides the realm's own. */
export const PEOPLES_SUFFIX = "contoso.test";

/** Postern, as its orders to the connector say. */
export const ISSUER = "https://web.contoso.test";

/** The Front-End by the name with which the connector asks for it. */
export const FRONT_END_HOST = `fe01.${DNS_DOMAIN}`;
export const FRONT_END_SERVICE = `HTTP/${FRONT_END_HOST}`;

/** The pool's account, whose key Apache holds. */
export const FRONT_END_ACCOUNT = "svc-fe";

/** The connector's account. It may delegate every user to the Front-End's service, and to no other service. */
export const CONNECTOR_ACCOUNT = "svc-postern";

/** An account like the connector's. Its password was changed after its keytab was made. */
export const STALE_ACCOUNT = "svc-stale";

/** What is special about an account. */
export type AccountState = "ordinary" | "disabled" | "expired" | "protected";

/** One account of a person. */
export type DirectoryUser = {
  readonly account: string;
  readonly upn: string;
  readonly state: AccountState;
  readonly groups?: readonly string[];
};

/** The group of everybody whom a test signs in. The connector may be told to accept only its members. */
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

/** A user in no group. When the connector looks at groups, it refuses this user. */
export const OUTSIDER: DirectoryUser = { ...person("olga"), groups: [] };

/** Tests try this user's password at the directory itself, to show that the directory counts and locks. */
export const THROW_AWAY: DirectoryUser = person("tim");

/** Everybody in the directory except the services. */
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
