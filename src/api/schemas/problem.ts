// A refusal of the API, as it stands in JSON (RFC 9457).

import * as v from "valibot";
import { list } from "./common.ts";

/** Every refusal. `code` is one of docs/api.md. */
export const problemSchema = v.pipe(
  v.looseObject({
    type: v.pipe(v.string(), v.description("`urn:postern:problem:` and the code.")),
    title: v.string(),
    status: v.pipe(v.number(), v.integer()),
    detail: v.pipe(v.string(), v.description("What is wrong with this request, for people.")),
    code: v.pipe(v.string(), v.description("It never changes, so a program should decide by it.")),
    fix: v.exactOptional(v.pipe(v.string(), v.description("What to do about it."))),
    errors: v.exactOptional(
      v.pipe(
        list(v.object({ path: v.string(), message: v.string(), line: v.exactOptional(v.number()) })),
        v.description("The fields that cannot be used; `path` such as `rows.3.sipUri`, `line` of a policy's file."),
      ),
    ),
    requestId: v.pipe(v.string(), v.description("The id of the request, as in the log and the audit.")),
  }),
  v.title("Problem"),
);
