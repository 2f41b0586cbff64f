// What is kept of an import between two pages, for an hour and for one session: the file, and what has been done.

import { ok } from "../../core/result.ts";
import { keep, look } from "../../web/ceremony.ts";
import type { ConsoleContext } from "../site.ts";

/** A file of people, as it is read and compared again for each page. */
export type KeptFile = {
  /** The id of the session that sent it. */
  readonly session: string;
  readonly name: string;
  /** The NetBIOS domain of accounts that have none in the file. */
  readonly domain: string | undefined;
  readonly text: string;
};

/** What a person has allowed, and what came of it. `step` grows with each change. */
export type Run = {
  readonly session: string;
  readonly step?: number;
  /** The secret of the file. */
  readonly file: string;
  readonly rename: boolean;
  readonly keepOldAddress: boolean;
  readonly why: string;
  /** The lines to carry out, each with a hash of what was shown of it. */
  readonly lines: Readonly<Record<string, string>>;
  /** The ids of users to disable. */
  readonly missing: readonly string[];
  /** By line or id: empty if it was done, and the reason if not. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** Until when (ms) a request is at work. */
  readonly busyUntil: number;
  readonly finished: boolean;
};

/** The most that is kept of a file, characters. A row of D1 may have two million bytes. */
const MOST_KEPT = 1_500_000;

/** Keeps a file; the secret under which it is found. It is compressed. */
export async function keepFile(c: ConsoleContext, file: Omit<KeptFile, "session">) {
  const { session } = c.var.view;
  const packed = await pack(file.text);
  if (packed.length > MOST_KEPT) return { ok: false, reason: "too-large" } as const;
  return ok(await keep(c.env, "import", { ...file, text: packed, session: session.id }));
}

/** The file of this session. */
export async function fileOf(c: ConsoleContext, secret: string | undefined): Promise<KeptFile | undefined> {
  const found = await look<KeptFile & { readonly step?: number }>(c.env, "import", secret);
  if (found === undefined || found.data.session !== c.var.view.session.id) return undefined;
  return { ...found.data, text: await unpack(found.data.text) };
}

/** Keeps what is to be done; the secret under which it is found. */
export const keepRun = (c: ConsoleContext, run: Omit<Run, "session">): Promise<string> =>
  keep(c.env, "run", { ...run, session: c.var.view.session.id, step: 0 });

/** What this session is doing. */
export async function runOf(c: ConsoleContext, secret: string | undefined) {
  const found = await look<Run>(c.env, "run", secret);
  return found?.data.session === c.var.view.session.id ? found : undefined;
}

const pack = async (text: string): Promise<string> => {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return Buffer.from(await new Response(stream).arrayBuffer()).toString("base64");
};
const unpack = (packed: string): Promise<string> => {
  const stream = new Blob([Buffer.from(packed, "base64")]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
};
