// The folder of one lab. Everything the lab writes is in there.

import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { filesIn } from "../../kit/gateway/files.ts";

/** Makes a new folder. Apache's workers, who are not root, may go through it but not list it. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "postern-lab-"));
  await chmod(folder, 0o711);
  return folder;
}

/** Removes it. First it waits for what a server writes while it ends. */
export const removeFolder = (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5 });

/** The files below these folders that contain one of the secrets, as UTF-8 or as UTF-16. */
export async function filesWith(secrets: readonly string[], folders: readonly string[]): Promise<string[]> {
  const needles = secrets.flatMap((secret) => [Buffer.from(secret), Buffer.from(secret, "utf16le")]);
  const files = await filesIn(...folders);
  return files.filter(({ bytes }) => needles.some((needle) => bytes.includes(needle))).map(({ path }) => path);
}
