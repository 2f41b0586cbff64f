// The gateway as tests inside workerd run it: one host, the keys of the guards, and a Front-End that each test
// provides.

import { env } from "cloudflare:test";
import type { Config } from "../../src/config/config.ts";
import { parseKeyring } from "../../src/core/crypto/keyring.ts";
import { ok } from "../../src/core/result.ts";
import { isNoticeKind, NOTICE_KINDS, USUAL_HELPDESK_KINDS } from "../../src/notices/kinds.ts";
import { must } from "./ntlm.ts";

/** The one public host. */
export const HOST = "web.contoso.test";

/** The configuration of a gateway with that Front-End behind it. */
export const configWith = (fetch: Config["frontEnd"]["fetch"]): Config => ({
  keyring: must(parseKeyring(env.SEALING_KEYS)),
  hosts: new Set([HOST]),
  roles: new Map([[HOST, "web"]]),
  sipDomains: [],
  ...{ pool: "", webHost: HOST, elsewhere: new Map() },
  pools: [{ name: "", webHost: HOST, hosts: [HOST], service: `HTTP/${HOST}`, origin: "ORIGIN", directoryNames: [] }],
  names: { nbDomain: "CONTOSO", nbComputer: "POSTERN", dnsDomain: "contoso.test", dnsComputer: HOST },
  domains: new Map([["contoso.test", "contoso"]]),
  challenge: "NTLM",
  channelBindings: [],
  internalDomains: [],
  plainHttp: false,
  certificateTickets: false,
  refusalFloorMs: 0,
  notices: {
    ...{ kinds: new Set(Object.keys(NOTICE_KINDS).filter(isNoticeKind)), helpdesk: undefined },
    ...{ helpdeskKinds: new Set(USUAL_HELPDESK_KINDS), passwordDays: 7, delivery: { by: "agent" } },
  },
  codes: { mode: "allowed", holdsForMs: 600_000 },
  frontEnd: { fetch },
  frontEndWithinMs: 15_000,
  budgets: {
    services: { limit: async () => ({ success: true }) },
    pages: { limit: async () => ({ success: true }) },
  },
  signOn: { credentialsFor: async () => ok({ headers: { authorization: "Negotiate dGVzdA==" } }) },
});
