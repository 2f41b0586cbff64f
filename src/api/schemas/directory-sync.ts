// What keeps Postern in step with a directory, as it stands in JSON: rows of people, what became of each, and what a
// source reports.

import * as v from "valibot";
import { DIRECTORY_STATES } from "../../core/directory/plan.ts";
import { isPrintable } from "../../core/text/printable.ts";
import { list, page, paging, time, why } from "./common.ts";

/** The most rows of one request. */
export const MAX_PEOPLE = 200;
/** Longer than any attribute that a row is made from. What is too long for its field makes the row a conflict. */
const MAX_CHARS = 2_048;
const MAX_CURSOR_CHARS = 65_536;
const MAX_PROBLEMS = 200;
const MAX_EXAMPLES = 20;
/** How long an administrator may let a source take over users who were made by hand, minutes: a week. */
export const MAX_ADOPTION_MINUTES = 7 * 24 * 60;

const text = v.pipe(v.string(), v.maxLength(MAX_CHARS));
const orNull = v.optional(v.nullable(text), null);

const source = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,30}$/, "It must be a word such as ad: small letters, digits and hyphens."),
  v.description("Where the people come from: `ad` for the agent, `scim` for SCIM. Their keys begin with it."),
);
const key = v.pipe(
  v.string(),
  v.regex(/^[a-z][a-z0-9-]{0,30}:[^\s]{1,200}$/, "It must be the source, a colon and the person's id."),
  v.check(isPrintable, "It must not have control characters."),
  v.description("Who the person is for good: `ad:` and the objectGUID in small letters, with hyphens."),
);
const state = v.pipe(
  v.picklist(DIRECTORY_STATES),
  v.description(
    "`in`: may sign in. `disabled`, `expired`: so the account is. `out`: not among the people to be taken. `deleted`.",
  ),
);

const person = v.strictObject({
  sipUri: v.pipe(text, v.description("The SIP address, with or without `sip:`.")),
  upn: orNull,
  account: v.pipe(text, v.description("`DOMAIN\\user`.")),
  displayName: orNull,
  mail: orNull,
  mobile: orNull,
  sid: v.pipe(orNull, v.description("The `objectSid`, `S-1-5-21-…`: every ticket of the person must be for it.")),
  language: v.pipe(orNull, v.description("The language of mail to the person, such as `de`.")),
  pool: v.optional(
    v.pipe(orNull, v.description("The pool at which the person is homed, as the directory names it.")),
    null, // an agent of a release before several pools says nothing of it
  ),
  groups: v.optional(v.pipe(list(text), v.maxLength(1_000), v.description("Words that rules match on.")), []),
});

const row = v.pipe(
  v.strictObject({ key, state, person: v.optional(person) }),
  v.check(({ state: said, person: whole }) => said !== "in" || whole !== undefined, "Who is in needs a person."),
);

/** `POST /v1/directory/apply`. */
export const peopleToApply = v.strictObject({
  source,
  dryRun: v.optional(v.pipe(v.boolean(), v.description("Change nothing, and say what would happen.")), false),
  rows: v.pipe(list(row), v.minLength(1, "Give a row."), v.maxLength(MAX_PEOPLE, `It may have ${MAX_PEOPLE} rows.`)),
});

/** What may become of a row. */
const STATUSES = [
  ...(["created", "changed", "renamed", "enabled", "disabled", "adopted", "unchanged"] as const),
  ...(["conflict", "failed"] as const),
] as const;

/** What a row has when it was not carried out, or not whole. */
const ROW_CODES = ["invalid", "twice", "name-taken", "sid-taken", "made-by-hand", "later", "unavailable"] as const;

/** What became of the rows. */
export const peopleApplied = v.pipe(
  v.object({
    rows: list(
      v.object({
        row: v.pipe(v.number(), v.description("Its place among the rows that were sent, from 0.")),
        key: v.string(),
        status: v.pipe(
          v.picklist(STATUSES),
          v.description(
            "The strongest of what was done. `conflict`: a person must decide. `failed`: send the row again.",
          ),
        ),
        user: v.optional(v.object({ id: v.string(), sipUri: v.string() })),
        code: v.optional(v.pipe(v.picklist(ROW_CODES), v.description("Why the row was not carried out whole."))),
        message: v.optional(v.pipe(v.string(), v.description("The same as a sentence for people."))),
      }),
    ),
    dryRun: v.boolean(),
    counts: v.pipe(v.record(v.string(), v.number()), v.description("How many rows have each status.")),
  }),
  v.title("PeopleApplied"),
);

/** `GET /v1/directory/people`. */
export const peopleQuery = v.strictObject({
  source,
  key: v.optional(key),
  after: paging.after,
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_PEOPLE)), MAX_PEOPLE),
});

/** Somebody who comes from a directory, as Postern has the person. */
export const linkedPerson = v.pipe(
  v.object({
    ...{ key: v.string(), userId: v.string(), state, since: time },
    held: v.pipe(v.boolean(), v.description("An administrator disabled the user: the directory cannot enable it.")),
    disabled: v.boolean(),
    ...{ sipUri: v.string(), upn: v.nullable(v.string()), account: v.string(), displayName: v.nullable(v.string()) },
    ...{ mail: v.nullable(v.string()), mobile: v.nullable(v.string()), sid: v.nullable(v.string()) },
    ...{ language: v.nullable(v.string()), pool: v.nullable(v.string()), groups: list(v.string()) },
    told: v.pipe(v.boolean(), v.description("False: the last change failed half-way. Send the person again.")),
  }),
  v.title("LinkedPerson"),
);

/** A page of them. */
export const peoplePage = v.pipe(page(linkedPerson), v.title("LinkedPeople"));

const line = (most: number) => v.pipe(v.string(), v.maxLength(most));
const problemOfSource = v.object({ key: line(300), name: line(300), code: line(60), message: line(500) });
const whole = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000));

/** `{source}` in a path. */
export const sourceParams = v.strictObject({ source });

/** `PUT /v1/directory/{source}/report`. */
export const sourceReport = v.strictObject({
  cursor: v.pipe(
    v.optional(v.nullable(v.pipe(v.string(), v.maxLength(MAX_CURSOR_CHARS)))),
    v.description("Where the agent goes on, in its own words. Absent: as before."),
  ),
  inStep: v.pipe(v.boolean(), v.description("Everything that the directory said until now is carried out.")),
  compared: v.pipe(v.boolean(), v.description("Everybody was compared.")),
  people: v.pipe(whole, v.description("How many people the source takes from the directory.")),
  problems: v.optional(v.pipe(list(problemOfSource), v.maxLength(MAX_PROBLEMS)), []),
  problemCount: v.pipe(v.optional(whole), v.description("How many there are, where not all are sent.")),
  brake: v.optional(
    v.nullable(
      v.strictObject({
        since: v.optional(time),
        wanted: v.pipe(whole, v.description("How many people would be disabled.")),
        of: v.pipe(whole, v.description("Of how many.")),
        examples: v.optional(v.pipe(list(line(300)), v.maxLength(MAX_EXAMPLES)), []),
      }),
    ),
    null,
  ),
});

/** One source, as Postern knows it. */
export const sourceStatus = v.pipe(
  v.object({
    source: v.string(),
    cursor: v.optional(v.pipe(v.nullable(v.string()), v.description("Only for the scopes directory and admin."))),
    inStepAt: v.nullable(time),
    comparedAt: v.nullable(time),
    reportedAt: v.nullable(time),
    people: v.pipe(v.number(), v.description("How many people the source takes from the directory.")),
    linked: v.pipe(
      v.object({ in: v.number(), disabled: v.number(), expired: v.number(), out: v.number(), deleted: v.number() }),
      v.description("How many users come from the source, by what it says of them."),
    ),
    adoptUntil: v.pipe(
      v.nullable(time),
      v.description("Until when the source may take over users who were made by hand. Null: it may not."),
    ),
    brake: v.nullable(v.object({ since: time, wanted: v.number(), of: v.number(), examples: list(v.string()) })),
    problems: list(problemOfSource),
    problemCount: v.number(),
    stale: v.pipe(v.boolean(), v.description("Nothing was in step for ten minutes. SCIM is never stale.")),
  }),
  v.title("DirectorySource"),
);

/** `GET /v1/directory`. */
export const directoryStatus = v.pipe(v.object({ sources: list(sourceStatus) }), v.title("Directory"));

/** `POST /v1/directory/{source}/adoption`. */
export const adoptionToOpen = v.strictObject({
  minutes: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(0),
    v.maxValue(MAX_ADOPTION_MINUTES),
    v.description("How many minutes it stays open. 0 closes it."),
  ),
  why,
});

/** The link of a user, in an answer about the user. */
export const directoryLink = v.pipe(
  v.nullable(
    v.object({
      ...{ source: v.string(), key: v.string(), state, since: time },
      held: v.pipe(v.boolean(), v.description("An administrator disabled the user: the directory cannot enable it.")),
      kept: v.pipe(v.boolean(), v.description("An administrator keeps the person from being erased after leaving.")),
    }),
  ),
  v.description("Where the user comes from. Null: the user was made by hand, and no sync touches it."),
);

/** After a user is deleted. */
export const comesBack = v.pipe(
  v.boolean(),
  v.description(
    "The directory lets the person in, so its next comparison adds the person again, without app passwords and devices.",
  ),
);

export type GivenRow = v.InferOutput<typeof row>;
export type PeopleAppliedAnswer = v.InferOutput<typeof peopleApplied>;
export type AppliedRow = PeopleAppliedAnswer["rows"][number];
export type PeoplePageAnswer = v.InferOutput<typeof peoplePage>;
export type SourceReport = v.InferOutput<typeof sourceReport>;
export type LinkedPersonAnswer = v.InferOutput<typeof linkedPerson>;
export type DirectoryStatusAnswer = v.InferOutput<typeof directoryStatus>;
export type SourceStatusAnswer = v.InferOutput<typeof sourceStatus>;
export type DirectoryLinkAnswer = v.InferOutput<typeof directoryLink>;
