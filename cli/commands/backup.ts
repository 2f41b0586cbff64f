// `postern backup`: writes everything that the gateway stores into one file. docs/backup.md is the runbook.

import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { persistently } from "../backup/again.ts";
import { type End, FileWriter } from "../backup/file-format.ts";
import { passphraseIn, writeLines } from "../backup/sealed-file.ts";
import { command, excluding, flag, text, texts, WHY } from "../define.ts";
import { CliFault, usage } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import type { Api } from "../reach/api.ts";
import { counted } from "../text/answer.ts";

export const backup = command({
  help: `The file has D1 and the users' guards: people, devices, app passwords (sealed), the policy, tokens (their digests),
administrators and the audit. Tickets, sessions, open links and waiting mail are not in it. It takes some minutes for
5,000 people, during which the gateway goes on. If it breaks off, nothing is left: give it again.

The file is of use only together with SEALING_KEYS, which are never in it: keep them elsewhere. A token with the scope
"backup" is enough, and can do nothing else.`,
  words: ["FILE"],
  options: {
    to: texts("key", "encrypt it to this public key, age1…; may be given several times (keys new --backup)"),
    passphraseFile: text("file", "encrypt it with the passphrase in the first line of this file"),
    plain: flag("do not encrypt it: personal data in it can be read"),
    ...WHY,
  },
  examples: `backup postern-2026-11-27.backup --to age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
backup /mnt/backups/postern.backup --passphrase-file /root/postern-passphrase`,
  async run({ words: [name], options, folder, api, now, progress }) {
    const { to, passphraseFile, plain, why } = options;
    excluding("--to, --passphrase-file and --plain", to, passphraseFile, plain);
    if (to === undefined && passphraseFile === undefined && plain === undefined) {
      throw usage(
        "nothing says how to encrypt the file",
        "Give --to age1… (npx postern keys new --backup), --passphrase-file FILE, or --plain.",
      );
    }
    const path = resolve(folder, name);
    if (existsSync(path))
      throw new CliFault("conflict", `${name} exists already`, "Give a name that is not there yet.");
    const passphrase = passphraseFile === undefined ? undefined : passphraseIn(resolve(folder, passphraseFile));
    let end: End | undefined;
    const lines = partsOf(api(), why, now, progress, (last) => {
      end = last;
    });
    await writeLines(path, lines, { to, passphrase });
    progress?.("");
    if (end === undefined) throw new Error("the file has no end");
    const { users, rows, keys, sha256 } = end;
    const sealed =
      keys.length === 0
        ? "No sealing key is needed to use it."
        : `To use it, the gateway needs SEALING_KEYS with ${keys.join(", ")}.`;
    return {
      text: `Wrote ${counted(users, "user")} and ${counted(rows.audit_events ?? 0, "event")} to ${name}.\n${sealed}\nSHA-256 of its content: ${sha256}`,
      json: { file: name, users, rows, keys, sha256 },
    };
  },
});

async function* partsOf(
  api: Api,
  why: string | undefined,
  now: () => number,
  progress: ((text: string) => void) | undefined,
  ended: (end: End) => void,
): AsyncGenerator<string> {
  const writer = new FileWriter();
  const begun = await persistently(() => api.post<A.BackupBegunAnswer>("/v1/backup", { why }));
  yield writer.head(begun);
  let [after, users]: [string, number] = ["", 0];
  for (;;) {
    const part = await persistently(() => api.post<A.BackupPartAnswer>("/v1/backup/parts", { run: begun.run, after }));
    writer.needs(part.keys);
    for (const record of part.records) {
      if (record.record === "user") users++;
      yield writer.record(record);
    }
    progress?.(`${users} of ${begun.users} users`);
    if (part.next === null) break;
    after = part.next;
  }
  const { end, line } = writer.end(now());
  yield line;
  await persistently(() => api.post("/v1/backup/end", { run: begun.run, file: end.sha256, users: end.users }));
  ended(end);
}
