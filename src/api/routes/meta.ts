// What a client asks first: who it is, whether the gateway works, and which operations exist.

import * as v from "valibot";
import { VERSION } from "../../config/version.ts";
import { tokenById } from "../../store/api-tokens.ts";
import { openDatabase } from "../../store/database.ts";
import { healthOf } from "../health.ts";
import { done, operation } from "../operation.ts";
import { health, whoami } from "../schemas/tokens.ts";

export const metaOperations = [
  operation({
    ...{ id: "whoami", method: "GET", path: "/v1/whoami", scope: "any" },
    summary: "Says who calls, and what the caller may do",
    answer: whoami,
    problems: [],
    handle: async ({ env, actor, scope }) => {
      const token = actor.kind === "token" ? await tokenById(openDatabase(env.DB), actor.id) : undefined;
      const expiresAt = token === undefined ? null : new Date(token.expiresAt).toISOString();
      return done({ ...actor, scope, expiresAt, version: VERSION });
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
    ...{ id: "openapi", method: "GET", path: "/v1/openapi.json", scope: "any" },
    summary: "Gives this description of the API",
    answer: v.pipe(v.looseObject({ openapi: v.string() }), v.title("OpenApi")),
    problems: [],
    // The document is loaded only when somebody asks for it: no other request needs it.
    handle: async () => done((await import("../../../docs/openapi.json")).default),
  }),
];
