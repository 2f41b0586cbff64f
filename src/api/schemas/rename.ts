// A person's names, as they stand in JSON: other ones for the same person, aliases, and a person who goes.

import * as v from "valibot";
import { list, why } from "./common.ts";

const text = (description: string) =>
  v.optional(v.pipe(v.string(), v.maxLength(256, "It may have 256 characters."), v.description(description)));

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
    changed: v.pipe(v.boolean(), v.description("False: the user was called that before.")),
    released: v.pipe(list(v.string()), v.description("Names that lead to nobody now. Another user may get them.")),
    inPolicy: v.pipe(
      v.boolean(),
      v.description(
        "The policy in force says the old address or UPN somewhere. A rule that does is about whoever gets it.",
      ),
    ),
  }),
  v.title("UserRenamed"),
);

/** `POST /v1/users/{user}/aliases`. */
export const newAlias = v.strictObject({
  name: v.pipe(v.string(), v.description("Another name to sign in by: an address, or `DOMAIN\\user`.")),
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
    id: v.pipe(v.string(), v.description("Under this id the audit keeps what happened.")),
    user: v.pipe(v.string(), v.description("SIP URI. It is free, as the other names are.")),
    policies: v.pipe(list(v.number()), v.description("Versions of the policy that name the user.")),
    networksLeft: v.pipe(
      v.number(),
      v.integer(),
      v.description("Networks that were not told. They know the hashes of the names for 30 days at most."),
    ),
    revokeCertificates: v.pipe(
      v.string(),
      v.description("The command that ends client certificates for SIP, which Postern does not see."),
    ),
  }),
  v.title("UserDeleted"),
);

export type AliasChanged = v.InferOutput<typeof aliasChanged>;
export type Renamed = v.InferOutput<typeof renamed>;
export type UserDeleted = v.InferOutput<typeof userDeleted>;
