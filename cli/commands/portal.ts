// `postern portal …`: with what a user signs in to the portal, for the people who help.

import { command } from "../define.ts";
import { userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { asking } from "../shapes.ts";
import { facts } from "../text/answer.ts";

export const show = command({
  help: "Never a secret. `complete` says whether the person can sign in without help.",
  words: ["USER"],
  examples: ["portal show alice@contoso.test"],
  async run({ words: [user], api }) {
    const json = await api().get<A.PortalOfUserAnswer>(`${userPath(user)}/portal`);
    const { complete, passkeys, passphraseSince, authenticatorSince, recoveryCodesLeft, identities, sessions } = json;
    const shown = facts({
      user: json.user,
      "can sign in": complete ? "yes" : identities.length > 0 ? "at the identity provider" : "no: invite the person",
      passkeys:
        passkeys
          .map(
            ({ name, synced, lastUsedAt }) =>
              `${name} (${synced ? "synced" : "one device"}, ${lastUsedAt === null ? "never used" : `used ${lastUsedAt}`})`,
          )
          .join("; ") || "none",
      passphrase: passphraseSince === null ? "none" : `since ${passphraseSince}`,
      "authenticator app": authenticatorSince === null ? "none" : `since ${authenticatorSince}`,
      "recovery codes left": recoveryCodesLeft === null ? "never made" : String(recoveryCodesLeft),
      "identity provider": identities.map(({ issuer, subject }) => `${subject} at ${issuer}`).join("; ") || "not used",
      sessions:
        sessions.map(({ how, source, seenAt }) => `${how} from ${source}, last seen ${seenAt}`).join("; ") || "none",
    });
    return { text: shown, json };
  },
});

export const reset = asking({
  help: `For somebody who has lost phone and recovery codes. Passkeys, passphrase, authenticator app and recovery codes go,
and all sessions of the portal end. App passwords and devices stay. Invite the person afterwards: postern user invite.`,
  words: ["USER"],
  examples: ["portal reset alice@contoso.test --why 'lost her phone, came with her badge'"],
  ask: "POST /v1/users/{USER}/portal/reset",
  said: ({ user, sessionsEnded }: A.PortalChangedAnswer) =>
    `${user} has nothing to sign in to the portal with any more. ${ended(sessionsEnded)}`,
});

export const signOut = asking({
  help: "The person can sign in again at once. To keep somebody out, disable the user.",
  words: ["USER"],
  examples: ["portal sign-out alice@contoso.test"],
  ask: "POST /v1/users/{USER}/portal/sign-out",
  said: ({ sessionsEnded }: A.PortalChangedAnswer) => ended(sessionsEnded),
});

const ended = (count: number): string => (count === 1 ? "1 session ended." : `${count} sessions ended.`);
