// What tests of the sync share: a directory in memory, a gateway in memory, and rounds between them.

import { apiAt } from "../src/api/client.ts";
import { secretOf } from "../src/config/secrets.ts";
import type { Context } from "../src/parts.ts";
import { Memory } from "../src/sync/memory.ts";
import { type How, type Round, round } from "../src/sync/round.ts";
import { MemoryDirectory } from "./memory-directory.ts";
import { type Stub, startStub } from "./stub-gateway.ts";

export type Settings = Context["config"]["directory"];
type Line = { readonly event: string; readonly [name: string]: unknown };

export const BRAKE = { people: 20, percent: 5 };

/** One organisation, for one test. */
export class Stand {
  readonly gateway: Stub;
  readonly directory = new MemoryDirectory();
  readonly memory = new Memory();
  readonly log: Line[] = [];
  clock = Date.UTC(2026, 10, 27);
  settings: Settings = {
    domains: [{ servers: ["ldaps://dc1.corp.contoso.test"], bases: undefined }],
    bind: { user: "svc@corp.contoso.test", passwordFile: "/p" },
    ...{ filter: "(msRTCSIP-UserEnabled=TRUE)", groups: [], attributes: [] },
  };

  private constructor(gateway: Stub) {
    this.gateway = gateway;
  }

  static async start(): Promise<Stand> {
    return new Stand(await startStub());
  }

  /** One round. `remembering`: another memory is another agent. */
  sync(how: Partial<How> = {}, remembering = this.memory): Promise<Round> {
    const secrets = { token: secretOf("token"), access: undefined, bindPassword: secretOf("p"), ca: undefined };
    const config = {
      ...{ gateway: { url: this.gateway.url, tokenFile: "/t" }, directory: this.settings, secrets },
      ...{ sync: { everySeconds: 60, compareEveryMinutes: 60, brake: BRAKE }, listen: { host: "127.0.0.1", port: 0 } },
    };
    const context = {
      ...{ config, directory: this.directory, api: apiAt(config, () => undefined) },
      log: (event: string, fields = {}) => void this.log.push({ event, ...fields }),
    };
    const whole = { dryRun: false, full: false, confirmed: false, until: Number.POSITIVE_INFINITY, ...how };
    return round(context, remembering, whole, new AbortController().signal, () => this.clock);
  }

  /** The requests that told the gateway of people. */
  applied(): { readonly body: { readonly rows: { readonly state: string }[] } }[] {
    return this.gateway.requests.filter(({ path }) => path === "/v1/directory/apply") as never;
  }

  stateOf(key: string): string | undefined {
    return this.gateway.people.get(key)?.state;
  }

  /** So many people, `p0` to …; returns their keys. */
  many(count: number): string[] {
    return Array.from({ length: count }, (_, at) => this.directory.person(`p${at}`));
  }
}

/** What came of the rows of a round. */
export const statuses = ({ outcomes }: Round): string[] => outcomes.map(({ status }) => status).toSorted();
