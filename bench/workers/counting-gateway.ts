// The gateway with meters on its bindings: the product's own app and guards, with every Durable Object request, every
// row and every D1 statement counted on the way, those of alarms included. `GET /_counts` answers what has been counted
// since it was last asked. `GET /_authenticator?user=…` gives a user an authenticator app.

import { app } from "../../src/app.ts";
import type { Env } from "../../src/config/env.ts";
import { parseKeyring } from "../../src/core/crypto/keyring.ts";
import { GuestGuard as ProductGuestGuard } from "../../src/guest-guard/guest-guard.ts";
import { SourceGuard as ProductSourceGuard } from "../../src/source-guard/source-guard.ts";
import { openDatabase } from "../../src/store/database.ts";
import { showUser } from "../../src/store/directory.ts";
import { UserGuard as ProductUserGuard } from "../../src/user-guard/user-guard.ts";
import { setUpAuthenticator } from "../../test/kit/authenticator-steps.ts";

const zero = {
  guardRequests: 0,
  alarms: 0,
  rowsRead: 0,
  rowsWritten: 0,
  d1Queries: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  frontEnd: 0,
};
let counts = { ...zero };
// A cursor knows its rows only once it is drained, so cursors are asked at the end. Object and Worker share this
// module: a workerd runs them in one isolate.
let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];

export class UserGuard extends ProductUserGuard {
  constructor(ctx: DurableObjectState, env: Env) {
    meterStorage(ctx.storage);
    super(ctx, { ...env, DB: meterDatabase(env.DB) });
  }

  override async alarm(): Promise<void> {
    counts.alarms++;
    await super.alarm();
  }
}

export class SourceGuard extends ProductSourceGuard {
  constructor(ctx: DurableObjectState, env: Env) {
    meterStorage(ctx.storage);
    super(ctx, { ...env, DB: meterDatabase(env.DB) });
  }

  override async alarm(): Promise<void> {
    counts.alarms++;
    await super.alarm();
  }
}

export class GuestGuard extends ProductGuestGuard {
  constructor(ctx: DurableObjectState, env: Env) {
    meterStorage(ctx.storage);
    super(ctx, { ...env, DB: meterDatabase(env.DB) });
  }

  override async alarm(): Promise<void> {
    counts.alarms++;
    await super.alarm();
  }
}

function meterStorage(storage: DurableObjectStorage): void {
  const { sql } = storage;
  const exec = sql.exec.bind(sql);
  const meteredExec = (query: string, ...values: SqlStorageValue[]) => {
    const cursor = exec(query, ...values);
    cursors.push(cursor);
    return cursor;
  };
  Object.defineProperty(sql, "exec", { value: meteredExec });
  Object.defineProperty(storage, "sql", { value: sql });
  const setAlarm = storage.setAlarm.bind(storage);
  const meteredSetAlarm = (at: number | Date) => {
    counts.rowsWritten++; // billed as one row
    return setAlarm(at);
  };
  Object.defineProperty(storage, "setAlarm", { value: meteredSetAlarm });
}

/** Calls of any method are counted by `count`. */
function meterMethods<T extends object>(target: T, count: (method: string) => void): T {
  return new Proxy(target, {
    get(object, property) {
      const member: unknown = Reflect.get(object, property, object);
      if (typeof member !== "function" || typeof property !== "string") return member;
      return (...args: unknown[]) => {
        count(property);
        return Reflect.apply(member, object, args);
      };
    },
  });
}

function meterGuards<T extends Env["USER_GUARD"] | Env["SOURCE_GUARD"] | Env["GUEST_GUARD"]>(guards: T): T {
  const getByName = (name: string) => meterMethods(guards.getByName(name), () => counts.guardRequests++);
  return new Proxy(guards, {
    get: (object, property) => (property === "getByName" ? getByName : Reflect.get(object, property, object)),
  });
}

/** What a metered statement stands for: a batch wants the statements themselves. */
const unmetered = new WeakMap<D1PreparedStatement, D1PreparedStatement>();

function meterDatabase(database: D1Database): D1Database {
  const count = ({ meta }: D1Result): void => {
    counts.d1Queries++;
    counts.d1RowsRead += meta.rows_read;
    counts.d1RowsWritten += meta.rows_written;
  };
  const meterStatement = (statement: D1PreparedStatement, query: string): D1PreparedStatement => {
    const metered = new Proxy(statement, {
      get(object, property) {
        if (property === "bind") return (...values: unknown[]) => meterStatement(object.bind(...values), query);
        const member: unknown = Reflect.get(object, property, object);
        if (typeof member !== "function") return member;
        return async (...args: unknown[]) => {
          if (property === "run" || property === "all") {
            const result: D1Result = await Reflect.apply(member, object, args);
            count(result);
            return result;
          }
          // `raw` and `first` do not report their rows. To read once more does no harm; to write once more would.
          const result: D1Result<Record<string, unknown>> = await object.all();
          count(result);
          if (/^\s*select\b/i.test(query)) return Reflect.apply(member, object, args);
          return property === "raw" ? result.results.map((row) => Object.values(row)) : (result.results[0] ?? null);
        };
      },
    });
    unmetered.set(metered, statement);
    return metered;
  };
  const batch = async (statements: D1PreparedStatement[]): Promise<D1Result[]> => {
    const results = await database.batch(statements.map((statement) => unmetered.get(statement) ?? statement));
    for (const result of results) count(result);
    return results;
  };
  return new Proxy(database, {
    get(object, property) {
      if (property === "prepare") return (query: string) => meterStatement(object.prepare(query), query);
      if (property === "batch") return batch;
      throw new Error(`the data plane used D1's ${String(property)}, which is not metered`);
    },
  });
}

let metered: Env | undefined;

export default {
  fetch(request: Request, env: Env): Response | Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/_counts") return report();
    if (pathname === "/_authenticator") return authenticator(env, searchParams.get("user") ?? "");
    metered ??= {
      ...env,
      USER_GUARD: meterGuards(env.USER_GUARD),
      SOURCE_GUARD: meterGuards(env.SOURCE_GUARD),
      GUEST_GUARD: meterGuards(env.GUEST_GUARD),
      DB: meterDatabase(env.DB),
      ...(env.ORIGIN && { ORIGIN: meterMethods(env.ORIGIN, () => counts.frontEnd++) }),
    };
    return app.fetch(request, metered);
  },
};

/** Sets up an authenticator app for a user, as the portal does, and answers its secret in base64url. */
async function authenticator(env: Env, name: string): Promise<Response> {
  const [user, keyring] = [await showUser(openDatabase(env.DB), name), parseKeyring(env.SEALING_KEYS ?? "")];
  if (user === undefined || !keyring.ok) return new Response(null, { status: 404 });
  const secret = await setUpAuthenticator(env, keyring.value, user);
  return new Response(Buffer.from(secret).toString("base64url"));
}

function report(): Response {
  for (const cursor of cursors) {
    counts.rowsRead += cursor.rowsRead;
    counts.rowsWritten += cursor.rowsWritten;
  }
  const reported = counts;
  counts = { ...zero };
  cursors = [];
  return Response.json(reported);
}
