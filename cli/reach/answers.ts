// The answers of the API. The types are the API's own.

export type * from "../../src/api/schemas/audit.ts";
export type * from "../../src/api/schemas/authority.ts";
export type * from "../../src/api/schemas/backup.ts";
export type * from "../../src/api/schemas/device-list.ts";
export type * from "../../src/api/schemas/devices.ts";
export type * from "../../src/api/schemas/directory.ts";
export type * from "../../src/api/schemas/directory-sync.ts";
export type * from "../../src/api/schemas/directory-unlink.ts";
export type * from "../../src/api/schemas/gateway-settings.ts";
export type * from "../../src/api/schemas/invitations.ts";
export type * from "../../src/api/schemas/keys.ts";
export type * from "../../src/api/schemas/leavers.ts";
export type * from "../../src/api/schemas/locks.ts";
export type * from "../../src/api/schemas/notices.ts";
export type * from "../../src/api/schemas/passwords.ts";
export type * from "../../src/api/schemas/person.ts";
export type * from "../../src/api/schemas/policy.ts";
export type * from "../../src/api/schemas/policy-changes.ts";
export type * from "../../src/api/schemas/portal.ts";
export type * from "../../src/api/schemas/rename.ts";
export type * from "../../src/api/schemas/sign-ins.ts";
export type * from "../../src/api/schemas/statistics.ts";
export type * from "../../src/api/schemas/tokens.ts";
export type * from "../../src/api/schemas/trace.ts";
export type * from "../../src/api/schemas/users.ts";
