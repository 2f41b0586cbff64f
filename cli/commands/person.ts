// `postern user export` and `postern user erase`: show or delete everything that Postern stores about one person. The
// gateway does both, because only its guards know what they store.

import { command, oneOf, text, WHY } from "../define.ts";
import { writeNew } from "../files.ts";
import { confirm } from "../many.ts";
import { userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { counted } from "../text/answer.ts";
import { certificatesText } from "../text/device.ts";
import { COMES_BACK } from "../text/user.ts";

export const exportAll = command({
  help: `One JSON document: the user, names, app passwords without their secrets, devices, places, failures, tickets without
their ids, and the events of the audit. Its field "leftOut" says what is left out and why. docs/people.md explains it.`,
  words: ["USER"],
  options: { file: text("file", "write it there; the file must not exist, and only you may read it") },
  examples: "user export alice@contoso.test --file alice.json",
  async run({ words: [user], options: { file }, folder, api, progress }) {
    const at = `${userPath(user)}/export`;
    const person = await api().get<A.PersonAnswer>(at);
    const audit: unknown[] = [];
    let after: string | null | undefined;
    do {
      const page: A.PersonAuditAnswer = await api().get(`${at}/audit`, { after });
      audit.push(...page.events);
      after = page.next;
      progress?.(`${audit.length} events`);
    } while (after !== null);
    progress?.("");
    const json = { ...person, audit };
    const document = JSON.stringify(json, null, 2);
    if (file === undefined) return { text: document, json };
    writeNew(folder, file, `${document}\n`);
    const sipUri = String(person.user.sipUri);
    return { text: `Wrote all that is kept of ${sipUri} to ${file}.`, json: { user: sipUri, file } };
  },
});

export const erase = command({
  help: `Deletes everything that Postern stores about one person, except what docs/people.md lists. When the command returns,
the gateway serves none of the user's devices, and nobody can sign in with any of the user's names. It cannot be undone.
If it is interrupted, run it again.`,
  words: ["USER"],
  options: {
    audit: {
      ...oneOf(["pseudonymise", "purge"], "keep what happened and not to whom; or delete the events too"),
      needed:
        "Give --audit pseudonymise, which keeps what happened and not to whom, or --audit purge, which keeps neither.",
    },
    ...WHY,
  },
  examples: "user erase bob@contoso.test --audit pseudonymise",
  changes: true,
  async run(context) {
    const { words, options, question, api, progress } = context;
    const [given] = words;
    // A script has said what it means by --audit.
    if (question !== undefined) await confirm(context, `delete all that is kept of ${given}, for good`, given);
    let events = 0;
    let answer: A.ErasedAnswer | undefined;
    do {
      const body = { ...options, pseudonym: answer?.pseudonym };
      answer = await api().post<A.ErasedAnswer>(`${userPath(given)}/erase`, body);
      events += answer.events;
      progress?.(`${events} events`);
    } while (answer.more);
    progress?.("");
    return { text: erasedText(answer, options.audit === "purge", events), json: { ...answer, events } };
  },
});

function erasedText(answer: A.ErasedAnswer, purge: boolean, events: number): string {
  const { user, pseudonym, networks, networksLeft, policies } = answer;
  const many = counted(events, "event");
  const trail = purge ? `deleted ${many}` : `gave ${many} to ${pseudonym}, who is nobody`;
  const left =
    networksLeft === 0
      ? ""
      : ` Of ${networksLeft} more they were not asked: they keep hashes of the user's names for 30 days at most.`;
  const named =
    policies.length === 0
      ? ""
      : `\n\nThe policy names this person still, in version ${policies.join(", ")}. Versions that were applied stay.`;
  const again = answer.comesBack ? `\n\n${COMES_BACK}` : "";
  return `Erased ${user}. Nothing more is served to this user, and nobody signs in by these names.${again}

The audit ${trail}. The guards of ${counted(networks, "network")} have forgotten the user.${left}${named}${certificatesText(answer.revokeCertificates)}

Backups of the database and the Worker's logs keep what they have for as long as they are kept: docs/people.md.`;
}
