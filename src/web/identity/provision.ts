// Finds the administrator whom the identity provider signed in, by issuer and subject. Somebody who was invited is
// found by a verified address the first time. Anybody else is added if the provider's claims give a role.
//
// Several requests may do this for one person at one moment. Each step is one statement that has no effect when another
// request was faster, and then the person is looked for again.

import { type Change, changeText } from "../../audit/change.ts";
import { auditEvent, type EventContext } from "../../audit/event.ts";
import { logAudited } from "../../audit/log.ts";
import type { AdministratorRole } from "../../core/credentials/api-scopes.ts";
import { ok, type Result, refuse } from "../../core/result.ts";
import { type Administrator, addAdministrator, changeAdministrator } from "../../store/administrators.ts";
import { insertEvents } from "../../store/audit.ts";
import type { Database } from "../../store/database.ts";
import { administratorBySubject, administratorsByEmail, linkSubject } from "../../store/identities.ts";
import { newAdministratorId } from "../../store/ids.ts";
import { type Identity, subjectKey } from "./identity.ts";
import { type RoleFault, type RoleMapping, roleOf } from "./roles.ts";

/**
 * `not-invited`: without CONSOLE_ROLES only people who were invited may come. `invited-unverified`: the address was
 * invited, but the provider does not vouch for it. `address-of-another`: somebody with another identity has the
 * address. `disabled`: an administrator took the person's role away.
 */
export type ProvisionFault = RoleFault | "not-invited" | "invited-unverified" | "address-of-another" | "disabled";

/** What there is to know beside the person. `about`: the request, for the audit. */
export type Provisioning = {
  readonly db: Database;
  /** Without a value, as without CONSOLE_ROLES: roles are given in the console alone. */
  readonly roles: RoleMapping;
  readonly about: EventContext;
  readonly now: number;
};

/** Each further try follows a change that somebody else made in between. */
const MAX_TRIES = 5;

/** Who administrates by this identity, with the role that the person has from now on. */
export async function administratorFor(
  identity: Identity,
  context: Provisioning,
): Promise<Result<Administrator, ProvisionFault>> {
  const role = context.roles.byValue.size === 0 ? undefined : roleOf(identity.claims, context.roles);
  if (role !== undefined && !role.ok) return role;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const found = await tryOnce(identity, role?.value, context);
    if (found !== undefined) return found;
  }
  throw new Error("somebody changes an administrator again and again");
}

/** Undefined when another request was faster. */
async function tryOnce(
  identity: Identity,
  role: AdministratorRole | undefined,
  context: Provisioning,
): Promise<Result<Administrator, ProvisionFault> | undefined> {
  const { db } = context;
  const subject = subjectKey(identity);
  const known = await administratorBySubject(db, subject);
  if (known?.disabledAt === null) return withRole(known, identity, role, context);

  const namesakes = await administratorsByEmail(db, identity.email);
  const invited = namesakes.find(({ disabledAt }) => disabledAt === null);
  if (invited === undefined) {
    // Otherwise somebody whose role was taken away would come back as somebody new.
    if (known !== undefined || namesakes.length > 0) return refuse("disabled");
    return role === undefined ? refuse("not-invited") : added(identity, role, context);
  }
  if (invited.subject !== null) return refuse("address-of-another");
  if (!identity.emailVerified) return refuse("invited-unverified");
  const linked = await linkSubject(db, invited, role === undefined ? { subject } : { subject, role });
  if (linked === undefined) return undefined;
  await record("administrator-changed", linked, identity, context, { before: shown(invited), after: shown(linked) });
  return ok(linked);
}

/**
 * The provider's claims decide at each sign-in, also for the last administrator: what they gave, they can give again.
 */
async function withRole(
  known: Administrator,
  identity: Identity,
  role: AdministratorRole | undefined,
  context: Provisioning,
): Promise<Result<Administrator, ProvisionFault> | undefined> {
  if (role === undefined || role === known.role) return ok(known);
  const changed = await changeAdministrator(context.db, known, { role }, false);
  if (!changed.ok || changed.value === undefined) return undefined;
  const after = changed.value;
  await record("administrator-changed", after, identity, context, { before: shown(known), after: shown(after) });
  return ok(after);
}

async function added(
  identity: Identity,
  role: AdministratorRole,
  context: Provisioning,
): Promise<Result<Administrator, ProvisionFault> | undefined> {
  const { name, email, source } = identity;
  const id = newAdministratorId();
  const row: Administrator = {
    ...{ id, name, email, role, source, subject: subjectKey(identity) },
    ...{ createdAt: context.now, createdBy: id, disabledAt: null, revision: 0 },
  };
  if (!(await addAdministrator(context.db, row)).ok) return undefined;
  await record("administrator-created", row, identity, context, { after: { id, name, email, ...shown(row) } });
  return ok(row);
}

const shown = ({ role, subject }: Administrator) => ({ role, subject });

/**
 * In the audit when this returns (S-39). The audit names the person as the one who made the change, because nobody else
 * acted.
 */
async function record(
  reason: "administrator-created" | "administrator-changed",
  { id }: Administrator,
  { issuer }: Identity,
  { db, about, roles, now }: Provisioning,
  change: Change,
): Promise<void> {
  const from = roles.byValue.size === 0 ? `signed in at ${issuer}` : `role by the claim ${roles.claim} of ${issuer}`;
  const event = auditEvent(
    about,
    { outcome: "changed", reason, by: id, why: `${id}: ${from}`, change: changeText(change) },
    now,
  );
  await insertEvents(db, [event]);
  logAudited(event);
}
