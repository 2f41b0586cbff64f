// A person's names, as they stand in JSON: other ones for the same person, aliases, and a person who goes.

import * as v from "valibot";
import { isParked, PARKED_FAULT } from "../../core/directory/parked.ts";
import { list, why } from "./common.ts";
import { comesBack } from "./directory-sync.ts";

const isFree = v.check((text: string) => !isParked(text), PARKED_FAULT);
const text = (description: string) =>
  v.optional(v.pipe(v.string(), v.maxLength(256, "It may have 256 characters."), isFree, v.description(description)));

/** `POST /v1/users/{user}/rename`. */
export const renaming = v.strictObject({
  sipUri: text("The new SIP address, with or without `sip:`."),
  upn: text("The new user principal name, as Active Directory spells it."),
  account: text("The new account, `DOMAIN\\user`."),
  keepOldAddress: v.pipe(
    v.optional(v.boolean(), false),
    v.description("The SIP address and the UPN that are replaced stay as aliases. Otherwise they are free."),
  ),
  why,
});

/** What a rename came to. */
export const renamed = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.description("The same as before.")),
    sipUri: v.string(),
    upn: v.nullable(v.string()),
    account: v.pipe(v.string(), v.description("`DOMAIN\\user`.")),
    changed: v.pipe(v.boolean(), v.description("False: the user had exactly these names already.")),
    released: v.pipe(list(v.string()), v.description("Names that belong to nobody now. Another user may get them.")),
    inPolicy: v.pipe(
      v.boolean(),
      v.description(
        "The policy in force mentions the old address or UPN. Such a rule applies to the user who gets that name next.",
      ),
    ),
  }),
  v.title("UserRenamed"),
);

/** `POST /v1/users/{user}/aliases`. */
export const newAlias = v.strictObject({
  name: v.pipe(v.string(), isFree, v.description("Another name to sign in by: an address, or `DOMAIN\\user`.")),
  why,
});

/** An alias that was added or taken away. */
export const aliasChanged = v.pipe(
  v.object({
    user: v.pipe(v.string(), v.description("SIP URI.")),
    alias: v.pipe(v.string(), v.description("The name as it is compared: in lower case, without `sip:`.")),
    changed: v.pipe(v.boolean(), v.description("False: the user had this name before.")),
  }),
  v.title("AliasChanged"),
);

/** `{user}` and `{name}` in a path. */
export const aliasParams = v.strictObject({
  user: v.pipe(v.string(), v.description("The user's id (`u_…`), or any name of the user.")),
  name: v.pipe(v.string(), v.description("The alias.")),
});

/** `DELETE /v1/users/{user}`. */
export const userDeleted = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.description("The user's id, under which the audit keeps the events.")),
    user: v.pipe(v.string(), v.description("SIP URI. It is free now, and so are the other names.")),
    policies: v.pipe(list(v.number()), v.description("Versions of the policy that name the user.")),
    networksLeft: v.pipe(
      v.number(),
      v.integer(),
      v.description("How many networks' guards were not told. They keep hashes of the names for 30 days at most."),
    ),
    comesBack,
    revokeCertificates: v.pipe(
      v.string(),
      v.description("The command that ends the client certificates for SIP. Postern does not see their use."),
    ),
  }),
  v.title("UserDeleted"),
);

export type RenamedAnswer = v.InferOutput<typeof renamed>;
export type UserDeletedAnswer = v.InferOutput<typeof userDeleted>;
export type AliasChanged = v.InferOutput<typeof aliasChanged>;
export type Renamed = v.InferOutput<typeof renamed>;
export type UserDeleted = v.InferOutput<typeof userDeleted>;
