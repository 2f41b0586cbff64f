// `postern restore`: says what a backup would bring back, and brings it back. docs/backup.md is the runbook.

import { resolve } from "node:path";
import { persistently } from "../backup/again.ts";
import { checked } from "../backup/file-format.ts";
import { findingsText, keepLines, linesFor, linesToOpen } from "../backup/findings.ts";
import { type FileKey, identitiesIn, passphraseIn, readLines } from "../backup/sealed-file.ts";
import { command, excluding, flag, text, WHY } from "../define.ts";
import { jsonIn } from "../files.ts";
import type * as A from "../reach/answers.ts";
import type { Api } from "../reach/api.ts";
import { counted } from "../text/answer.ts";

/** A part that is sent ends when it has so many characters, or users. */
const CHARS_OF_A_PART = 1_000_000;
const USERS_OF_A_PART = 20;

export const restore = command({
  help: `Without --apply nothing is changed: it says what would be done. The gateway needs the SEALING_KEYS of the backup, and its
migrations.

Into an empty gateway everything comes back as it was. Over a gateway with data (--over), what is closed on either side
stays closed: blocks, disabled users, revoked app passwords and tokens. What was removed since stays away. Each such
thing is a line; --keep-lines FILE writes them down, and --also-open FILE opens those that you leave in. All tickets and
sessions end. After a crash give the same command again.`,
  words: ["FILE"],
  options: {
    apply: flag("do it"),
    over: flag("the gateway has data: merge the backup into it"),
    alsoOpen: text("file", "open what its lines name, such as user:alice@contoso.test, device:d_… or device:*"),
    keepLines: text("file", "write the lines of what stays closed into this new file"),
    identity: text("file", "read the backup with the secret key in this file"),
    passphraseFile: text("file", "read the backup with the passphrase in this file"),
    ...WHY,
  },
  examples: `restore postern-2026-11-27.backup --identity backup.key
restore postern-2026-11-27.backup --identity backup.key --apply
restore postern-2026-11-27.backup --identity backup.key --over --keep-lines closed.txt
restore postern-2026-11-27.backup --identity backup.key --over --apply --also-open closed.txt`,
  changes: true,
  async run({ words: [name], options, folder, api, progress }) {
    const { identity, passphraseFile, apply = false, over = false, why, alsoOpen, keepLines: keepTo } = options;
    excluding("--identity and --passphrase-file", identity, passphraseFile);
    const key: FileKey = {
      identities: identity === undefined ? undefined : identitiesIn(resolve(folder, identity)),
      passphrase: passphraseFile === undefined ? undefined : passphraseIn(resolve(folder, passphraseFile)),
    };
    const path = resolve(folder, name);
    const open = alsoOpen === undefined ? [] : linesToOpen(resolve(folder, alsoOpen));
    progress?.("reading the file");
    const { head, end } = await checked(readLines(path, key));
    const { at, migration } = head;
    const begin = { file: end.sha256, migration, keys: end.keys, at, over, dry: !apply, why };
    const gateway = api();
    const begun = await gateway.post<A.RestoreBegunAnswer>("/v1/restore", begin);
    const findings: A.FindingAnswer[] = [];
    let users = 0;
    for await (const records of parts(readLines(path, key))) {
      findings.push(...(await sent(gateway, begun.run, records, open)));
      users += records.filter(({ record }) => record === "user").length;
      progress?.(`${users} of ${end.users} users`);
    }
    await persistently(() => gateway.post("/v1/restore/end", { run: begun.run }));
    progress?.("");
    if (keepTo !== undefined) keepLines(folder, keepTo, findings);
    const done = apply ? "Restored" : "Nothing was changed. Would restore";
    const into = begun.wasEmpty ? "into the empty gateway" : "over what is there";
    return {
      text: `${done} ${counted(end.users, "user")} ${into}, from the backup of ${at} of ${head.gateway}.\n\n${findingsText(findings, !apply)}`,
      json: { applied: apply, wasEmpty: begun.wasEmpty, users: end.users, at, findings },
    };
  },
});

async function sent(api: Api, run: string, records: readonly A.RecordAnswer[], open: readonly string[]) {
  const body = { run, records, open: linesFor(open, JSON.stringify(records)) };
  return (await persistently(() => api.post<A.PartRestoredAnswer>("/v1/restore/parts", body))).findings;
}

/** The records of a file, some at a time. */
async function* parts(lines: AsyncIterable<string>): AsyncGenerator<A.RecordAnswer[]> {
  let part: A.RecordAnswer[] = [];
  let chars = 0;
  for await (const line of lines) {
    const record = jsonIn(line) as A.RecordAnswer | { readonly record: "postern-backup" | "end" };
    if (record.record !== "rows" && record.record !== "user") continue;
    part.push(record);
    chars += line.length;
    if (chars < CHARS_OF_A_PART && part.length < USERS_OF_A_PART) continue;
    yield part;
    [part, chars] = [[], 0];
  }
  if (part.length > 0) yield part;
}
