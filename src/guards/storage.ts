// SQLite as the parts of a guard see it. The first statement that needs the tables makes them, so an object that is
// only asked about a stranger stores nothing. When an object wakes that an earlier release has written, its tables are
// brought to this release's schema: docs/design/0012-guard-schema.md says how and why.

/** Runs one statement. */
export type Exec = <Row extends Record<string, SqlStorageValue>>(
  statement: string,
  ...values: SqlStorageValue[]
) => SqlStorageCursor<Row>;

/** The statements that lead from one version of a guard's schema to the next. */
export type SchemaStep = readonly string[];

/** A view, because making and reading it costs no row of a table: `SELECT version FROM schema_version`. */
const VERSION = "schema_version";

/** A guard's SQLite with its tables. */
export class LazyTables {
  readonly #storage: DurableObjectStorage;
  readonly #steps: readonly SchemaStep[];
  #ready = false;

  /**
   * @param steps all steps there ever were, the oldest first. A step that was released is never changed. The first step
   * makes the tables that existed before there were versions, so none of its statements may do harm when the table
   * exists.
   */
  constructor(storage: DurableObjectStorage, steps: readonly SchemaStep[]) {
    this.#storage = storage;
    this.#steps = steps;
  }

  readonly exec: Exec = (statement, ...values) => {
    if (!this.exist()) this.#advance(0);
    return this.#storage.sql.exec(statement, ...values);
  };

  /** Whether anything was ever stored. If an earlier release stored it, it has this release's schema afterwards. */
  exist(): boolean {
    if (this.#ready) return true;
    const version = this.#version();
    if (version === undefined) return false;
    // A later release has written this object. Releases only add, so its tables can be used, and they are left as they
    // are.
    if (version < this.#steps.length) this.#advance(version);
    this.#ready = true;
    return true;
  }

  /** Deletes everything: the object is as if it had never existed. */
  async drop(): Promise<void> {
    this.#ready = false;
    await this.#storage.deleteAll();
  }

  /** Undefined when nothing is stored; 0 when the tables are older than the versions. */
  #version(): number | undefined {
    const { sql } = this.#storage;
    // Neither of these two statements reads a row. Reading the list of tables would cost one row for each table.
    const versioned = sql.exec(`PRAGMA table_info(${VERSION})`).toArray().length > 0;
    if (versioned) return sql.exec<{ version: number }>(`SELECT version FROM ${VERSION}`).one().version;
    const tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' LIMIT 1";
    return sql.exec(tables).toArray().length > 0 ? 0 : undefined;
  }

  /** Takes every step from that version on: all of them or none. */
  #advance(from: number): void {
    const { sql } = this.#storage;
    this.#storage.transactionSync(() => {
      for (const statement of this.#steps.slice(from).flat()) sql.exec(statement);
      sql.exec(`DROP VIEW IF EXISTS ${VERSION}`);
      sql.exec(`CREATE VIEW ${VERSION} AS SELECT ${this.#steps.length} AS version`);
    });
    this.#ready = true;
  }
}
