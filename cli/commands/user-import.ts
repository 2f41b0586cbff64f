// `postern user import`: brings the gateway's users in step with a file of people, such as an export of Get-CsUser. It
// reads the file, compares, reports, and writes only with --apply. docs/people.md has the page for people.

import { resolve } from "node:path";
import { type Brake, brakeOf, MOST_DISABLED, MOST_DISABLED_SHARE } from "../../src/core/import/brake.ts";
import { OTHER_ENCODINGS, type OtherEncoding } from "../../src/core/import/encodings.ts";
import { readLine } from "../../src/core/import/person.ts";
import { changesName, type Plan, type Planned, planOf, withRefusals } from "../../src/core/import/plan.ts";
import { fileFaultText } from "../../src/core/import/said.ts";
import { type Table, tableIn, textIn } from "../../src/core/import/table.ts";
import { sideBySide } from "../../src/core/text/side-by-side.ts";
import { command, flag, oneOf, text, WHY } from "../define.ts";
import { CliFault, usage } from "../fault.ts";
import { bytesOfFile } from "../files.ts";
import { added, changed, type Doing, disabled, foreseen, type Outcome, renamed } from "../import/carry-out.ts";
import { answerOf, reportOf, reportOfMissing } from "../import/report.ts";
import { confirmMany, type Standing } from "../many.ts";
import { userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { counted } from "../text/answer.ts";

/** Some 100,000 people. Bytes. */
const MAX_FILE_BYTES = 32 * 1024 * 1024;
/** So many names are looked up at the same time. */
const OWNERS_AT_ONCE = 8;

export const importFile = command({
  help: `Without --apply it says for each line what would be done, and does nothing. With --apply it does that. After a break give
the same command again: it does the rest, and nothing twice.

The header names the columns: SipAddress, UserPrincipalName, SamAccountName, DisplayName, NetBiosDomain, Enabled, as
Get-CsUser does; or sipUri, upn, account, displayName, groups; in any order. Several groups stand between semicolons. In the
Lync Server Management Shell, this makes the file:

  Get-CsUser -ResultSize Unlimited | Select-Object SipAddress,UserPrincipalName,SamAccountName,DisplayName |
    Export-Csv users.csv -NoTypeInformation -Encoding UTF8

A person is known by SIP address, UPN or account. Somebody who is not in the file is left alone unless you give
--disable-missing. No app password is made or shown.`,
  words: ["CSV"],
  options: {
    apply: flag("do it, and do not only say what would be done"),
    domain: text("name", "the NetBIOS domain of accounts that have none in the file, such as CONTOSO"),
    encoding: oneOf(OTHER_ENCODINGS, "what the file is in, if it is neither UTF-8 nor UTF-16"),
    rename: flag("also give known people another SIP address or account; their tickets end"),
    keepOldAddress: flag("with --rename: the old SIP address and UPN stay names to sign in by"),
    disableMissing: flag("also disable everybody who is not in the file; with --apply it needs --yes"),
    confirm: flag(
      `disable more than ${MOST_DISABLED} users, or more than ${MOST_DISABLED_SHARE * 100} % of them, at once`,
    ),
    csv: flag("the whole report as comma-separated values, safe to open in a spreadsheet"),
    ...WHY,
  },
  examples: `user import users.csv --domain CONTOSO
user import users.csv --domain CONTOSO --apply --why 'first day'
user import users.csv --apply --rename --disable-missing --yes`,
  changes: true,
  async run(context) {
    const { words, options, api, progress, yes } = context;
    const {
      domain,
      apply = false,
      rename = false,
      keepOldAddress = false,
      disableMissing = false,
      encoding,
      why,
    } = options;
    if (keepOldAddress && !rename) throw usage("--keep-old-address is for --rename", "Give both, or neither.");
    if (options.confirm === true && !disableMissing) {
      throw usage("--confirm is for --disable-missing", "Give both, or neither.");
    }
    if (apply && disableMissing && !yes) {
      throw usage("nothing was done: --disable-missing needs --yes", "Look at the report without --apply first.");
    }
    const table = await tableOf(context, words[0], encoding);
    const readings = table.lines.map((line) => readLine(line, domain));
    const users = (await api().pages<A.UserAnswer>("/v1/users", {}, { all: true }, progress)).items;
    const doing: Doing = { api: api(), why, progress };
    const plan = await withAliases(doing, planOf(readings, users));
    const missing = disableMissing ? plan.missing : [];
    const notes = notesOf(table);
    if (disableMissing) {
      const given = brakeOf({ readings, users }, missing.length, options.confirm === true);
      const brake = given && brakeText(given);
      if (brake !== undefined) {
        if (apply) throw new CliFault("failure", `nothing was done: ${brake.what}`, brake.fix);
        notes.push(`With --apply this would stop: ${brake.what}. ${brake.fix}`);
      }
    }
    const open = { applied: apply, untouched: disableMissing ? 0 : plan.missing.length, notes };
    if (!apply) {
      progress?.("");
      return answerOf(
        [...plan.rows.map((row) => reportOf(row)), ...missing.map((user) => reportOfMissing(user))],
        open,
      );
    }
    const work = plan.rows.filter(
      ({ action }) => action === "add" || action === "change" || (rename && action === "rename"),
    );
    if (work.length + missing.length > 0) {
      const more = missing.length === 0 ? "" : ` and disable ${counted(missing.length, "user")}`;
      await confirmMany(context, `add or change ${counted(work.length, "user")}${more}`);
    }
    const outcomes = await carriedOut(doing, plan.rows, { rename, keepOldAddress });
    const gone = await disabled(
      doing,
      missing.map(({ id }) => id),
    );
    progress?.("");
    return answerOf(
      [
        ...plan.rows.map((row) => reportOf(row, outcomes.get(row))),
        ...missing.map((user, at) => reportOfMissing(user, gone[at])),
      ],
      open,
    );
  },
});

async function tableOf(context: Standing, file: string, other: OtherEncoding | undefined): Promise<Table> {
  const fix = "Name a file that is there, or - for standard input.";
  const bytes =
    file === "-"
      ? new TextEncoder().encode(await context.input())
      : bytesOfFile(resolve(context.folder, file), file, MAX_FILE_BYTES, fix);
  const decoded = textIn(bytes, other);
  const table = decoded.ok ? tableIn(decoded.value) : decoded;
  if (!table.ok) throw usage(`${file} cannot be used`, fileFaultText(table.reason));
  if (table.value.lines.length === 0) throw usage(`${file} names nobody`, "It has a header and no line below it.");
  return table.value;
}

function notesOf({ lines, ignored }: Table): string[] {
  const lost = lines.filter(({ cells }) => cells?.displayName?.includes("?") === true).length;
  return [
    ...(ignored.length === 0 ? [] : [`Columns that were not read: ${ignored.join(", ").slice(0, 500)}.`]),
    ...(lost === 0
      ? []
      : [`${counted(lost, "display name")} with "?": letters may be lost. Export-Csv needs -Encoding UTF8.`]),
  ];
}

const brakeText = (brake: Brake): { readonly what: string; readonly fix: string } =>
  brake.code === "unreadable"
    ? {
        what: `line ${brake.line} has no name that can be read, so nobody can say who is missing`,
        fix: "Correct that line first.",
      }
    : {
        what: `it would disable ${counted(brake.count, "user")} of ${brake.active}`,
        fix: `More than ${MOST_DISABLED}, or more than ${MOST_DISABLED_SHARE * 100} %, needs --confirm. Is the whole directory in the file?`,
      };

/**
 * The plan, after the gateway has said which names of new people are aliases of others. Those others count as being in
 * the file.
 */
async function withAliases(doing: Doing, plan: Plan): Promise<Plan> {
  const adding = plan.rows.filter((row) => row.action === "add");
  const outcomes = await foreseen(
    doing,
    adding.map(({ person }) => person),
  );
  const because = new Map<Planned, string>();
  for (const [at, row] of adding.entries()) {
    const outcome = outcomes[at];
    if (outcome?.done === false) because.set(row, outcome.because ?? "");
  }
  const keys = adding.filter((row) => because.has(row)).flatMap(({ person }) => Object.values(person.keys));
  const found = await sideBySide([...new Set(keys)], OWNERS_AT_ONCE, (key) =>
    doing.api.get<A.WholeUserAnswer>(userPath(key)).catch(nobody),
  );
  const owners = new Set(found.flatMap((owner) => owner?.id ?? []));
  return withRefusals(plan, because, owners);
}

function nobody(fault: unknown): undefined {
  if (fault instanceof CliFault && fault.kind === "notFound") return undefined;
  throw fault;
}

/** Does what the plan says, and answers with what came of each row that was tried. */
async function carriedOut(
  doing: Doing,
  rows: readonly Planned[],
  { rename, keepOldAddress }: { readonly rename: boolean; readonly keepOldAddress: boolean },
): Promise<ReadonlyMap<Planned, Outcome>> {
  const adding = rows.filter((row) => row.action === "add");
  const changing = rows.filter((row) => row.action === "change");
  const settings = changing.filter((row) => !changesName(row));
  const renaming = [...changing.filter(changesName), ...(rename ? rows.filter((row) => row.action === "rename") : [])];
  const outcomes = new Map<Planned, Outcome>();
  const keep = (some: readonly Planned[], came: readonly Outcome[]): void => {
    for (const [at, row] of some.entries()) outcomes.set(row, came[at] ?? { done: false });
  };
  keep(
    adding,
    await added(
      doing,
      adding.map(({ person }) => person),
    ),
  );
  keep(settings, await changed(doing, settings));
  keep(renaming, await renamed(doing, renaming, keepOldAddress));
  return outcomes;
}
