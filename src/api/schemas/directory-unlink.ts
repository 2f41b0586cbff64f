// The end of a source of people, as it stands in JSON.

import * as v from "valibot";
import { why } from "./common.ts";

/** `POST /v1/directory/{source}/unlink`. */
export const sourceToUnlink = v.pipe(
  v.strictObject({
    people: v.pipe(
      v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
      v.description("How many users the caller has seen to come from the source. Needed without `dryRun`."),
    ),
    dryRun: v.optional(v.pipe(v.boolean(), v.description("Change nothing, and say how many users there are.")), false),
    why,
  }),
  v.check(
    ({ people, dryRun }) => dryRun || people !== undefined,
    "Say how many people come from the source; dryRun tells.",
  ),
);

/** What became of a source. */
export const sourceUnlinked = v.pipe(
  v.object({
    source: v.string(),
    people: v.pipe(v.number(), v.description("How many users came from the source.")),
    mayNotSignIn: v.pipe(
      v.number(),
      v.description("How many of them the directory had shut out. They stay disabled until somebody enables them."),
    ),
    dryRun: v.boolean(),
    changed: v.pipe(v.boolean(), v.description("False: nothing was to be done, or `dryRun`.")),
  }),
  v.title("SourceUnlinked"),
);

export type SourceUnlinkedAnswer = v.InferOutput<typeof sourceUnlinked>;
