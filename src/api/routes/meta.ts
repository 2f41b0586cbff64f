// What a client asks first: who it is, whether the gateway works, and which operations exist.

import * as v from "valibot";
import type { Config } from "../../config/config.ts";
import type { StsConfig } from "../../config/sts.ts";
import { VERSION } from "../../config/version.ts";
import type { HostRole } from "../../core/http/publish.ts";
import { lockoutOf } from "../../core/lockout/mode.ts";
import type { PassiveOffer } from "../../core/lync/grant-types.ts";
import { administratorById } from "../../store/administrators.ts";
import { tokenById } from "../../store/api-tokens.ts";
import { readRetention } from "../../store/audit-retention.ts";
import { openDatabase } from "../../store/database.ts";
import { healthOf } from "../health.ts";
import { done, operation } from "../operation.ts";
import { gatewaySettings } from "../schemas/gateway-settings.ts";
import { health, whoami } from "../schemas/tokens.ts";

/** The public hosts of that role. */
const withRole = ({ roles }: Config, role: HostRole): string[] =>
  [...roles].flatMap(([host, each]) => (each === role ? [host] : []));

const iso = (ms: number): string => new Date(ms).toISOString();

const stsSettings = (sts: StsConfig, offer: PassiveOffer | undefined, signOn: boolean) => ({
  ...{ issuer: sts.issuer, tokenMinutes: sts.tokenMinutes, offer: offer ?? "windows", signOn },
  realms: [...sts.realms].map(([webHost, { realm, reply }]) => ({ webHost, realm, reply })),
  ...{ domainSids: [...sts.domainSids], deniedSids: [...sts.deniedSids] },
  keys: sts.certificates.map(({ thumbprint, notBefore, notAfter }) => ({
    ...{ thumbprint, begins: iso(notBefore), ends: iso(notAfter) },
  })),
});

export const metaOperations = [
  operation({
    ...{ id: "whoami", method: "GET", path: "/v1/whoami", scope: "any" },
    summary: "Says who calls, and what the caller may do",
    answer: whoami,
    problems: [],
    handle: async ({ env, actor, scope }) => {
      const db = openDatabase(env.DB);
      const person = actor.kind === "administrator" ? await administratorById(db, actor.id) : undefined;
      const token = actor.kind === "token" ? await tokenById(db, actor.id) : undefined;
      const expiresAt = token === undefined ? null : new Date(token.expiresAt).toISOString();
      return done({
        ...actor,
        scope,
        email: person?.email ?? null,
        role: person?.role ?? null,
        expiresAt,
        version: VERSION,
      });
    },
  }),

  operation({
    ...{ id: "health", method: "GET", path: "/v1/health", scope: ["read", "directory", "metrics"] },
    summary: "Says whether the gateway, D1, the Front-End and the connector work",
    description: "It asks them now, and answers 200 whatever comes of it: read `status`.",
    answer: health,
    problems: [],
    handle: async (call) => done(await healthOf(call, Date.now())),
  }),

  operation({
    ...{ id: "settings", method: "GET", path: "/v1/settings", scope: "read" },
    summary: "Says what the gateway is configured to do",
    description: "What a deployment sets, without secrets. It is changed in wrangler.toml.",
    answer: gatewaySettings,
    problems: [],
    handle: async ({ env, config }) => {
      const retention = readRetention(env);
      return done({
        ...{ version: VERSION, webHost: config.webHost, publicHosts: [...config.hosts], challenge: config.challenge },
        ...{ meetHosts: withRole(config, "meet"), dialinHosts: withRole(config, "dial-in") },
        internalDomains: [...config.internalDomains],
        ...{
          adminHost: config.admin?.host ?? null,
          consoleHost: config.console?.host ?? null,
          portalHost: config.portal?.host ?? null,
          stsHost: config.sts?.host ?? null,
          sts: config.sts === undefined ? null : stsSettings(config.sts, config.passiveOffer, env.SIGN_ON === "sts"),
        },
        pools: config.pools.flatMap(({ origin: _, ...pool }) => (pool.name === "" ? [] : [pool])),
        lockout: lockoutOf(env).dryRun ? "report" : "enforce",
        certificateTickets: config.certificateTickets,
        authority: config.authority === undefined ? null : new URL(config.authority.url).host,
        auditRetentionDays: ("days" in retention ? retention.days : undefined) ?? null,
      });
    },
  }),

  operation({
    ...{ id: "openapi", method: "GET", path: "/v1/openapi.json", scope: "any" },
    summary: "Gives this description of the API",
    answer: v.pipe(v.looseObject({ openapi: v.string() }), v.title("OpenApi")),
    problems: [],
    // The document is loaded only when somebody asks for it: no other request needs it.
    handle: async () => done((await import("../../../docs/openapi.json")).default),
  }),
];
