// Does the closing acts of an exported audit again, through the operations that an administrator uses.

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { CliFault, usage } from "../fault.ts";
import { codeOf, jsonIn } from "../files.ts";
import type { Api } from "../reach/api.ts";
import type { ClosingAct, ExportedEvent } from "./acts.ts";
import { persistently } from "./again.ts";

/** The events of a file of `audit export --format jsonl` that are a change, from that time (ms) on. */
export async function changesIn(path: string, since: number): Promise<ExportedEvent[]> {
  const found: ExportedEvent[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      if (line === "") continue;
      const event = jsonIn(line) as Partial<ExportedEvent> | null | undefined;
      if (typeof event?.id !== "string" || typeof event.at !== "string" || typeof event.reason !== "string") {
        throw usage("--audit is not an exported audit", "Give a file of: npx postern audit export --format jsonl");
      }
      // Sign-ins and refusals are most of an audit, and nothing is done again for them.
      if (event.outcome === "signed-in" || event.outcome === "refused" || event.outcome === "failed") continue;
      if (Date.parse(event.at) >= since) found.push(event as ExportedEvent);
    }
  } catch (fault) {
    if (fault instanceof CliFault) throw fault;
    throw usage(`--audit cannot be read (${codeOf(fault)})`, "Name a file of: npx postern audit export --format jsonl");
  }
  return found;
}

/**
 * `gone`: the gateway does not have it, so there is nothing to close. `refused`: the gateway does not do it, for the
 * reason in `because`, such as that somebody is the last administrator.
 */
export type Replayed = ClosingAct & { readonly came: "done" | "gone" | "refused"; readonly because?: string };

/** The acts in the order in which they are done: a token that is revoked may be the one with which the command asks. */
export const tokensLast = (acts: readonly ClosingAct[]): ClosingAct[] => {
  const isToken = ({ thing }: ClosingAct): boolean => thing.startsWith("token:");
  return [...acts.filter((act) => !isToken(act)), ...acts.filter(isToken)];
};

/** Does one act again. One that the gateway refuses must not hold the others up. Throws a fault when the gateway fails. */
export async function replay(api: Api, act: ClosingAct): Promise<Replayed> {
  const at = `/${act.path.map(encodeURIComponent).join("/")}`;
  try {
    await persistently(() =>
      api.ask(act.method, at, { ...act.body, why: `done again after a restore: ${act.event.id}` }),
    );
    return { ...act, came: "done" };
  } catch (fault) {
    if (!(fault instanceof CliFault)) throw fault;
    if (fault.kind === "notFound") return { ...act, came: "gone" };
    if (fault.kind === "conflict" || fault.kind === "usage") {
      return { ...act, came: "refused", because: fault.message };
    }
    throw fault;
  }
}

type ListedUser = { readonly id: string; readonly sipUri: string };

/** The users of the gateway who were erased, by the digests of their ids. */
export async function erasedUsers(api: Api, digests: readonly string[]): Promise<ListedUser[]> {
  if (digests.length === 0) return [];
  const { items } = await api.pages<ListedUser>("/v1/users", {}, { all: true });
  return items.filter(({ id }) => digests.includes(createHash("sha256").update(`erased\0${id}`).digest("hex")));
}
