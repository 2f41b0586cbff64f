// `postern keys status`, `reseal` and `rotate`: which key is still needed, and the way from one sealing key to the next
// while people sign in. The gateway counts and seals; the secrets themselves are put in place with wrangler.

import { command, flag } from "../define.ts";
import { EXIT } from "../fault.ts";
import type * as A from "../reach/answers.ts";
import { type Columns, listed } from "../text/answer.ts";

type Key = A.KeysAnswer["keys"][number];

const COLUMNS: Columns<Key> = {
  VARIABLE: "variable",
  KEY: "id",
  "IN FRONT": ({ first, kind }) => (kind === "admin" ? "" : first ? "yes" : "no"),
  SINCE: "since",
  ENDS: ({ ends }) => ends ?? "",
  "APP PASSWORDS": ({ sealed }) => sealed?.appPasswords,
  "MAY GO": ({ removable }) => removable,
};

const missingText = ({ missing }: A.KeysAnswer): string => {
  const live = missing.reduce((sum, { appPasswords }) => sum + appPasswords, 0);
  return live === 0
    ? ""
    : `${live} secrets of app passwords are sealed under a key that is not in SEALING_KEYS. Their people cannot sign in with
them. Put the key back behind the first one, deploy, and then: npx postern keys reseal`;
};

const whyText = ({ keys }: A.KeysAnswer): string =>
  keys.flatMap(({ variable, id, why }) => why.map((text) => `${variable} ${id}: ${text}`)).join("\n");

export const status = command({
  help: `Shows each key by its id, and no key. It says what hangs on a sealing key: app passwords, passphrases and recovery codes
of the portal, tickets. MAY GO says whether the key may be taken out of its variable now. Ends with exit code 1 where a
key is missing that is still needed.`,
  examples: ["keys status", "keys status --target production --json"],
  async run({ api }) {
    const answer = await api().get<A.KeysAnswer>("/v1/keys");
    const below = [whyText(answer), missingText(answer)].filter((text) => text !== "").join("\n\n");
    const shown = listed({ items: answer.keys, next: null }, COLUMNS, { empty: "No keys.", below });
    return { ...shown, json: answer, exit: missingText(answer) === "" ? EXIT.ok : EXIT.failure };
  },
});

export const reseal = command({
  help: `Has the gateway seal everything again with the first key of SEALING_KEYS: each app password, and the secret of each
authenticator app. Nobody has to sign in for it, and nobody notices. It goes on where an earlier run was stopped. What
only a person can make again (a passphrase, recovery codes) is counted.`,
  options: { again: flag("begin with the first user, even where everything has been sealed again") },
  examples: ["keys reseal", "keys reseal --again"],
  changes: true,
  async run({ api, options, progress }) {
    let answer: A.ResealedAnswer;
    let again = options.again === true;
    do {
      answer = await api().post<A.ResealedAnswer>("/v1/keys/reseal", { again });
      again = false;
      progress?.(`${answer.walk.users} users`);
    } while (!answer.done);
    progress?.("");
    const { users, resealed, lost, keyId } = answer.walk;
    const all = `Sealed again with ${keyId}: ${resealed} secrets of ${users} users.`;
    const gone = lost === 0 ? "" : ` ${lost} secrets open with no key that the gateway has: npx postern keys status`;
    return { text: `${all}${gone}`, json: answer, exit: lost === 0 ? EXIT.ok : EXIT.failure };
  },
});

export const rotate = command({
  help: `Says which step of the change of SEALING_KEYS is next, or of STS_KEYS with --sts, by what the gateway says of itself. Run
it after each step. The other keys have their own steps: docs/keys.md.`,
  options: { sts: flag("of STS_KEYS, the keys of the token service") },
  examples: ["keys rotate", "keys rotate --sts"],
  async run({ api, options }) {
    const answer = await api().get<A.KeysAnswer>("/v1/keys");
    const text = options.sts === true ? nextStepOfTokenKeys(answer) : nextStep(answer);
    return { text, json: { ...answer, next: text } };
  },
});

function nextStep(answer: A.KeysAnswer): string {
  const missing = missingText(answer);
  if (missing !== "") return missing;
  const [first, ...older] = answer.keys.filter(({ kind }) => kind === "sealing");
  if (older.length === 0) {
    return `There is one sealing key, ${first?.id ?? ""}, known since ${first?.since ?? ""}. To change it:
  1. npx postern keys new                                     and keep what it prints where you keep passwords
  2. npx wrangler secret put SEALING_KEYS --env production    and paste NEW OLD, a space between
  3. npx postern keys rotate`;
  }
  const { walk } = answer;
  if (walk === null || walk.endedAt === null || walk.keyId !== first?.id) {
    return `${first?.id ?? ""} stands in front, and everything new is sealed with it. Seal the rest again:
  npx postern keys reseal
Then: npx postern keys rotate`;
  }
  const notYet = older.filter(({ removable }) => removable !== "yes");
  const why = older.flatMap(({ id, why: reasons }) => reasons.map((text) => `  ${id}: ${text}`)).join("\n");
  if (notYet.length > 0) {
    return `Everything that can be sealed again has been. Do not take ${notYet.map(({ id }) => id).join(" and ")} out yet:
${why}
Seal again what came meanwhile (npx postern keys reseal --again), and ask again: npx postern keys rotate`;
  }
  return `Nobody needs ${older.map(({ id }) => id).join(" and ")} for signing in any more. ${
    why === "" ? "" : `What taking it out ends:\n${why}\n`
  }Take it out:
  npx wrangler secret put SEALING_KEYS --env production    and paste the first key alone
Then look whether anything is missing: npx postern keys status`;
}

/** The newer of two keys is that which the gateway came to know later. If it came to know both at once, nobody knows. */
function nextStepOfTokenKeys({ keys }: A.KeysAnswer): string {
  const [first, ...others] = keys.filter(({ kind }) => kind === "sts");
  if (first === undefined) return "The gateway has no token service: STS_HOST is not set. docs/passive.md";
  const next = others.find(({ since }) => since > first.since);
  if (next !== undefined) {
    return `${first.id} signs. ${next.id} is in the metadata since ${next.since}.
  1. Have each pool read the metadata again: docs/keys.md, The token service's keys, says how. Try it with one user.
  2. npx wrangler secret put STS_KEYS --env production        and paste NEW OLD, a space between
  3. npx postern keys rotate --sts`;
  }
  const together = others.find(({ since }) => since === first.since);
  if (together !== undefined) {
    return `${first.id} signs, and ${together.id} is in the metadata. The gateway has known both since ${first.since}, so it cannot say which is the newer.
  If ${together.id} is: have each pool read the metadata, then put it in front (docs/keys.md, The token service's keys).
  If ${first.id} is, and people have signed in with it for a week: put it in place alone.`;
  }
  if (others.length > 0) {
    return `${first.id} signs, and ${others.map(({ id }) => id).join(" and ")} is only in the metadata still. A week after the change take it out:
  npx wrangler secret put STS_KEYS --env production        and paste the first key alone`;
  }
  return `There is one key, ${first.id}, known since ${first.since}. Its certificate ends on ${first.ends ?? ""}. To change it:
  1. npx postern keys new --sts --file sts-key.txt            and keep the file where you keep passwords
  2. npx wrangler secret put STS_KEYS --env production        and paste OLD NEW, a space between: OLD still signs
  3. npx postern keys rotate --sts`;
}
