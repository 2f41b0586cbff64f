// `postern user disable`, `enable` and `delete`: for one user, or for many with a report of each.

import { type Context, command, MANY, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import { confirm, confirmMany, inParts, type RowReport, reported, rowsOf } from "../many.ts";
import { userIn, userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { type Answer, counted } from "../text/answer.ts";
import { certificatesText } from "../text/certificates.ts";

/** The most rows of `POST /v1/users/batch`. */
const MAX_ROWS = 200;
const SHAPE = { words: ["[USER...]"], options: { ...MANY, ...WHY }, changes: true } as const;
type Op = "disable" | "enable" | "delete";
type Changed = Partial<A.UserChangedAnswer> & Pick<A.UserChangedAnswer & A.UserDeleted, "user" | "revokeCertificates">;

export const disable = command({
  ...SHAPE,
  help: `When the command returns, the gateway serves none of the user's devices. Names, app passwords and devices are kept;
"user enable" undoes it. With several users, or --file, the answer reports each.`,
  examples: ["user disable bob@contoso.test --why 'left the company'", "user disable --file leavers.txt --dry-run"],
  run: (context) =>
    each(context, "disable", ({ user, changed, revokeCertificates = null }) => {
      const said = `${user} ${changed ? "is disabled" : "was disabled already"}. Nothing more is served to this user.`;
      return said + certificatesText(revokeCertificates);
    }),
});

export const enable = command({
  ...SHAPE,
  examples: [
    "user enable bob@contoso.test",
    "user list --state disabled --all --csv | npx postern user enable --file -",
  ],
  run: (context) =>
    each(context, "enable", ({ user, changed }) => {
      const account = "The next ticket says which account of Active Directory this is.";
      return `${user} ${changed ? `may sign in again. ${account}` : "was enabled already."}`;
    }),
});

export const remove = command({
  ...SHAPE,
  help: `Ends everything that is served to the user, deletes the user with app passwords and devices, and frees the names for
somebody else. The audit keeps its events. "user erase" also decides about the audit. It cannot be undone.`,
  examples: ["user delete bob@contoso.test --yes", "user delete --file leavers.txt --why 'left the company'"],
  run: (context) =>
    each(context, "delete", ({ user, revokeCertificates = null }) => {
      const said = `${user} is deleted. Nothing more is served to this user, and the names are free.`;
      return said + certificatesText(revokeCertificates);
    }),
});

type Many = Pick<Context, "question" | "yes" | "progress" | "api" | "folder" | "input"> & {
  readonly words: readonly [(string[] | undefined)?];
  readonly options: { readonly file?: string; readonly dryRun?: true; readonly why?: string };
};

async function each(context: Many, op: Op, said: (one: Changed) => string): Promise<Answer> {
  const { words, options, api: open } = context;
  const { file, dryRun = false, why } = options;
  const inFile = file === undefined ? [] : (await rowsOf(context, file, 1)).map(([name = ""]) => name);
  const names = [...(words[0] ?? []), ...inFile].map((name) => userIn(name));
  const [only] = names;
  if (only === undefined) throw usage(`"user ${op}" needs USER or --file`, `See: npx postern user ${op} --help`);
  const api = open();
  const what = `${op} ${names.length === 1 ? only : counted(names.length, "user")}`;
  if (!dryRun) await (op === "delete" ? confirm(context, what) : names.length > 1 && confirmMany(context, api, what));
  if (names.length === 1 && file === undefined && !dryRun) {
    const json = await (op === "delete"
      ? api.remove<Changed>(userPath(only), { why })
      : api.post<Changed>(`${userPath(only)}/${op}`, { why }));
    return { text: said(json), json };
  }
  const rows = names.map((user) => ({ op, user }));
  const reports = await inParts(context, rows, MAX_ROWS, async (part) => {
    const { rows: done } = await api.post<{ rows: readonly RowReport[] }>("/v1/users/batch", {
      rows: part,
      dryRun,
      why,
    });
    return done;
  });
  return reported(reports, { LINE: ({ row }) => row + 1, USER: ({ row }) => names[row] }, dryRun);
}
