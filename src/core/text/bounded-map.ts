// A map with a fixed budget of memory, for everything that an outsider can make grow (S-44). A limit on the number of
// entries is not enough when a stranger chooses how long they are. When the budget is used up, the oldest entry is
// removed.

/** What the runtime needs for an entry beside its texts, bytes: on the safe side of what V8 takes. */
const ENTRY_BYTES = 128;

type Entry<V> = { readonly key: string; readonly value: V; readonly bytes: number };

/** Texts to values, within a budget of bytes. */
export class BoundedMap<V> {
  readonly #entries = new Map<string, Entry<V>>();
  readonly #maxBytes: number;
  readonly #bytesOf: (value: V) => number;
  #bytes = 0;

  /** @param bytesOf what a value takes, in bytes; default: nothing beside its entry, as of a number */
  constructor(maxBytes: number, bytesOf: (value: V) => number = () => 0) {
    this.#maxBytes = maxBytes;
    this.#bytesOf = bytesOf;
  }

  /** What all entries take, in bytes; never more than the budget. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.value;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  /** All keys, the oldest first. Deleting while walking is allowed. */
  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** Puts an entry in, behind all others. One that is larger than the whole budget is not kept. */
  set(key: string, value: V): void {
    this.delete(key);
    const bytes = ENTRY_BYTES + bytesOfText(key) + this.#bytesOf(value);
    if (bytes > this.#maxBytes) return;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes + bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
    const own = ownCopy(key);
    this.#entries.set(own, { key: own, value, bytes });
    this.#bytes += bytes;
  }

  /** Puts an entry that is there behind all others, as if it had been set again. */
  touch(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#entries.set(entry.key, entry);
  }

  delete(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }
}

/** The bytes of a text: one for each character if all are of Latin-1, otherwise two. */
export function bytesOfText(text: string): number {
  return isLatin1(text) ? text.length : 2 * text.length;
}

/**
 * The same text in memory of its own. A part of a longer text keeps all of it alive: the subject of an assertion, 30
 * characters, would hold the 128 KB of its message.
 */
export function ownCopy(text: string): string {
  const encoding = isLatin1(text) ? "latin1" : "utf16le";
  return Buffer.from(text, encoding).toString(encoding);
}

const isLatin1 = (text: string): boolean => /^[^\u0100-\uffff]*$/.test(text);
