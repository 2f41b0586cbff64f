// The help of the commands that ask the running gateway.

import { GATEWAY_GLOBAL, USER } from "./help-parts.ts";

const LOCK_TARGET = `  USER                 any name of the user
  NETWORK              an IPv4 address, an IPv6 address or its /64, or "unknown"`;

const KEY = `  KEY                  the beginning of its hash, at least 4 characters, as "device show" lists it`;
const FILE = `  FILE                 a policy in TOML (default policy.toml, at the top of the checkout); docs/devices.md explains it`;

const DEVICE = `  DEVICE               the id of its partnership, d_…, or the beginning of that; or the id by which it names itself`;

const WHY = `  --why TEXT           why, for the audit; at most 200 characters`;

/** By command and group. */
export const GATEWAY_HELP = {
  lock: `Usage: npm run postern -- lock COMMAND …

  lock list                who has to wait now, and until when
  lock show USER|NETWORK   the failures of a user or a network
  lock clear USER|NETWORK  forget these failures

${LOCK_TARGET}

${GATEWAY_GLOBAL}`,
  "lock list": `Usage: npm run postern -- lock list

Lists the users and networks that have to wait now, why and until when.

${GATEWAY_GLOBAL}`,
  "lock show": `Usage: npm run postern -- lock show USER|NETWORK

For a user: lists each network that failed or signed in lately, whether it has to wait and until when, its failures, and
whether it is familiar. Also says whether all strange networks together have to wait. For a network: shows its failures
at all names.

${LOCK_TARGET}

${GATEWAY_GLOBAL}`,
  "lock clear": `Usage: npm run postern -- lock clear USER|NETWORK

For a user: forgets the failures of all networks at this user, so that they may try again at once. For a network:
forgets its failures at all names together; its failures at a single user are cleared with that user. Familiar places
stay familiar. The gateway logs who cleared what.

${LOCK_TARGET}

${GATEWAY_GLOBAL}`,
  policy: `Usage: npm run postern -- policy COMMAND …

  policy check [FILE]      what is wrong with a policy, where, and which devices it would refuse
  policy show              the policy that the gateway uses
  policy diff [FILE]       what the file would change
  policy preview [FILE]    which devices in use it would block, quarantine or let in
  policy apply [FILE]      make it the gateway's policy

${FILE}

${GATEWAY_GLOBAL}`,
  "policy check": `Usage: npm run postern -- policy check [FILE]

Lists every fault of a policy with its place and its fix, and ends with exit code 2. If the policy has no fault, it
lists the rules that can never decide. Then it asks the gateway, if one is running, how many devices in use the policy
would refuse. A device is in use if it is let in now and was seen in the last 30 days.

${FILE}

${GATEWAY_GLOBAL}`,
  "policy show": `Usage: npm run postern -- policy show

Prints the policy that the gateway uses, as TOML, and who applied it, when and why.

${GATEWAY_GLOBAL}`,
  "policy diff": `Usage: npm run postern -- policy diff [FILE]

Compares the file with the gateway's policy: changed settings, and rules that are new, changed, moved or removed.

${FILE}

${GATEWAY_GLOBAL}`,
  "policy preview": `Usage: npm run postern -- policy preview [FILE]

Judges each device in use by the gateway's policy and by the file, and lists those whose verdict changes: user, device,
the verdict now, the verdict by the file, and why. It assumes that each device comes from where it was seen last.
Changes nothing.

${FILE}

${GATEWAY_GLOBAL}`,
  "policy apply": `Usage: npm run postern -- policy apply [FILE] [--why TEXT] [--yes]

Replaces the gateway's policy with the file and shows what changed. When the command returns, every user's guard uses
the new policy. If the command is interrupted, run it again. The gateway refuses it when somebody else applied a policy
in the meantime.

If the policy would refuse more than half of the devices in use, the command first asks at the terminal. Without a
terminal, as in a script, it changes nothing unless --yes is given.

${FILE}
  --why TEXT           why; "policy show" prints it; at most 200 characters
  --yes                apply it without asking

${GATEWAY_GLOBAL}`,
  device: `Usage: npm run postern -- device COMMAND …

  device list [USER]                the devices of all users, or of one
  device show USER DEVICE           everything that is known about a device
  device approve USER DEVICE        let it in by name, whatever the rules say
  device approve-key USER DEVICE [KEY]
                                    let in a key that waits: a new Windows profile
  device reset-key USER DEVICE [KEY]
                                    forget its keys: it has lost the one that it proved
  device block USER DEVICE          refuse it at once: a lost phone
  device forget [USER] DEVICE       remove it, as if it had never come
  device expect USER PASSWORD_ID [DEVICE_ID]
                                    the device that comes with this app password is the user's
  device window USER [--for TIME]   let new devices enrol for a while, in enrolment mode "window"

"postern why USER DEVICE" says why a device is served or refused. docs/devices.md explains all of it.

${DEVICE}

${USER}

${GATEWAY_GLOBAL}`,
  "device list": `Usage: npm run postern -- device list [USER]

Lists devices: the id of the partnership, its state, product, platform, model or machine name, and when it was last
seen. Below the list are ids that a user's device named although another user has them.

A change that no administrator made appears here some seconds later. The list shows only the state of a device; "device
show" says whether the rules of the policy serve it.

${USER}

${GATEWAY_GLOBAL}`,
  "device show": `Usage: npm run postern -- device show USER DEVICE

Shows everything that is known about a device, and the verdict on it now.

${DEVICE}

${USER}

${GATEWAY_GLOBAL}`,
  "device approve": `Usage: npm run postern -- device approve USER DEVICE [--why TEXT]

Lets this device in: one that waits for approval, that was blocked, or that a rule would refuse. The approval comes
before every rule of the policy, also before rules that are added later.

${DEVICE}
${WHY}

${USER}

${GATEWAY_GLOBAL}`,
  "device approve-key": `Usage: npm run postern -- device approve-key USER DEVICE [KEY] [--why TEXT]

Lets in a key that waits: "device show" lists it as "waiting". A further key waits when a desktop asks for a certificate
with its app password, and already has another key. First ask the person whether that was a new Windows profile or
"Delete my sign-in info": it may be a thief with the app password. Within a day the device may then fetch a certificate
for this key, or for one other key from the same network, because many clients make a new key with each attempt.

${DEVICE}
${KEY}
${WHY}

${USER}

${GATEWAY_GLOBAL}`,
  "device reset-key": `Usage: npm run postern -- device reset-key USER DEVICE [KEY] [--why TEXT]

Takes keys from a device, and ends its tickets. Without KEY it takes all of them: the device is like one that never had
a key, and may fetch a certificate for a new one with its app password. This is the way back for a device that has
proved a key and lost it. With KEY it takes one key away, such as a thief's.

${DEVICE}
${KEY}
${WHY}

${USER}

${GATEWAY_GLOBAL}`,
  "device block": `Usage: npm run postern -- device block USER DEVICE [--why TEXT]

Refuses a device, its app password and all its tickets. When the command returns, the gateway serves nothing more to it.
Postern does not see SIP, so for a desktop the command prints how to revoke its certificate for SIP. "device approve"
undoes the block.

${DEVICE}
${WHY}

${USER}

${GATEWAY_GLOBAL}`,
  "device forget": `Usage: npm run postern -- device forget [USER] DEVICE [--why TEXT]

Removes a device, as if it had never come: to make room, or because it changed hands. Its tickets end at once. Its app
password stays live, and the next device that uses it enrols like a new one. If a device is lost, block it instead. When
a blocked device is forgotten, its app password is revoked too, so that it stays out.

If DEVICE is the id by which the device names itself, the device is forgotten for every user who has it: USER may be
left out, and may also be a user who is refused because another user has the id.

${DEVICE}
${WHY}

${USER}

${GATEWAY_GLOBAL}`,
  "device expect": `Usage: npm run postern -- device expect USER PASSWORD_ID [DEVICE_ID] [--why TEXT]

The first device that comes with this app password is the user's, approved, in every enrolment mode; with DEVICE_ID only
that very device. The app password must be live, and no device may be bound to it.

  PASSWORD_ID          as "password list" shows it, such as p_3kq7…
  DEVICE_ID            the id by which it will name itself: "endpoint:…" for a mobile, Mac or browser client, "device:…"
                       for a desktop
${WHY}

${USER}

${GATEWAY_GLOBAL}`,
  "device window": `Usage: npm run postern -- device window USER [--for TIME | --close]

Lets the user's new devices enrol for a while, where the enrolment mode is "window".

  --for TIME           for this long from now: 15m, 2h or 1d, at most 7d (default: windowMinutes of the policy)
  --close              close the window now

${USER}

${GATEWAY_GLOBAL}`,
  why: `Usage: npm run postern -- why USER DEVICE
       npm run postern -- why --request ID [--file FILE] [--since TIME]

Says why a device is served or refused: every step of the decision in its order, which step decides, and what the steps
before it found. It judges now, and assumes that the device comes from where it was seen last. docs/devices.md has the
order.

A device that was refused before it enrolled has no partnership: npm run postern -- audit --user USER --outcome refused

For a request: what was refused, why, what to do, and the word to search for in docs/refusals.md or docs/audit.md. The
gateway sends the id with each refusal (header X-Request-Id; behind Cloudflare also CF-Ray). Looks in the log of
"npm start" and in the audit. A deployed gateway's log is at Cloudflare: take the lines out of Workers Logs, Logpush or
"npx wrangler tail", and name them with --file. --env names the environment of the deployed database.

  --request ID         the id that the refused client was given
  --file FILE          lines of the gateway's log; "-" reads them from standard input
  --since TIME         how far back to look in the audit (default 7d)

${DEVICE}

${USER}

${GATEWAY_GLOBAL}`,
  "user export": `Usage: npm run postern -- user export USER [--file FILE]

Prints everything that Postern stores about one person, in the database and in the guards, as one JSON document: the
user, names, app passwords without their secrets, devices, places, failures, tickets without their ids, and the events
of the audit. Its field "leftOut" says what is left out and why. Changes nothing. docs/people.md explains it.

  --file FILE          write it there instead; the file must not exist, and only you may read it

${USER}

${GATEWAY_GLOBAL}`,
  "user erase": `Usage: npm run postern -- user erase USER --audit pseudonymise|purge [--yes]

Deletes everything that Postern stores about one person, except what docs/people.md lists. When the command returns, the
gateway serves none of the user's devices, and nobody can sign in with any of the user's names. It cannot be undone. If
it is interrupted, run it again.

  --audit pseudonymise keep the events of the audit, but remove everything that says whose they were
  --audit purge        delete the events of the audit
  --yes                do not ask at the terminal

${USER}

${GATEWAY_GLOBAL}`,
  "audit purge": `Usage: npm run postern -- audit purge --before TIME|DAYS

Deletes the events of the audit that are older than a time, and says how many. This cannot be undone. For each 5,000
deleted events the audit gets one event that records it. The gateway itself deletes events older than
AUDIT_RETENTION_DAYS.

  --before TIME|DAYS   90d or 90: older than so many days; or 2026-11-23 or 2026-11-23T12:00:00Z (UTC without a zone)

${GATEWAY_GLOBAL}`,
  "user set": `Usage: npm run postern -- user set USER [--upn UPN] [--group NAME… | --no-groups] [--enrolment MODE] [--max-devices N]

Sets the user's UPN, and the settings for the user's devices that differ from the policy. When the command returns, they
are in force everywhere.

  --upn UPN            the user principal name in Active Directory. Postern uses it to sign the user on to the
                       Front-End, and the user can sign in with it. The previous UPN no longer works; nothing else
                       ends
  --group NAME         a word that rules match on, such as executives or site=berlin; may be given several times.
                       They replace the groups that the user has
  --no-groups          takes all groups away
  --enrolment MODE     open, window, approval or closed; "policy": as the policy says
  --max-devices N      at most so many devices, 0 to 100; "policy": as the policy says

${USER}

${GATEWAY_GLOBAL}`,
} as const;
