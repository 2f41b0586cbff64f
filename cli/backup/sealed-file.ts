// The file of a backup on disk: lines, packed with gzip, and encrypted with age unless somebody asks for plain. Nothing
// but the present line is in memory.

import { closeSync, createReadStream, createWriteStream, openSync, readSync, renameSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { Decrypter, Encrypter } from "age-encryption";
import { CliFault, failure, usage } from "../fault.ts";
import { codeOf, textOfFile } from "../files.ts";

/** With what a file is encrypted or read. At most one of them is there. */
export type FileKey = {
  /** Public keys (`age1…`) to which it is encrypted. */
  readonly to?: readonly string[] | undefined;
  readonly passphrase?: string | undefined;
  /** Secret keys (`AGE-SECRET-KEY-1…`) by which it is read. */
  readonly identities?: readonly string[] | undefined;
};

/** How an encrypted file begins (age-encryption.org/v1). */
const AGE = "age-encryption.org/";
const MOST_KEY_BYTES = 64 * 1024;
const NEW_LINE = 0x0a;
/** More than the largest part that a gateway takes. */
const MOST_LINE_BYTES = 16 * 1024 * 1024;
/** NIST SP 800-63B-4 asks for 15 characters where nothing else protects. */
const MIN_PASSPHRASE = 15;

/** The passphrase in the first line of a file. */
export function passphraseIn(file: string): string {
  const [line = ""] = textOfFile(file, "--passphrase-file", MOST_KEY_BYTES, "Name a file with the passphrase.").split(
    /\r?\n/,
  );
  if (line.length >= MIN_PASSPHRASE) return line;
  throw usage(
    "the passphrase is too short",
    `Write at least ${MIN_PASSPHRASE} characters into the first line of the file.`,
  );
}

/** The secret keys of a file as `age-keygen` and `postern keys new --backup` print them. */
export function identitiesIn(file: string): string[] {
  const text = textOfFile(file, "--identity", MOST_KEY_BYTES, "Name a file with a line AGE-SECRET-KEY-1…");
  const found = text.match(/AGE-SECRET-KEY-1[A-Z0-9]+/g) ?? [];
  if (found.length > 0) return [...found];
  throw usage(`${file} has no secret key`, "It has a line that begins with AGE-SECRET-KEY-1.");
}

/**
 * Writes lines into a new file that only its owner may read. It has its name when it is whole: until then it is called
 * `.part`. Rejects with a fault, and leaves nothing.
 */
export async function writeLines(path: string, lines: AsyncIterable<string>, key: FileKey): Promise<void> {
  const part = `${path}.part`;
  rmSync(part, { force: true });
  try {
    const packed = createGzip();
    const packing = pipeline(Readable.from(lines), packed);
    const writing = encrypted(packed, key).then((content) =>
      pipeline(content, createWriteStream(part, { mode: 0o600, flags: "wx", flush: true })),
    );
    await Promise.all([packing, writing]).catch(async (fault: unknown) => {
      packed.destroy();
      await Promise.allSettled([packing, writing]);
      // What the lines failed with says more than that the stream was cut.
      await packing;
      throw fault;
    });
    renameSync(part, path);
  } catch (fault) {
    rmSync(part, { force: true });
    if (fault instanceof CliFault || codeOf(fault) === String(fault)) throw fault;
    throw failure(
      `${path} cannot be written (${codeOf(fault)})`,
      "Give a path that can be written, with space enough.",
    );
  }
}

async function encrypted(content: Readable, { to, passphrase }: FileKey): Promise<Readable> {
  if (to === undefined && passphrase === undefined) return content;
  const encrypter = new Encrypter();
  if (passphrase !== undefined) encrypter.setPassphrase(passphrase);
  for (const each of to ?? []) {
    try {
      encrypter.addRecipient(each);
    } catch {
      throw usage(
        `--to ${JSON.stringify(each)} is not a public key of age`,
        "Give age1…, as keys new --backup prints it.",
      );
    }
  }
  return nodeOf(await encrypter.encrypt(webOf(content)));
}

/** The lines of a file. Throws a fault for one that cannot be read with this key, or that was cut. */
export async function* readLines(path: string, key: FileKey): AsyncGenerator<string> {
  const isSealed = beginning(path).startsWith(AGE);
  const given = key.passphrase !== undefined || key.identities !== undefined;
  if (isSealed && !given) throw usage(`${path} is encrypted`, "Give --identity FILE or --passphrase-file FILE.");
  const raw = createReadStream(path);
  try {
    const content = isSealed ? await decrypted(raw, key) : raw;
    const unpacked = createGunzip();
    const unpacking = pipeline(content, unpacked);
    unpacking.catch(() => undefined); // whoever reads the lines gets the error
    yield* linesOf(unpacked, path);
    await unpacking;
  } catch (fault) {
    if (fault instanceof CliFault) throw fault;
    throw failure(`${path} is damaged, or cannot be read (${codeOf(fault)})`, "Take another copy of it.");
  } finally {
    raw.destroy();
  }
}

/** Splits bytes into lines. A line has a bound, because a few packed bytes may stand for a line that fills the memory. */
async function* linesOf(content: AsyncIterable<Buffer>, path: string): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let size = 0;
  for await (const chunk of content) {
    let start = 0;
    for (let end = chunk.indexOf(NEW_LINE); end >= 0; end = chunk.indexOf(NEW_LINE, start)) {
      yield Buffer.concat([...begun, chunk.subarray(start, end)]).toString("utf8");
      [begun, size, start] = [[], 0, end + 1];
    }
    begun.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > MOST_LINE_BYTES)
      throw failure(`${path} is not a backup: a line is too long`, "Take another copy of it.");
  }
  if (size > 0) yield Buffer.concat(begun).toString("utf8");
}

async function decrypted(content: Readable, { passphrase, identities = [] }: FileKey): Promise<Readable> {
  const decrypter = new Decrypter();
  if (passphrase !== undefined) decrypter.addPassphrase(passphrase);
  for (const each of identities) decrypter.addIdentity(each);
  try {
    return nodeOf(await decrypter.decrypt(webOf(content)));
  } catch {
    throw usage("the file does not open with this key", "Give the key or the passphrase with which it was made.");
  }
}

function beginning(path: string): string {
  try {
    const bytes = Buffer.alloc(AGE.length);
    const file = openSync(path, "r");
    readSync(file, bytes);
    closeSync(file);
    return bytes.toString("latin1");
  } catch (fault) {
    throw usage(`${path} cannot be read (${codeOf(fault)})`, "Name the file of a backup.");
  }
}

// Node has a second set of types for the streams of the web.
const webOf = (content: Readable): ReadableStream<Uint8Array> =>
  Readable.toWeb(content) as unknown as ReadableStream<Uint8Array>;
const nodeOf = (content: ReadableStream<Uint8Array>): Readable =>
  Readable.fromWeb(content as unknown as Parameters<typeof Readable.fromWeb>[0]);
