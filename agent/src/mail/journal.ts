// What the agent is sending, in a file. A line is on the disk before the step that it announces goes on, so after a
// crash the file says what became of each mail:
//   about ID     the relay waits for the text, and nothing of it was sent
//   accepted ID  the relay took it
//   refused ID   the relay did not take it
// `about` without another word: the agent ended between the text and the relay's answer, and nobody knows.

import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

/** What became of mail that nobody has told the gateway of. */
export interface Journal {
  /** The relay took it, and the gateway does not know yet. */
  readonly accepted: ReadonlySet<string>;
  /** It was being sent when the agent ended: the relay may have it. */
  readonly unknown: ReadonlySet<string>;
  /** Each returns when the line is on the disk. */
  about(id: string): void;
  acceptedNow(id: string): void;
  refused(id: string): void;
  /** The gateway knows what became of these. */
  told(ids: readonly string[]): void;
  close(): void;
}

const FILE = "mail-journal";

/** Opens the journal in a folder, which it makes. Throws when the folder cannot be written. */
export function openJournal(folder: string): Journal {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, FILE);
  const { accepted, unknown } = readJournal(file);
  let fd = written(file, accepted, unknown);
  const write = (word: string, id: string): void => {
    writeSync(fd, `${word} ${encodeURIComponent(id)}\n`);
    fsyncSync(fd);
  };
  return {
    accepted,
    unknown,
    about(id) {
      write("about", id);
      unknown.add(id);
    },
    acceptedNow(id) {
      write("accepted", id);
      unknown.delete(id);
      accepted.add(id);
    },
    refused(id) {
      write("refused", id);
      unknown.delete(id);
    },
    told(ids) {
      for (const id of ids) {
        accepted.delete(id);
        unknown.delete(id);
      }
      closeSync(fd);
      fd = written(file, accepted, unknown);
    },
    close: () => closeSync(fd),
  };
}

/** Writes the file as short as it can be, in one step, and opens it for what comes. */
function written(file: string, accepted: ReadonlySet<string>, unknown: ReadonlySet<string>): number {
  const lines = [
    ...[...unknown].map((id) => `about ${encodeURIComponent(id)}\n`),
    ...[...accepted].map((id) => `accepted ${encodeURIComponent(id)}\n`),
  ];
  const fresh = `${file}.new`;
  const fd = openSync(fresh, "w", 0o600);
  writeSync(fd, lines.join(""));
  fsyncSync(fd);
  renameSync(fresh, file);
  const folder = openSync(dirname(file), "r");
  fsyncSync(folder);
  closeSync(folder);
  return fd;
}

/** A last line without its end was being written when the agent ended: the step that it announces was not begun. */
function readJournal(file: string): { readonly accepted: Set<string>; readonly unknown: Set<string> } {
  const accepted = new Set<string>();
  const unknown = new Set<string>();
  let text = "";
  try {
    text = readFileSync(file, "utf8");
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== "ENOENT") throw fault;
  }
  for (const line of text.split("\n").slice(0, -1)) {
    const [word, written = ""] = line.split(" ");
    const id = decodeURIComponent(written);
    unknown.delete(id);
    if (word === "about") unknown.add(id);
    if (word === "accepted") accepted.add(id);
  }
  return { accepted, unknown };
}
