// Reads an exported audit for what was done after a moment: the last act about each thing. Acts that closed something are
// done again; acts that opened something are only listed. Pure.

/** An event as `audit export --format jsonl` writes it, as far as it is read here. */
export type ExportedEvent = {
  readonly id: string;
  readonly at: string;
  readonly reason: string;
  readonly userId?: string | null;
  readonly user?: string | null;
  readonly device?: string | null;
  readonly credentialId?: string | null;
  readonly outcome: string;
  readonly why?: string | null;
  readonly change?: { readonly before?: unknown; readonly after?: unknown } | null;
};

/** Something that is done again. `thing`: what it is about, such as `device:d_…`. */
export type ClosingAct = {
  readonly event: ExportedEvent;
  readonly thing: string;
  readonly method: "POST" | "DELETE" | "PATCH";
  readonly path: readonly [string, ...string[]];
  /** What the request says beside why. */
  readonly body?: Readonly<Record<string, string>>;
};
export type Acts = {
  readonly closing: readonly ClosingAct[];
  /** What opened something last, and is not done again. */
  readonly opening: readonly { readonly event: ExportedEvent; readonly thing: string }[];
  /** Changes that a person has to look at. */
  readonly others: readonly ExportedEvent[];
  /** Digests of the ids of people who were erased. */
  readonly erased: readonly string[];
};

type Meant = { readonly thing: string; readonly closes?: Pick<ClosingAct, "method" | "path" | "body"> };

const CLOSED_DEVICE = {
  "device-blocked": "block",
  "device-blocked-by-owner": "block",
  "device-forgotten": "forget",
  "device-forgotten-by-owner": "forget",
} as const;
const OPENS_DEVICE = new Set(["device-approved", "device-approved-by-owner", "device-expected"]);
const OPENS_USER = new Set(["user-enabled", "user-created"]);
const CLOSES_USER = new Set(["user-disabled", "user-deleted"]);
const OPENS_PASSWORD = new Set(["password-created", "password-renewed", "password-changed"]);
/** Changes that say nothing of who may come in. */
const QUIET =
  /^(?:backup-|restore-|user-restored|user-reconciled|audit-purged|break-glass|administrator-signed-in|notice-|locks-cleared|portal-|data-exported|certificate-left|sessions-ended|authority-answered)/;

function meantBy(event: ExportedEvent): Meant | undefined {
  const { reason, userId, device, credentialId } = event;
  if (typeof device === "string" && typeof userId === "string") {
    const thing = `device:${device}`;
    if (Object.hasOwn(CLOSED_DEVICE, reason)) {
      const verb = CLOSED_DEVICE[reason as keyof typeof CLOSED_DEVICE];
      return { thing, closes: { method: "POST", path: ["v1", "users", userId, "devices", device, verb] } };
    }
    if (OPENS_DEVICE.has(reason)) return { thing };
  }
  if (typeof credentialId === "string" && typeof userId === "string") {
    const thing = `password:${credentialId}`;
    if (reason === "password-revoked") {
      return { thing, closes: { method: "POST", path: ["v1", "users", userId, "passwords", credentialId, "revoke"] } };
    }
    if (OPENS_PASSWORD.has(reason)) return { thing };
  }
  if (typeof userId === "string") {
    const thing = `user:${userId}`;
    if (CLOSES_USER.has(reason)) return { thing, closes: { method: "POST", path: ["v1", "users", userId, "disable"] } };
    if (OPENS_USER.has(reason)) return { thing };
  }
  const id = idIn(event.change) ?? idInReason(event.why);
  if (id === undefined) return undefined;
  if (reason === "token-created") return { thing: `token:${id}` };
  if (reason === "token-revoked")
    return { thing: `token:${id}`, closes: { method: "POST", path: ["v1", "tokens", id, "revoke"] } };
  if (reason === "administrator-created") return { thing: `admin:${id}` };
  if (reason === "administrator-changed") return { thing: `admin:${id}`, ...lowered(id, event.change) };
  if (reason === "administrator-deleted")
    return { thing: `admin:${id}`, closes: { method: "DELETE", path: ["v1", "administrators", id] } };
  return undefined;
}

const ROLES = ["viewer", "helpdesk", "admin"];

/** A lower role closes. Whoever was disabled meanwhile stays so, because a role alone lets nobody in. */
function lowered(id: string, change: ExportedEvent["change"]): Pick<Meant, "closes"> {
  const [was, role] = [field(change?.before, "role"), field(change?.after, "role")];
  if (was === undefined || role === undefined || ROLES.indexOf(role) >= ROLES.indexOf(was)) return {};
  return { closes: { method: "PATCH", path: ["v1", "administrators", id], body: { role } } };
}

/** The acts at that time (ms) or later. */
export function actsSince(events: Iterable<ExportedEvent>, since: number): Acts {
  const last = new Map<string, { readonly event: ExportedEvent; readonly meant: Meant }>();
  const others: ExportedEvent[] = [];
  const erased: string[] = [];
  const inOrder = [...events].filter(({ at }) => Date.parse(at) >= since).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const event of inOrder) {
    const meant = meantBy(event);
    const digest = field(event.change?.after, "erased");
    if (event.reason === "user-erased" && digest !== undefined) erased.push(digest);
    else if (meant !== undefined) last.set(meant.thing, { event, meant });
    else if (event.outcome === "changed" && !QUIET.test(event.reason)) others.push(event);
  }
  const all = [...last.values()];
  return {
    closing: all.flatMap(({ event, meant: { thing, closes } }) =>
      closes === undefined ? [] : [{ event, thing, ...closes }],
    ),
    opening: all.flatMap(({ event, meant: { thing, closes } }) => (closes === undefined ? [{ event, thing }] : [])),
    ...{ others, erased },
  };
}

function field(value: unknown, name: string): string | undefined {
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, name)) return undefined;
  const found: unknown = (value as Readonly<Record<string, unknown>>)[name];
  return typeof found === "string" ? found : undefined;
}

/** The audit names a token or an administrator that was changed at the beginning of the reason. */
const idInReason = (why: string | null | undefined): string | undefined => /^[at]_[a-z0-9]+/.exec(why ?? "")?.[0];

const idIn = (change: ExportedEvent["change"]): string | undefined =>
  field(change?.after, "id") ?? field(change?.before, "id");
