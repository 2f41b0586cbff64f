// SQLite as a guard's parts see it. The tables are made by the first statement that needs them, so that an object that is
// only asked about a stranger stores nothing.

/** Runs one statement. */
export type Exec = <Row extends Record<string, SqlStorageValue>>(
  statement: string,
  ...values: SqlStorageValue[]
) => SqlStorageCursor<Row>;

/** A guard's SQLite with its tables. */
export class LazyTables {
  readonly #storage: DurableObjectStorage;
  readonly #schema: readonly string[];
  /** A table that is there when all are. */
  readonly #sign: string;
  #made = false;

  constructor(storage: DurableObjectStorage, schema: readonly string[], sign: string) {
    this.#storage = storage;
    this.#schema = schema;
    this.#sign = sign;
  }

  readonly exec: Exec = (statement, ...values) => {
    if (!this.exist()) {
      for (const create of this.#schema) this.#storage.sql.exec(create);
      this.#made = true;
    }
    return this.#storage.sql.exec(statement, ...values);
  };

  /** Whether anything was ever stored. */
  exist(): boolean {
    this.#made ||=
      this.#storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = ?", this.#sign).toArray().length > 0;
    return this.#made;
  }

  /** Somebody else has dropped all that the object stores. */
  forget(): void {
    this.#made = false;
  }

  /** The object is as if it had never been. */
  async drop(): Promise<void> {
    this.forget();
    await this.#storage.deleteAll();
  }
}
