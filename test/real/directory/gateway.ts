// Postern for the tests with the directory: the gateway in workerd, with a token for the agent, and the simulated
// Front-End, which knows some people of the directory by the SIDs that they have there.

import { CliFault } from "../../../cli/fault.ts";
import { type Api, apiOf, type Page } from "../../../cli/reach/api.ts";
import { chosenTarget } from "../../../cli/reach/choose.ts";
import type { GatewayOptions } from "../../../local/gateway.ts";
import { demoUsers } from "../../../simulator/simulator.ts";
import type { SimulatedUser } from "../../../simulator/users.ts";
import { path } from "../../../src/core/text/api-address.ts";
import { type Person, startTestGateway, type TestGateway } from "../../conformance/support/gateway.ts";
import { NETBIOS_DOMAIN } from "../ad/names.ts";
import type { Controller } from "./controller.ts";
import type { Entry } from "./people.ts";

/** Somebody of the directory, as the API shows them. */
export type LinkedPerson = {
  readonly key: string;
  readonly sipUri: string;
  readonly upn: string | null;
  /** `DOMAIN\\account` */
  readonly account: string;
  readonly displayName: string | null;
  readonly mail: string | null;
  readonly mobile: string | null;
  readonly groups: readonly string[];
  readonly disabled: boolean;
  readonly userId: string;
  readonly state: string;
  readonly held: boolean;
  readonly sid: string | null;
};

/** A reported problem. */
export type Problem = { readonly key: string; readonly name: string; readonly code: string; readonly message: string };

/** The state of the directory as the API shows it. */
export type Source = {
  readonly inStepAt: string | null;
  readonly comparedAt: string | null;
  readonly people: number;
  readonly linked: Readonly<Record<string, number>>;
  readonly brake: null | { readonly wanted: number; readonly of: number };
  readonly problems: readonly Problem[];
  readonly problemCount: number;
};

/** A gateway that an agent keeps in step. */
export interface SyncedGateway extends TestGateway {
  /** As an administrator. */
  readonly api: Api;
  /** A token of scope `directory`. */
  readonly token: string;
  /** The directory's state; undefined before the first report. */
  source(): Promise<Source | undefined>;
  /** Everybody who is linked, by account in lower case without the domain. */
  linked(): Promise<ReadonlyMap<string, LinkedPerson>>;
  /** The person of a key, or undefined. */
  byKey(key: string): Promise<LinkedPerson | undefined>;
  /** A new app password for somebody of the directory, who can then sign in. */
  personOf(entry: Entry): Promise<Person>;
}

/** Starts it. `known`: people of the directory whom the Front-End knows. */
export async function startSyncedGateway(
  controller: Controller,
  known: readonly Entry[],
  options: Omit<GatewayOptions, "state"> = {},
): Promise<SyncedGateway> {
  const users = await Promise.all(known.map((entry) => frontEndUser(controller, entry)));
  const others = demoUsers.filter(({ account }) => !users.some((user) => user.account === account));
  const simulator = { users: [...users, ...others], ...options.simulator };
  const gateway = await startTestGateway({ ...options, simulator });
  const api = apiOf(chosenTarget({ env: {}, state: gateway.home }, "local"));
  const order = { name: "the agent", scope: "directory", why: "a test" };
  const { token } = await api.post<{ readonly token: string }>("/v1/tokens", order);
  const people = async (query: Readonly<Record<string, string>>): Promise<readonly LinkedPerson[]> => {
    const all: LinkedPerson[] = [];
    let after: string | null | undefined;
    do {
      const rest = { source: "ad", ...query, after };
      const page: Page<LinkedPerson> = await api.get("/v1/directory/people", rest);
      all.push(...page.items);
      after = page.next;
    } while (after !== null);
    return all;
  };
  return {
    ...{ ...gateway, api, token },
    source: async () => {
      const { sources } = await api.get<{ readonly sources: readonly (Source & { readonly source: string })[] }>(
        "/v1/directory",
      );
      return sources.find(({ source }) => source === "ad");
    },
    linked: async () =>
      new Map((await people({})).map((person) => [person.account.replace(/^.*\\/, "").toLowerCase(), person])),
    byKey: async (key) => (await people({ key }))[0],
    personOf: async ({ account, upn = "", address = "" }) => {
      const order = { why: "a test" };
      const { password } = await api.post<{ readonly password: string }>(path`/v1/users/${upn}/passwords`, order);
      return { sipUri: address, upn, domain: NETBIOS_DOMAIN, account, password };
    },
  };
}

async function frontEndUser(
  controller: Controller,
  { account, upn = "", address = "" }: Entry,
): Promise<SimulatedUser> {
  const sid = await controller.valueOf(account, "objectSid");
  return { sipUri: address, upn, domain: NETBIOS_DOMAIN, account, directoryPassword: "", sid, enabled: true };
}

/** The code of the problem with which the API refuses; undefined if it does not. */
export async function refusalOf(call: Promise<unknown>): Promise<string | undefined> {
  try {
    await call;
    return undefined;
  } catch (fault) {
    if (fault instanceof CliFault) return String(fault.details.code);
    throw fault;
  }
}
