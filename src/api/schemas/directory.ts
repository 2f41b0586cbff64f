// Users as they stand in JSON, and what makes one or many.

import * as v from "valibot";
import { isParked, PARKED_FAULT } from "../../core/directory/parked.ts";
import { languageOf, mailOf, poolOf } from "../../core/directory/read-person.ts";
import { ENROLMENT_MODES, MAX_DEVICES } from "../../core/policy/read.ts";
import { isDisplayable, isPrintable } from "../../core/text/printable.ts";
import { USER_ORIGINS } from "../../store/user-list.ts";
import { actor } from "./audit.ts";
import { list, page, paging, time, why } from "./common.ts";
import { directoryLink } from "./directory-sync.ts";

/** The most rows of a batch. Each may cost the gateway several requests of its own. */
export const MAX_ROWS = 200;
const MAX_NAME_CHARS = 256;
const MAX_ALIASES = 20;
const MAX_GROUPS = 50;

const name = (description: string) =>
  v.pipe(
    v.string(),
    v.maxLength(MAX_NAME_CHARS, `It may have ${MAX_NAME_CHARS} characters.`),
    v.check((text) => !isParked(text), PARKED_FAULT),
    v.description(description),
  );

const groups = v.pipe(
  list(
    v.pipe(
      v.string(),
      v.check((text) => /^[^\p{C}\p{Z}]{1,64}$/u.test(text), "A group is one word of at most 64 characters."),
    ),
  ),
  v.maxLength(MAX_GROUPS, `A user may have ${MAX_GROUPS} groups.`),
  v.description("Words that rules match on, such as `sales` or `site=berlin`."),
);

const displayName = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(MAX_NAME_CHARS, `It may have ${MAX_NAME_CHARS} characters.`),
  v.check(isDisplayable, "It must be on one line, without control characters and without characters that hide."),
  v.description("The person's name as people write it. Nobody signs in by it."),
);

const mail = v.pipe(
  v.string(),
  v.trim(),
  v.check((text) => text === "" || mailOf(text) !== null, "It must be one address such as alice@contoso.com."),
  v.description("Where mail to the person goes."),
);
const mobile = v.pipe(
  v.string(),
  v.trim(),
  v.maxLength(64),
  v.check(isPrintable, "It must be on one line, without control characters."),
);
const language = v.pipe(
  v.string(),
  v.trim(),
  v.check((text) => text === "" || languageOf(text) !== null, "It must be a language tag such as de."),
  v.description("The language of mail to the person, such as `de`."),
);

const pool = v.pipe(
  v.string(),
  v.trim(),
  v.toLowerCase(),
  v.check((text) => text === "" || poolOf(text) !== null, "It must be the FQDN of a pool, or a word such as 1:2."),
  v.description("The pool at which the person is homed, as the directory names it, such as `pool01.contoso.local`."),
);

/** The fields of a new user. */
const fieldsOfNewUser = {
  sipUri: name("The SIP address, with or without `sip:`."),
  account: name("The account of Active Directory, `DOMAIN\\user`."),
  upn: v.optional(name("The user principal name as Active Directory spells it. Sign-on to the Front-End needs it.")),
  aliases: v.optional(
    v.pipe(
      list(name("An address or `DOMAIN\\user`.")),
      v.maxLength(MAX_ALIASES, `A user may have ${MAX_ALIASES} aliases.`),
      v.description("Other names to sign in by."),
    ),
    [],
  ),
  displayName: v.optional(displayName),
  ...{ mail: v.optional(mail), mobile: v.optional(mobile), language: v.optional(language), pool: v.optional(pool) },
  groups: v.optional(groups, []),
};

/** `POST /v1/users`. */
export const newUser = v.strictObject({ ...fieldsOfNewUser, why });

const enrolment = v.pipe(
  v.nullable(v.picklist(ENROLMENT_MODES)),
  v.description("How the user's devices enrol. Null: as the policy says."),
);
const maxDevices = v.pipe(
  v.nullable(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_DEVICES))),
  v.description("How many devices the user may have. Null: as the policy says."),
);

/** How the person is reached. Null, or an empty text: not known. */
const contact = {
  mail: v.optional(v.nullable(mail)),
  mobile: v.optional(v.nullable(mobile)),
  language: v.optional(v.nullable(language)),
  pool: v.optional(v.nullable(pool)),
};

/** `PATCH /v1/users/{user}`: what is absent stays as it is. */
export const userToChange = v.strictObject({
  groups: v.optional(groups),
  enrolment: v.optional(enrolment),
  maxDevices: v.optional(maxDevices),
  displayName: v.optional(v.nullable(displayName)),
  ...contact,
  upn: v.optional(name("The user principal name as Active Directory spells it.")),
  why,
});

const user = v.pipe(v.string(), v.description("The user's id, or any name of the user."));

/** One row of a batch. */
const row = v.variant("op", [
  v.strictObject({ op: v.literal("create"), ...fieldsOfNewUser }),
  v.strictObject({
    ...{ op: v.literal("change"), user },
    ...{ groups: v.optional(groups), enrolment: v.optional(enrolment), maxDevices: v.optional(maxDevices) },
    displayName: v.optional(v.nullable(displayName)),
    ...contact,
  }),
  v.strictObject({ op: v.literal("disable"), user }),
  v.strictObject({ op: v.literal("enable"), user }),
  v.strictObject({ op: v.literal("delete"), user }),
]);

/** `POST /v1/users/batch`. */
export const batch = v.strictObject({
  rows: v.pipe(list(row), v.minLength(1, "Give a row."), v.maxLength(MAX_ROWS, `It may have ${MAX_ROWS} rows.`)),
  dryRun: v.optional(v.pipe(v.boolean(), v.description("Change nothing, and say what would happen.")), false),
  why,
});

const shown = {
  id: v.string(),
  sipUri: v.string(),
  displayName: v.nullable(v.string()),
  upn: v.nullable(v.string()),
  account: v.pipe(v.string(), v.description("`DOMAIN\\user`.")),
  mail: v.pipe(v.nullable(v.string()), v.description("Where mail to the person goes.")),
  mobile: v.nullable(v.string()),
  sid: v.pipe(v.nullable(v.string()), v.description("The account's SID. Null: the first ticket tells it.")),
  language: v.pipe(v.nullable(v.string()), v.description("The language of mail to the person, such as `de`.")),
  pool: v.pipe(
    v.nullable(v.string()),
    v.description("The pool at which the person is homed, as the directory names it. Null: not known."),
  ),
  homePool: v.pipe(
    v.nullable(v.string()),
    v.description("The pool of POOLS that `pool` names. Null: none, or not known."),
  ),
  directory: directoryLink,
  groups: list(v.string()),
  enrolment: v.nullable(v.string()),
  maxDevices: v.nullable(v.number()),
  windowUntil: v.pipe(v.nullable(time), v.description("Until when a device may enrol in mode `window`.")),
  createdAt: time,
  createdBy: v.pipe(
    v.nullable(actor),
    v.description("Who added the user. Null: the user was added before Postern kept this."),
  ),
  disabledAt: v.pipe(v.nullable(time), v.description("Since when the user may not sign in. Null: the user may.")),
  revision: v.pipe(v.number(), v.description("Grows by one with each change. The ETag is `r` and this number.")),
};

/** A user in a list. */
export const listedUser = v.pipe(v.object(shown), v.title("User"));

/** A user alone, with every name that leads to the user. */
export const wholeUser = v.pipe(
  v.object({
    ...shown,
    names: list(v.object({ name: v.string(), kind: v.picklist(["sip", "upn", "account", "alias"]) })),
  }),
  v.title("UserWithNames"),
);

/** The query of `GET /v1/users`. */
export const usersQuery = v.strictObject({
  ...paging,
  q: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(200),
      v.description(
        "Words. Each must be the beginning of a word of the SIP address, the account, the UPN, an alias or the display name.",
      ),
    ),
  ),
  state: v.optional(v.picklist(["enabled", "disabled"])),
  group: v.optional(v.pipe(v.string(), v.maxLength(64), v.description("A group, in any case."))),
  origin: v.optional(
    v.pipe(
      v.picklist(USER_ORIGINS),
      v.description(
        "`manual`: made by hand. `directory`: from a directory that a program follows. `scim`: through SCIM.",
      ),
    ),
  ),
});

/** `GET /v1/users`. */
export const usersPage = v.pipe(page(listedUser), v.title("Users"));

/** `POST /v1/users/batch`. */
export const batchReport = v.pipe(
  v.object({
    rows: list(
      v.object({
        row: v.pipe(v.number(), v.description("Its place among the rows that were sent, from 0.")),
        op: v.string(),
        status: v.pipe(
          v.picklist(["done", "unchanged", "failed"]),
          v.description("`unchanged`: it was so already. With `dryRun`: what would happen."),
        ),
        code: v.optional(v.pipe(v.string(), v.description("If the row failed: the code of the problem."))),
        message: v.optional(v.pipe(v.string(), v.description("If the row failed: what is wrong, in a sentence."))),
        user: v.optional(v.object({ id: v.string(), sipUri: v.string() })),
      }),
    ),
    dryRun: v.boolean(),
    done: v.number(),
    unchanged: v.number(),
    failed: v.number(),
  }),
  v.title("BatchReport"),
);

export type UserAnswer = v.InferOutput<typeof listedUser>;
export type WholeUserAnswer = v.InferOutput<typeof wholeUser>;
export type UsersPageAnswer = v.InferOutput<typeof usersPage>;
export type BatchReportAnswer = v.InferOutput<typeof batchReport>;
/** A row of a batch as it is read. */
export type BatchRow = v.InferOutput<typeof row>;
