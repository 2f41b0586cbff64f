// Exports and erases everything that is kept of a person (S-40).

import * as v from "valibot";
import { newPseudonym } from "../../store/ids.ts";
import { commanding } from "../devices.ts";
import { done, operation } from "../operation.ts";
import { erasePerson, exportAudit, exportPerson } from "../person.ts";
import { paging, userParams } from "../schemas/common.ts";
import { person, personAudit, personErased, personToErase } from "../schemas/person.ts";
import { knownUser } from "../users.ts";

export const personOperations = [
  operation({
    ...{ id: "users.export", method: "GET", path: "/v1/users/{user}/export", scope: "helpdesk" },
    summary: "Shows everything that is kept of a person, except the events of the audit",
    params: userParams,
    answer: person,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { params }) => {
      const user = await knownUser(call.env, params.user);
      return user.ok ? done(await exportPerson(call, user.value, Date.now())) : user;
    },
  }),

  operation({
    ...{ id: "users.export-audit", method: "GET", path: "/v1/users/{user}/export/audit", scope: "helpdesk" },
    summary: "Shows the events of the audit that are about a person, in pages",
    params: userParams,
    query: v.strictObject({ after: paging.after }),
    answer: personAudit,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { params, query }) => {
      const user = await knownUser(call.env, params.user);
      return user.ok ? done(await exportAudit(call, user.value, query.after)) : user;
    },
  }),

  operation({
    ...{ id: "users.erase", method: "POST", path: "/v1/users/{user}/erase", scope: "admin" },
    summary: "Erases a person for good, with everything that is kept of the person",
    params: userParams,
    body: personToErase,
    keepsNothing: true,
    answer: personErased,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { params, body }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      return done(
        await erasePerson(commanding(call, body.why), user.value, body.audit, body.pseudonym ?? newPseudonym()),
      );
    },
  }),
];
