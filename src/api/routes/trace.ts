// Traces sign-ins: of a user, from a network, or the one that belongs to a request.

import { eventById } from "../../store/audit.ts";
import { openDatabase } from "../../store/database.ts";
import { lastSignIns, signInOf, signInOfRequest } from "../../store/trace.ts";
import { auditFilterOf } from "../audit-events.ts";
import { done, operation } from "../operation.ts";
import { problem } from "../problem.ts";
import { traceAnswer, traceQuery } from "../schemas/trace.ts";

/** How far back a request is looked for, ms. No index has its id. */
const REQUEST_SINCE_MS = 7 * 86_400_000;

const NOBODY =
  "The audit keeps no name that nobody has. Ask by the network (`source`), or by the id that the client was given (`request`).";

export const traceOperations = [
  operation({
    ...{ id: "trace.get", method: "GET", path: "/v1/trace", scope: "read" },
    summary: "Shows the last sign-ins of a user or a network, or that of a request, step by step",
    description: `Give \`user\`, \`source\`, \`request\` or \`event\`. Events reach the audit some seconds late. A sign-in that was only counted (\`repeats\`) cannot be
shown by itself. A request is looked for in the last seven days, unless \`since\` says otherwise.`,
    query: traceQuery,
    answer: traceAnswer,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { query }) => {
      const { user, source, request, event, since, last, language } = query;
      if ([user, source, request, event].every((each) => each === undefined)) {
        const message = "Give user, source, request or event.";
        return problem("invalid", message, { errors: [{ path: "user", message }] });
      }
      const filter = await auditFilterOf(call, { user, source, since });
      if (!filter.ok) return filter.code === "no-such-user" ? { ...filter, fix: NOBODY } : filter;
      const db = openDatabase(call.env.DB);
      // Loaded when it is asked for: the sentences are long, and no other request needs them.
      const { traced } = await import("../trace.ts");
      if (event !== undefined) {
        const found = await eventById(db, event);
        const signIn = found && (await signInOf(db, found));
        return done({ signIns: signIn === undefined ? [] : await traced(call, [signIn], language) });
      }
      if (request === undefined) {
        return done({ signIns: await traced(call, await lastSignIns(db, filter.value, last), language) });
      }
      const from = filter.value.since ?? Date.now() - REQUEST_SINCE_MS;
      const signIn = await signInOfRequest(db, { requestId: request, since: from });
      return done({ signIns: signIn === undefined ? [] : await traced(call, [signIn], language) });
    },
  }),
];
