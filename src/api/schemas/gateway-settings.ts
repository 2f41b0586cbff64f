// What the gateway is configured to do, as it stands in JSON. Nothing of it is a secret.

import * as v from "valibot";
import { list } from "./common.ts";

/** What a pool and its administrator have to know of the token service. */
const tokenService = v.object({
  issuer: v.pipe(v.string(), v.description("How it calls itself in tokens and metadata.")),
  realms: list(
    v.object({
      webHost: v.string(),
      realm: v.pipe(v.string(), v.description("The pool's `wtrealm`, byte for byte.")),
      reply: v.pipe(v.string(), v.description("Where the browser posts the token.")),
    }),
  ),
  tokenMinutes: v.number(),
  domainSids: list(v.string()),
  deniedSids: list(v.string()),
  offer: v.pipe(v.picklist(["windows", "both", "passive"]), v.description("Which grants clients are told of.")),
  signOn: v.pipe(v.boolean(), v.description("Whether Postern signs on with it (`SIGN_ON`).")),
  keys: v.pipe(
    list(
      v.object({
        thumbprint: v.pipe(v.string(), v.description("SHA-1 of the certificate, as Windows shows it.")),
        begins: v.string(),
        ends: v.string(),
      }),
    ),
    v.description("The certificates of `STS_KEYS`. The first key signs, all are in the metadata."),
  ),
});

/** `GET /v1/settings`. */
export const gatewaySettings = v.pipe(
  v.object({
    version: v.string(),
    webHost: v.pipe(v.string(), v.description("The external web FQDN of the pool.")),
    publicHosts: list(v.string()),
    meetHosts: v.pipe(list(v.string()), v.description("Those of them on which meeting links stand below the root.")),
    dialinHosts: v.pipe(list(v.string()), v.description("The same of the dial-in page.")),
    internalDomains: v.pipe(list(v.string()), v.description("Domains of the inside, which no answer may name.")),
    pools: v.pipe(
      list(
        v.object({
          name: v.string(),
          webHost: v.string(),
          hosts: list(v.string()),
          service: v.pipe(v.string(), v.description("The SPN to which its users are signed on.")),
          directoryNames: v.pipe(list(v.string()), v.description("How the directory names it.")),
        }),
      ),
      v.description("The pools of POOLS, that of `webHost` first. Empty: there is one pool."),
    ),
    adminHost: v.nullable(v.string()),
    consoleHost: v.nullable(v.string()),
    portalHost: v.nullable(v.string()),
    stsHost: v.pipe(v.nullable(v.string()), v.description("The token service's. Null: there is none.")),
    sts: v.pipe(v.nullable(tokenService), v.description("The token service for passive sign-in. Null: there is none.")),
    lockout: v.pipe(
      v.picklist(["enforce", "report"]),
      v.description("`report` is a dry run: what would be refused is only counted."),
    ),
    challenge: v.picklist(["NTLM", "Negotiate"]),
    certificateTickets: v.pipe(v.boolean(), v.description("Whether `/Cert` is open.")),
    authority: v.pipe(
      v.nullable(v.string()),
      v.description("The host of the system that is asked about devices. Null: there is none."),
    ),
    auditRetentionDays: v.pipe(v.nullable(v.number()), v.description("Null: the audit keeps events for ever.")),
  }),
  v.title("GatewaySettings"),
);

export type GatewaySettingsAnswer = v.InferOutput<typeof gatewaySettings>;
