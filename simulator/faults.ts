// Failures that a test orders, because a gateway must fail closed. A service then answers with an internal error, drops
// the connection, or never answers.

/** `internal-error`: 500 / 28001, or server_error at oauthtoken. `drop`: the socket is closed. `hang`: no answer. */
export type FaultKind = "internal-error" | "drop" | "hang";

const KINDS: readonly string[] = ["internal-error", "drop", "hang"] satisfies readonly FaultKind[];

export class Faults {
  readonly #planned = new Map<string, { kind: FaultKind; times: number }>();

  /** Plans a fault for the next `times` requests to a path (as IIS reads it). False when the kind is unknown. */
  plan(path: string, kind: string | undefined, times: number): boolean {
    if (kind === undefined || !isFaultKind(kind) || !(times > 0)) return false;
    this.#planned.set(path.toLowerCase(), { kind, times });
    return true;
  }

  /** Takes the fault that is due for a path, if any. */
  take(path: string): FaultKind | undefined {
    const fault = this.#planned.get(path);
    if (!fault) return undefined;
    fault.times--;
    if (fault.times <= 0) this.#planned.delete(path);
    return fault.kind;
  }

  clear(): void {
    this.#planned.clear();
  }
}

const isFaultKind = (kind: string): kind is FaultKind => KINDS.includes(kind);
