// Places under an older sealing key. A client is remembered by a hash that the first key makes, so a new key would make
// every place a stranger's, and a desktop would lose its address book until it names itself again. While both keys are
// there, what the guard remembers of a client moves to the new hash when the client signs in (S-75).

import type { Keyring } from "../core/crypto/keyring.ts";
import { placeOf } from "../core/device/by-place.ts";
import { clientKey } from "../core/lockout/client-key.ts";
import type { LazyTables } from "../guards/storage.ts";
import type { TicketTable } from "./ticket-table.ts";

/** Who signs in, as the request says it. `client`: by the first key. */
export type ComingClient = {
  readonly about: { readonly source: string; readonly workstation: string; readonly userAgent: string };
  readonly client: string;
};

export class OlderPlaces {
  readonly #tables: LazyTables;
  readonly #tickets: TicketTable;
  readonly #keyring: Keyring | undefined;

  constructor(tables: LazyTables, tickets: TicketTable, keyring: Keyring | undefined) {
    this.#tables = tables;
    this.#tickets = tickets;
    this.#keyring = keyring;
  }

  /** Moves what is remembered of this client. It proves nothing, and a client that comes for the first time moves nothing. */
  move({ about, client }: ComingClient): void {
    const keyring = this.#keyring;
    if (keyring === undefined || keyring.byId.size < 2 || !this.#tables.exist()) return;
    for (const key of keyring.byId.values()) {
      if (key === keyring.current) continue;
      const older = clientKey({ ...keyring, current: key }, about);
      const { source } = about;
      // Where both are known already, the newer one stays.
      const moved = this.#tables
        .exec(
          "UPDATE OR IGNORE pairs SET client = ? WHERE source = ? AND client = ? RETURNING 1",
          client,
          source,
          older,
        )
        .toArray();
      if (moved.length === 0) continue;
      const [from, to] = [placeOf(source, older), placeOf(source, client)];
      this.#tables.exec("UPDATE OR IGNORE named_places SET place = ? WHERE place = ?", to, from).toArray();
      this.#tickets.movePlace(from, to);
    }
  }
}
