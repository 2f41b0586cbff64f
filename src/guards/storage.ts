// SQLite as a guard's parts see it. The tables are made by the first statement that needs them, so that an object that is
// only asked about a stranger stores nothing. What an earlier release has stored is brought to this release's schema when the
// object wakes: docs/design/0012-guard-schema.md says how and why.

/** Runs one statement. */
export type Exec = <Row extends Record<string, SqlStorageValue>>(
  statement: string,
  ...values: SqlStorageValue[]
) => SqlStorageCursor<Row>;

/** The statements that lead from one version of a guard's schema to the next. */
export type SchemaStep = readonly string[];

/** A view, because reading and making it costs no row of a table: `SELECT version FROM schema_version`. */
const VERSION = "schema_version";

/** A guard's SQLite with its tables. */
export class LazyTables {
  readonly #storage: DurableObjectStorage;
  readonly #steps: readonly SchemaStep[];
  #ready = false;

  /**
   * @param steps all there ever were, the oldest first. A step that was released is never changed. The first makes what was
   * there before there were versions, so each of its statements must do no harm where the table exists.
   */
  constructor(storage: DurableObjectStorage, steps: readonly SchemaStep[]) {
    this.#storage = storage;
    this.#steps = steps;
  }

  readonly exec: Exec = (statement, ...values) => {
    if (!this.exist()) this.#advance(0);
    return this.#storage.sql.exec(statement, ...values);
  };

  /** Whether anything was ever stored. What an earlier release stored has this release's schema afterwards. */
  exist(): boolean {
    if (this.#ready) return true;
    const version = this.#version();
    if (version === undefined) return false;
    // A later release only adds, so what it has made can be used, and is left as it is.
    if (version < this.#steps.length) this.#advance(version);
    this.#ready = true;
    return true;
  }

  /** The object is as if it had never been. */
  async drop(): Promise<void> {
    this.#ready = false;
    await this.#storage.deleteAll();
  }

  /** Undefined when nothing is stored; 0 for what was stored before there were versions. */
  #version(): number | undefined {
    const { sql } = this.#storage;
    // Neither of these two reads a row; the list of tables would be one for each.
    const versioned = sql.exec(`PRAGMA table_info(${VERSION})`).toArray().length > 0;
    if (versioned) return sql.exec<{ version: number }>(`SELECT version FROM ${VERSION}`).one().version;
    const tables = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' LIMIT 1";
    return sql.exec(tables).toArray().length > 0 ? 0 : undefined;
  }

  /** Takes every step from that version on, all or none of them. */
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
