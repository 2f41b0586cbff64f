// The gateway and its administrator. alice and bob may sign in. A test asks the admin API what a client cannot know,
// such as the state of a device.

import { CliFault } from "../../cli/fault.ts";
import { type Api, apiOf } from "../../cli/reach/api.ts";
import { chosenTarget } from "../../cli/reach/choose.ts";
import type { DeviceAnswer, WhyAnswer } from "../../src/api/device-answers.ts";
import { type Person, startTestGateway, type TestGateway } from "../conformance/support/gateway.ts";
import type { Upstream } from "./upstreams.ts";

/** The admin API, as far as these tests need it. */
export interface Administrator {
  /** Changes how a user's devices enrol. */
  settings(who: Person, settings: { readonly enrolment: "open" | "self" | "approval" | "closed" }): Promise<void>;
  /** `device`: the id by which it names itself. Returns when the decision is in force. */
  decide(who: Person, device: string, what: "approve" | "block" | "approve-key"): Promise<void>;
  /** The partnership of that device; undefined when there is none. */
  device(who: Person, device: string): Promise<DeviceAnswer | undefined>;
}

/** A gateway that was started for one test file. */
export interface AdministeredGateway extends TestGateway {
  readonly administrator: Administrator;
  /** Where a person's client signs in, and as which user. */
  placeOf(who: Person): Omit<Upstream, "name" | "ledger" | "logs" | "stop" | "offers">;
}

/** Starts it. */
export async function startAdministered(): Promise<AdministeredGateway> {
  const gateway = await startTestGateway();
  const api = apiOf(chosenTarget({ env: {}, state: gateway.home }, "local"));
  return {
    ...gateway,
    administrator: administratorBy(api),
    placeOf: ({ sipUri, upn, domain, account, password }) => ({
      ...{ sipUri, upn, domain, password, user: account },
      baseUrl: gateway.gateway,
      hosts: gateway.hosts,
    }),
  };
}

function administratorBy(api: Api): Administrator {
  const pathOf = ({ upn }: Person, rest: string) => `/v1/users/${encodeURIComponent(upn)}/${rest}`;
  return {
    settings: ({ upn }, settings) => api.ask("PATCH", `/v1/users/${encodeURIComponent(upn)}`, settings),
    decide: (who, device, what) => api.post(pathOf(who, `devices/${encodeURIComponent(device)}/${what}`), {}),
    async device(who, device) {
      const path = pathOf(who, `devices/${encodeURIComponent(device)}/why`);
      try {
        return (await api.get<WhyAnswer>(path)).device;
      } catch (fault) {
        if (fault instanceof CliFault && fault.details.code === "no-such-device") return undefined;
        throw fault;
      }
    },
  };
}
