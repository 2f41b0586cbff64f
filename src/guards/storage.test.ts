// The steps of a guard's schema. They run in order and once, all or none, on what earlier releases have stored and on
// an empty object.

import { env, runInDurableObject } from "cloudflare:test";
import { expect, it } from "vitest";
import { guardOf } from "./route.ts";
import { LazyTables, type SchemaStep } from "./storage.ts";

const FIRST: SchemaStep = ["CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY, x TEXT NOT NULL) WITHOUT ROWID"];
const SECOND: SchemaStep = ["ALTER TABLE a ADD COLUMN y TEXT NOT NULL DEFAULT 'new'"];
const THIRD: SchemaStep = ["CREATE TABLE b (id INTEGER PRIMARY KEY)", "INSERT INTO b (id) SELECT id FROM a"];
const BROKEN: SchemaStep = ["CREATE TABLE c (id INTEGER PRIMARY KEY)", "ALTER TABLE nothing ADD COLUMN y TEXT"];

let objects = 0;
/** Runs a test on the storage of an object that nobody has used. */
const onStorage = (test: (storage: DurableObjectStorage) => void | Promise<void>): Promise<void> =>
  runInDurableObject(guardOf(env, `sip:steps-${++objects}@contoso.test`), (_, { storage }) => test(storage));

const versionOf = ({ sql }: DurableObjectStorage): unknown =>
  sql.exec("SELECT version FROM schema_version").one().version;
const namesOf = ({ sql }: DurableObjectStorage): unknown[] =>
  sql
    .exec("SELECT name FROM sqlite_master WHERE name NOT LIKE '_cf_%' ORDER BY name")
    .toArray()
    .map(({ name }) => name);

it("S-23: an object that is only asked stores nothing", () =>
  onStorage((storage) => {
    const tables = new LazyTables(storage, [FIRST, SECOND]);
    expect([tables.exist(), tables.exist(), namesOf(storage)]).toEqual([false, false, []]);
  }));

it("a new object has every step, in their order", () =>
  onStorage((storage) => {
    const tables = new LazyTables(storage, [FIRST, SECOND, THIRD]);
    tables.exec("INSERT INTO a (id, x) VALUES (1, 'one')").toArray();
    expect(tables.exec("SELECT x, y FROM a").toArray()).toEqual([{ x: "one", y: "new" }]);
    expect([tables.exist(), versionOf(storage), namesOf(storage)]).toEqual([true, 3, ["a", "b", "schema_version"]]);
  }));

it("what was stored before there were versions has every step when the object wakes, and keeps its rows", () =>
  onStorage((storage) => {
    for (const statement of FIRST) storage.sql.exec(statement);
    storage.sql.exec("INSERT INTO a (id, x) VALUES (7, 'old')");
    const tables = new LazyTables(storage, [FIRST, SECOND, THIRD]);
    expect(tables.exist()).toBe(true);
    expect(tables.exec("SELECT a.x, a.y, b.id FROM a JOIN b ON b.id = a.id").toArray()).toEqual([
      { x: "old", y: "new", id: 7 },
    ]);
    expect(versionOf(storage)).toBe(3);
  }));

it("a step is taken once, and a later one when there is one", () =>
  onStorage((storage) => {
    new LazyTables(storage, [FIRST, SECOND]).exec("INSERT INTO a (id, x) VALUES (1, 'one')").toArray();
    expect(new LazyTables(storage, [FIRST, SECOND]).exist()).toBe(true); // a second run of this step would fail
    expect(versionOf(storage)).toBe(2);
    expect(new LazyTables(storage, [FIRST, SECOND, THIRD]).exec("SELECT id FROM b").toArray()).toEqual([{ id: 1 }]);
    expect(versionOf(storage)).toBe(3);
  }));

it("S-37: a step that fails leaves everything as it was, and the guard answers nothing", () =>
  onStorage((storage) => {
    new LazyTables(storage, [FIRST]).exec("INSERT INTO a (id, x) VALUES (1, 'one')").toArray();
    const broken = new LazyTables(storage, [FIRST, SECOND, BROKEN]);
    for (let i = 0; i < 2; i++) expect(() => broken.exist()).toThrow(/nothing/);
    expect([versionOf(storage), namesOf(storage)]).toEqual([1, ["a", "schema_version"]]);
    expect(new LazyTables(storage, [FIRST, SECOND]).exec("SELECT y FROM a").toArray()).toEqual([{ y: "new" }]);
  }));

it("an older release goes on with what a later one has made, and changes nothing of it", () =>
  onStorage((storage) => {
    new LazyTables(storage, [FIRST, SECOND, THIRD]).exec("INSERT INTO a (id, x) VALUES (1, 'one')").toArray();
    const older = new LazyTables(storage, [FIRST]);
    expect(older.exec("SELECT x FROM a").toArray()).toEqual([{ x: "one" }]);
    expect(versionOf(storage)).toBe(3);
  }));

it("an object that dropped everything is as if it had never been, and begins with every step again", () =>
  onStorage(async (storage) => {
    const tables = new LazyTables(storage, [FIRST, SECOND]);
    tables.exec("INSERT INTO a (id, x) VALUES (1, 'one')").toArray();
    await tables.drop();
    expect([tables.exist(), namesOf(storage)]).toEqual([false, []]);
    expect(tables.exec("SELECT y FROM a").toArray()).toEqual([]);
    expect(versionOf(storage)).toBe(2);
  }));

it("an object that wakes reads no row to know its version, and one that stores nothing hardly any", () =>
  onStorage((storage) => {
    const { sql } = storage;
    const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
    const exec = sql.exec.bind(sql);
    const metered = (query: string, ...values: SqlStorageValue[]) => {
      const cursor = exec(query, ...values);
      cursors.push(cursor);
      return cursor;
    };
    const counting = new Proxy(storage, {
      get: (object, name) => (name === "sql" ? { exec: metered } : Reflect.get(object, name, object)),
    });
    const used = () => cursors.splice(0).reduce((sum, { rowsRead, rowsWritten }) => sum + rowsRead + rowsWritten, 0);
    expect(new LazyTables(counting, [FIRST, SECOND]).exist()).toBe(false);
    expect(used()).toBeLessThanOrEqual(2);
    new LazyTables(storage, [FIRST, SECOND]).exec("INSERT INTO a (id, x) VALUES (1, 'one')").toArray();
    const awake = new LazyTables(counting, [FIRST, SECOND]);
    expect([awake.exist(), cursors.length > 0, used()]).toEqual([true, true, 0]);
    awake.exist();
    expect(cursors).toEqual([]);
  }));
