// The gateway with its administrator at hand: alice and bob may sign in, and what the admin API says of their devices decides the
// tests. What the clients cannot know, a test asks here.

import { type AskAdmin, adminThrough } from "../../cli/admin-api.ts";
import type { DeviceAnswer, WhyAnswer } from "../../src/api/device-answers.ts";
import { type Person, startTestGateway, type TestGateway } from "../conformance/support/gateway.ts";
import type { Upstream } from "./upstreams.ts";

/** The admin API, as its answers are needed here. */
export interface Administrator {
  /** Changes how a user's devices enrol. */
  settings(who: Person, settings: { readonly enrolment: "open" | "approval" | "closed" }): Promise<void>;
  /** `device`: the id by which it names itself. Returns when the decision holds. */
  decide(who: Person, device: string, what: "approve" | "block"): Promise<void>;
  /** The partnership of that device; undefined when there is none. */
  device(who: Person, device: string): Promise<DeviceAnswer | undefined>;
}

/** A gateway that was started for one test file. */
export interface AdministeredGateway extends TestGateway {
  readonly administrator: Administrator;
  /** Where this person's client signs in, and as whom. */
  placeOf(who: Person): Omit<Upstream, "name" | "ledger" | "logs" | "stop" | "offers">;
}

/** Starts it. */
export async function startAdministered(): Promise<AdministeredGateway> {
  const gateway = await startTestGateway();
  const ask = adminThrough({ kind: "local" }, gateway.home, process.env);
  return {
    ...gateway,
    administrator: administratorBy(ask),
    placeOf: ({ sipUri, upn, domain, account, password }) => ({
      ...{ sipUri, upn, domain, password, user: account },
      baseUrl: gateway.gateway,
      hosts: gateway.hosts,
    }),
  };
}

function administratorBy(ask: AskAdmin): Administrator {
  const pathOf = ({ upn }: Person, rest: string) => `/v1/users/${encodeURIComponent(upn)}/${rest}`;
  const post = async (path: string, body: unknown): Promise<void> => {
    const answer = await ask({ method: "POST", path, body });
    if (!answer.ok) throw new Error(`${path}: ${answer.error.code}`);
  };
  return {
    settings: (who, settings) => post(pathOf(who, "settings"), settings),
    decide: (who, device, what) => post(pathOf(who, `devices/${encodeURIComponent(device)}/${what}`), {}),
    async device(who, device) {
      const path = pathOf(who, `devices/${encodeURIComponent(device)}/why`);
      const answer = await ask({ method: "GET", path });
      if (!answer.ok && answer.error.code !== "no-such-device") throw new Error(`${path}: ${answer.error.code}`);
      return answer.ok ? (answer.value as WhyAnswer).device : undefined;
    },
  };
}
