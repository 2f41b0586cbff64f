// The applications of UCWA. Each running client has one, with its own event channel, and finds it again by its instance
// id. They are counted for each user. Limits and outcomes are those of the UCWA reference for POST applications.

import { createHash, randomUUID } from "node:crypto";
import { EventChannel } from "./ucwa-events.ts";
import type { ApplicationInput } from "./ucwa-input.ts";

/** The default for how many applications one user can run at a time. The next one gets 429. */
export const MAX_APPLICATIONS = 8;

export interface Application {
  /** Twelve digits, which are in every later URL. */
  readonly id: string;
  /** SIP URI, or `anonymous` for a meeting guest. */
  readonly owner: string;
  readonly family: "v1" | "oauth";
  readonly input: ApplicationInput;
  readonly events: EventChannel;
  /** Strong validator of the resource. */
  readonly etag: string;
}

/** The result of a request to create an application. */
export type Creation =
  | { readonly outcome: "created" | "existing"; readonly application: Application }
  | { readonly outcome: "endpoint-in-use" | "too-many" };

export class Applications {
  readonly #applications = new Map<string, Application>();
  readonly #most: number;

  /** @param most how many one user can run at a time */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Creates an application, or finds the running one with the same instance id. The owner's running applications must
   * have different endpoint ids. A second instance with the same endpoint id is refused. A client that restarts without
   * an instance id replaces the first application.
   */
  create(owner: string, family: "v1" | "oauth", input: ApplicationInput): Creation {
    const mine = [...this.#applications.values()].filter((application) => application.owner === owner);
    const sameInstance = mine.find(
      ({ input: other }) => other.instanceId !== undefined && other.instanceId === input.instanceId,
    );
    if (sameInstance) return { outcome: "existing", application: sameInstance };
    const sameEndpoint = mine.find(({ input: other }) => other.endpointId === input.endpointId);
    if (sameEndpoint?.input.instanceId !== undefined && input.instanceId !== undefined) {
      return { outcome: "endpoint-in-use" };
    }
    if (sameEndpoint) this.remove(sameEndpoint.id);
    else if (mine.length >= this.#most) return { outcome: "too-many" };
    const hash = createHash("sha256").update(randomUUID()).digest();
    const id = String(hash.readUIntBE(0, 6) % 1_000_000_000_000).padStart(12, "0");
    const etag = hash.readUInt32BE(8).toString();
    const application: Application = { id, owner, family, input, events: new EventChannel(), etag };
    this.#applications.set(id, application);
    return { outcome: "created", application };
  }

  find(id: string): Application | undefined {
    return this.#applications.get(id);
  }

  /** Every application of an owner, for hooks that do not know an id. */
  ownedBy(owner: string): readonly Application[] {
    return [...this.#applications.values()].filter((application) => application.owner === owner);
  }

  /** Ends an application and its pending event request. */
  remove(id: string): void {
    this.#applications.get(id)?.events.close();
    this.#applications.delete(id);
  }

  clear(): void {
    for (const id of this.#applications.keys()) this.remove(id);
  }
}
