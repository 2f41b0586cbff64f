// People whom a directory let go, in JSON.

import * as v from "valibot";
import { DIRECTORY_STATES } from "../../core/directory/plan.ts";
import { page, paging, time, why } from "./common.ts";

/** `GET /v1/directory/leavers`. */
export const leaversQuery = v.strictObject(paging);

const leaver = v.pipe(
  v.object({
    ...{ userId: v.string(), sipUri: v.string(), displayName: v.nullable(v.string()) },
    source: v.pipe(v.string(), v.description("The directory, such as `ad`.")),
    state: v.picklist(DIRECTORY_STATES),
    since: v.pipe(time, v.description("Since when the directory says so.")),
    kept: v.pipe(v.boolean(), v.description("An administrator keeps the person.")),
    erasedFrom: v.pipe(v.nullable(time), v.description("From when on the person is erased. Null: never by itself.")),
  }),
  v.title("Leaver"),
);

export const leaversPage = v.pipe(page(leaver), v.title("Leavers"));

/** `POST /v1/users/{user}/keep`. */
export const leaverToKeep = v.strictObject({
  keep: v.pipe(v.boolean(), v.description("False: the person may be erased again when the time has come.")),
  why,
});
export const leaverKept = v.pipe(
  v.object({ userId: v.string(), sipUri: v.string(), kept: v.boolean() }),
  v.title("LeaverKept"),
);

/** `POST /v1/directory/leavers/erase`. */
export const leaversToErase = v.strictObject({ why });
export const leaversErased = v.pipe(
  v.object({
    erased: v.pipe(v.number(), v.description("How many people were erased.")),
    left: v.pipe(v.number(), v.description("How many are still due. Ask again.")),
  }),
  v.title("LeaversErased"),
);

export type LeaverAnswer = v.InferOutput<typeof leaver>;
export type LeaverKeptAnswer = v.InferOutput<typeof leaverKept>;
export type LeaversErasedAnswer = v.InferOutput<typeof leaversErased>;
