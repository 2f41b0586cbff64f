// SCIM 2.0 (RFC 7643, RFC 7644) under the admin host: the part by which Entra ID and Okta keep users in step. What a
// client says of a person goes through `applyPeople`, like what the agent sends to the operation `directory.apply`. So
// one engine decides for both.
// docs/scim.md describes it to administrators.

import { Hono } from "hono";
import * as v from "valibot";
import type { Call } from "../api/call.ts";
import { applyPeople, type Seen } from "../api/directory/apply.ts";
import { recordChange } from "../api/record.ts";
import { mayDo } from "../api/roles.ts";
import { peopleToApply } from "../api/schemas/directory-sync.ts";
import { normaliseName } from "../core/credentials/names.ts";
import { readText } from "../core/http/body.ts";
import { ok } from "../core/result.ts";
import { readFilter, type Wanted } from "../core/scim/filter.ts";
import { patched } from "../core/scim/patch.ts";
import { type Kept, NAMELESS, readResource, resourceOf, type Said, withoutFollowers } from "../core/scim/resource.ts";
import { openDatabase } from "../store/database.ts";
import { logFailure } from "../store/log-failure.ts";
import {
  type LinkedUser,
  rekey,
  scimPeople,
  scimPersonById,
  scimPersonByKey,
  scimPersonByName,
} from "../store/scim-people.ts";
import { scimAnswer, scimError, scimList } from "./answers.ts";
import { resourceTypes, schemas, serviceProvider } from "./discovery.ts";

/** Where SCIM is on the admin host. */
const SCIM_PATH = "/scim/v2";
const MAX_BODY_BYTES = 64 * 1024;
/** So many people of a list fit into 100 KB. */
const MAX_RESULTS = 100;
const SOURCE = "scim";
/** How often a change is made again because the person was changed meanwhile. */
const MAX_TRIES = 5;

const routes = new Hono<{ Bindings: Call }>().basePath(SCIM_PATH);

/** Answers a recognised caller of the API who asks for SCIM. */
export async function answerScim(request: Request, call: Call): Promise<Response> {
  if (!mayDo(call.scope, ["admin", "directory"])) {
    return scimError(403, `SCIM needs a token with the scope directory; this one has the scope ${call.scope}.`);
  }
  return routes.fetch(request, call);
}

const baseOf = ({ host, port = "" }: Call): string => `https://${host}${port === "" ? "" : `:${port}`}${SCIM_PATH}`;

routes.get("/ServiceProviderConfig", (c) => scimAnswer(serviceProvider(baseOf(c.env), MAX_RESULTS)));
routes.get("/ResourceTypes", (c) => scimList(resourceTypes(baseOf(c.env))));
routes.get("/ResourceTypes/:id", (c) => one(resourceTypes(baseOf(c.env)), c.req.param("id")));
routes.get("/Schemas", (c) => scimList(schemas(baseOf(c.env))));
routes.get("/Schemas/:id", (c) => one(schemas(baseOf(c.env)), c.req.param("id")));
// Okta asks for groups even where it only sends people.
routes.get("/Groups", () => scimList([]));

routes.get("/Users", async (c) => {
  const { filter, startIndex, count } = c.req.query();
  const db = openDatabase(c.env.env.DB);
  if (filter !== undefined) {
    const wanted = readFilter(filter);
    if (!wanted.ok) return scimError(400, wanted.reason, "invalidFilter");
    const found = await lookUp(c.env, wanted.value);
    const resource = found && shown(c.env, found);
    return scimList(resource !== undefined && wanted.value.fits(resource) ? [resource] : []);
  }
  // RFC 7644, 3.4.2.4: a start before 1 is 1, and a count below 0 is 0.
  const start = Math.max(1, whole(startIndex, 1));
  const limit = Math.min(MAX_RESULTS, Math.max(0, whole(count, MAX_RESULTS)));
  const { total, page } = await scimPeople(db, { offset: start - 1, limit });
  return scimList(
    page.map((person) => shown(c.env, person)),
    { total, startIndex: start },
  );
});

routes.get("/Users/:id", async (c) => {
  const person = await scimPersonById(openDatabase(c.env.env.DB), c.req.param("id"));
  return person === undefined ? nobody() : scimAnswer(shown(c.env, person));
});

routes.post("/Users", async (c) => {
  const body = await readJson(c.req.raw);
  if (!body.ok) return body.answer;
  const said = readResource(body.value, c.env.config.names.nbDomain);
  if (!said.ok) return scimError(400, said.reason, "invalidValue");
  const { externalId } = said.value;
  if (externalId !== null && (await scimPersonByKey(openDatabase(c.env.env.DB), keyOf(externalId)))) {
    return scimError(409, "Somebody with this externalId is there already.", "uniqueness");
  }
  const key = keyOf(externalId ?? `${NAMELESS}${crypto.randomUUID()}`);
  // Somebody who left may have app passwords still, so that person is let in only by a client that says active.
  const first = await apply(c.env, key, said.value);
  if (!first.ok) return first.answer;
  if (first.value !== "") return show(c.env, first.value, 201);
  // Somebody new who is not active is made first, and has nothing to sign in with.
  const made = await apply(c.env, key, { ...said.value, active: true });
  const applied = made.ok ? await apply(c.env, key, said.value) : made;
  return applied.ok ? show(c.env, applied.value, 201) : applied.answer;
});

routes.put("/Users/:id", async (c) => {
  const person = await scimPersonById(openDatabase(c.env.env.DB), c.req.param("id"));
  if (person === undefined) return nobody();
  const body = await readJson(c.req.raw);
  if (!body.ok) return body.answer;
  const done = await change(c.env, person, body.value);
  return done.ok ? done.value : done.answer;
});

routes.patch("/Users/:id", async (c) => {
  const body = await readJson(c.req.raw);
  if (!body.ok) return body.answer;
  // A change of a name must not let in again whom another request shuts out at the same moment.
  for (let tries = 0; ; tries++) {
    const person = await scimPersonById(openDatabase(c.env.env.DB), c.req.param("id"));
    if (person === undefined) return nobody();
    const before = withoutFollowers(keptOf(person), c.env.config.names.nbDomain);
    const after = patched(before, body.value);
    if (!after.ok) return scimError(400, after.reason, "invalidValue");
    const done = await change(c.env, person, after.value, { state: person.state, revision: person.user.revision });
    if (done.ok) return done.value;
    if (done.isLater !== true || tries === MAX_TRIES) return done.answer;
  }
});

routes.delete("/Users/:id", async (c) => {
  const person = await scimPersonById(openDatabase(c.env.env.DB), c.req.param("id"));
  if (person === undefined) return nobody();
  const applied = await send(c.env, { key: person.key, state: "deleted" });
  return applied.ok ? scimAnswer(null, 204) : applied.answer;
});

routes.notFound(() => scimError(404, "There is no such resource here."));
routes.onError((fault) => {
  logFailure("admin", fault);
  return scimError(503, "Something the gateway depends on failed; its log says what. Try again.");
});

/** What was read or done, or the answer that says why not. `isLater`: the person was changed meanwhile. */
type Got<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly answer: Response; readonly isLater?: boolean };
const not = (answer: Response) => ({ ok: false, answer }) as const;

const nobody = (): Response => scimError(404, "There is no such person.");
const keyOf = (externalId: string): string => `${SOURCE}:${externalId}`;
const whole = (text: string | undefined, otherwise: number): number =>
  text !== undefined && /^-?\d{1,9}$/.test(text) ? Number(text) : otherwise;

function one(all: readonly Record<string, unknown>[], id: string): Response {
  const found = all.find((each) => each.id === id);
  return found === undefined ? scimError(404, "There is no such resource here.") : scimAnswer(found);
}

async function lookUp({ env, config }: Call, { by, value }: Wanted): Promise<LinkedUser | undefined> {
  const db = openDatabase(env.DB);
  if (by === "id") return scimPersonById(db, value);
  if (by === "externalId") return scimPersonByKey(db, keyOf(value));
  const name = normaliseName(/[@\\]/.test(value) ? value : `${config.names.nbDomain}\\${value}`);
  return name.ok ? scimPersonByName(db, name.value) : undefined;
}

const shown = (call: Call, person: LinkedUser): Record<string, unknown> =>
  resourceOf(keptOf(person), baseOf(call), call.config.names.nbDomain);

function keptOf({ user, key, state }: LinkedUser): Kept {
  const externalId = key.slice(SOURCE.length + 1);
  const { id, upn, sipUri, displayName, mail, mobile, language, pool, sid, groups, createdAt, revision } = user;
  return {
    ...{ id, upn, sipUri, displayName, mail, mobile, language, pool, sid, groups, createdAt, revision },
    externalId: externalId.startsWith(NAMELESS) ? null : externalId,
    account: `${user.domain}\\${user.account}`,
    active: state === "in",
  };
}

/** Reads a body of JSON, or the answer that says why it cannot be read. */
async function readJson(request: Request): Promise<Got<unknown>> {
  const read = await readText(request, MAX_BODY_BYTES);
  if (!read.ok) {
    const large = read.reason === "too-large";
    return not(scimError(large ? 413 : 400, large ? "The body is too large." : "The body must be JSON, in UTF-8."));
  }
  try {
    return ok(JSON.parse(read.value.text) as unknown);
  } catch {
    return not(scimError(400, "The body is not JSON.", "invalidSyntax"));
  }
}

/** Brings a person to what a document says. `seen`: the document was made from that. */
async function change(call: Call, person: LinkedUser, document: unknown, seen?: Seen): Promise<Got<Response>> {
  const said = readResource(document, call.config.names.nbDomain, keptOf(person).account);
  if (!said.ok) return not(scimError(400, said.reason, "invalidValue"));
  // First what ends something: whoever is let go is out, whatever becomes of the key, and whatever else was changed.
  const applied = await apply(call, person.key, said.value, said.value.active ? seen : undefined);
  if (!applied.ok) return applied;
  const { externalId } = said.value;
  const key = externalId === null ? person.key : keyOf(externalId);
  if (key !== person.key) {
    if (!(await rekey(openDatabase(call.env.DB), person.user.id, key))) {
      return not(scimError(409, "Somebody else has this externalId.", "uniqueness"));
    }
    const change = { before: { directory: person.key }, after: { directory: key } };
    await recordChange(call, "user-details", { user: person.user, why: `directory ${SOURCE}`, change });
  }
  return ok(await show(call, person.user.id, 200));
}

async function show(call: Call, id: string, status: 200 | 201): Promise<Response> {
  const person = await scimPersonById(openDatabase(call.env.DB), id);
  if (person === undefined) return nobody();
  const location = `${baseOf(call)}/Users/${id}`;
  return scimAnswer(shown(call, person), status, status === 201 ? { location } : {});
}

/** Tells the engine what the client says of a person. The id of the user, or the answer that says why not. */
function apply(call: Call, key: string, { externalId: _, active, ...person }: Said, seen?: Seen): Promise<Got<string>> {
  return send(call, { key, state: active ? "in" : "disabled", person }, seen);
}

type Row = { readonly key: string; readonly state: "in" | "disabled" | "deleted"; readonly person?: object };
/** The names or the SID belong to somebody else. */
const TAKEN: ReadonlySet<string | undefined> = new Set(["name-taken", "sid-taken", "made-by-hand"]);

async function send(call: Call, row: Row, seen?: Seen): Promise<Got<string>> {
  const read = v.safeParse(peopleToApply, { source: SOURCE, rows: [row] });
  if (!read.success) return not(scimError(400, read.issues[0].message, "invalidValue"));
  const { source, dryRun, rows } = read.output;
  const [applied] = (await applyPeople(call, rows, { source, dryRun, seen })).rows;
  const { status, code, message = "This cannot be done." } = applied ?? { status: "failed" };
  if (code === "later" || code === "unavailable") {
    return { ...not(scimError(503, message)), isLater: code === "later" };
  }
  if (status === "failed" || status === "conflict") {
    return not(TAKEN.has(code) ? scimError(409, message, "uniqueness") : scimError(400, message, "invalidValue"));
  }
  return ok(applied?.user?.id ?? "");
}
