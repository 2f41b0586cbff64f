// `postern user export` and `postern user erase`: show or delete everything that Postern stores about one person. The
// gateway does both, because only its guards know what they store.

import { writeFileSync } from "node:fs";
import type { ErasedAnswer, PersonAnswer, PersonAuditAnswer } from "../src/api/person-answers.ts";
import { certificatesText } from "./certificates.ts";
import type { Answer, Context } from "./command.ts";
import { CliFault } from "./fault.ts";
import { after, ask, userPath } from "./gateway.ts";

export async function exportAll(context: Context): Promise<Answer> {
  const path = `/v1/users/${userPath(context.words[0])}/export`;
  const person = (await ask(context, { method: "GET", path })) as PersonAnswer;
  const audit: PersonAuditAnswer["events"][number][] = [];
  let cursor: string | null = null;
  do {
    const page = (await ask(context, { method: "GET", path: after(`${path}/audit`, cursor) })) as PersonAuditAnswer;
    audit.push(...page.events);
    cursor = page.next;
  } while (cursor !== null);
  const json = { ...person, audit };
  const { file } = context.options;
  const document = JSON.stringify(json, null, 2);
  if (file === undefined) return { text: document, json };
  write(file, `${document}\n`);
  const sipUri = String(person.user.sipUri);
  return { text: `Wrote all that is kept of ${sipUri} to ${file}.`, json: { user: sipUri, file } };
}

export async function erase(context: Context): Promise<Answer> {
  const { words, options } = context;
  const [given = ""] = words;
  const path = `/v1/users/${userPath(given)}/erase`;
  const { audit } = options;
  if (audit !== "pseudonymise" && audit !== "purge") {
    throw new CliFault(
      "usage",
      audit === undefined ? '"user erase" needs --audit' : `--audit ${JSON.stringify(audit)} is not usable`,
      "Give --audit pseudonymise, which keeps what happened and not to whom, or --audit purge, which keeps neither.",
    );
  }
  await confirm(context, given);
  let events = 0;
  let answer: ErasedAnswer | undefined;
  do {
    const body = answer === undefined ? { audit } : { audit, pseudonym: answer.pseudonym };
    answer = (await ask(context, { method: "POST", path, body })) as ErasedAnswer;
    events += answer.events;
  } while (answer.more);
  return { text: erasedText(answer, audit, events), json: { ...answer, events } };
}

/** Somebody at a terminal says so once more; a script has said `--audit`. */
async function confirm({ question, options }: Context, given: string): Promise<void> {
  if (options.yes === true || question === undefined) return;
  const typed = await question(`This deletes all that is kept of ${given}, for good. Type ${given} to go on: `);
  if (typed.trim() === given) return;
  throw new CliFault("usage", "nothing was deleted", `Type ${given} when asked, or give --yes.`);
}

function erasedText(answer: ErasedAnswer, audit: "pseudonymise" | "purge", events: number): string {
  const { user, pseudonym, networks, networksLeft, policies } = answer;
  const many = counted(events, "event");
  const trail = audit === "purge" ? `deleted ${many}` : `gave ${many} to ${pseudonym}, who is nobody`;
  const left =
    networksLeft === 0
      ? ""
      : ` Of ${networksLeft} more they were not asked: they keep hashes of the user's names for 30 days at most.`;
  const named =
    policies.length === 0
      ? ""
      : `\n\nThe policy names this person still, in version ${policies.join(", ")}. Versions that were applied stay.`;
  return `Erased ${user}. Nothing more is served to this user, and nobody signs in by these names.

The audit ${trail}. The guards of ${counted(networks, "network")} have forgotten the user.${left}${named}${certificatesText(answer.revokeCertificates)}

Backups of the database and the Worker's logs keep what they have for as long as they are kept: docs/people.md.`;
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
  } catch (fault) {
    const code = fault instanceof Error && "code" in fault ? fault.code : undefined;
    const message = code === "EEXIST" ? `${file} exists already` : `${file} cannot be written (${String(code)})`;
    throw new CliFault(
      code === "EEXIST" ? "conflict" : "failure",
      message,
      "Give --file a name that is not there yet.",
    );
  }
}
