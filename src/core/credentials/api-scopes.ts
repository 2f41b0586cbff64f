// What a token of the API, or a person who administrates, may be for. What each may do is in api/roles.ts. Pure.

/**
 * The scopes of tokens. `read`, `helpdesk` and `admin` are a ladder: each may do what the one before may. `directory`,
 * `metrics` and `backup` are for programs, and may do only the operations that name them.
 */
export const API_SCOPES = ["read", "helpdesk", "admin", "directory", "metrics", "backup"] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** The roles of people, and the scope of each. */
export const ROLES = { viewer: "read", helpdesk: "helpdesk", admin: "admin" } as const satisfies Record<
  string,
  ApiScope
>;
export type AdministratorRole = keyof typeof ROLES;
