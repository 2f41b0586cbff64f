// The help of the commands that ask the running gateway.

import { GATEWAY_GLOBAL, USER } from "./help-parts.ts";

const LOCK_TARGET = `  USER                 any name of the user
  NETWORK              an IPv4 address, an IPv6 address or its /64, or "unknown"`;

const FILE = `  FILE                 a policy in TOML (default policy.toml, at the top of the checkout); docs/devices.md explains it`;

const DEVICE = `  DEVICE               the id of its partnership, d_…, or the beginning of that; or the id by which it names itself`;

const WHY = `  --why TEXT           why, for the audit; at most 200 characters`;

/** By command and group. */
export const GATEWAY_HELP = {
  lock: `Usage: npm run postern -- lock COMMAND …

  lock list                who is made to wait now, and until when
  lock show USER|NETWORK   what is held against a user or a network
  lock clear USER|NETWORK  forget it

${LOCK_TARGET}

${GATEWAY_GLOBAL}`,
  "lock list": `Usage: npm run postern -- lock list

Lists the users and networks that are made to wait at this moment, why and until when.

${GATEWAY_GLOBAL}`,
  "lock show": `Usage: npm run postern -- lock show USER|NETWORK

Of a user: each network that failed or signed in lately, whether it waits and until when, with how many failures,
whether it is familiar, and whether strange networks together are held off. Of a network: what it failed, whatever the
names.

${LOCK_TARGET}

${GATEWAY_GLOBAL}`,
  "lock clear": `Usage: npm run postern -- lock clear USER|NETWORK

Of a user: forgets the failures of all networks at this user, so that they may try at once. Of a network: forgets what
it failed, whatever the names; what it failed at one user is that user's. Who is familiar stays so. The gateway logs
who cleared what.

${LOCK_TARGET}

${GATEWAY_GLOBAL}`,
  policy: `Usage: npm run postern -- policy COMMAND …

  policy check [FILE]      what is wrong with a policy, and where, and whom it would refuse
  policy show              the policy that the gateway decides by
  policy diff [FILE]       what the file would change
  policy preview [FILE]    which devices in use it would block, quarantine or let in
  policy apply [FILE]      put it in place

${FILE}

${GATEWAY_GLOBAL}`,
  "policy check": `Usage: npm run postern -- policy check [FILE]

Names everything that is wrong with a policy, each with its place and its fix, and ends with exit code 2. Of a policy
that is right it names the rules that can never decide. Then it asks the gateway, where there is one, how many of the
devices in use the policy would refuse: those that are let in now and were seen in the last 30 days.

${FILE}

${GATEWAY_GLOBAL}`,
  "policy show": `Usage: npm run postern -- policy show

Prints the policy that the gateway decides by, as TOML, and who applied it when and why.

${GATEWAY_GLOBAL}`,
  "policy diff": `Usage: npm run postern -- policy diff [FILE]

Compares the file with the policy that the gateway has: settings, and rules that are new, changed, moved or gone.

${FILE}

${GATEWAY_GLOBAL}`,
  "policy preview": `Usage: npm run postern -- policy preview [FILE]

Judges each device in use by the gateway's policy and by the file, and names those for which the verdict changes: user,
device, what it is now, what it would be, and why. Each is taken to come from where it came last. Changes nothing.

${FILE}

${GATEWAY_GLOBAL}`,
  "policy apply": `Usage: npm run postern -- policy apply [FILE] [--why TEXT] [--yes]

Puts the file in place of the gateway's policy and shows what that changed. When the command returns, every user's guard
decides by it; if it is interrupted, give it again. It is refused when somebody else applied a policy in the meantime.

Where the policy would refuse more than half of the devices in use, it asks at the terminal before it does anything.
A script has no terminal: then it does nothing without --yes.

${FILE}
  --why TEXT           why, for whoever reads "policy show"; at most 200 characters
  --yes                apply it whatever it refuses

${GATEWAY_GLOBAL}`,
  device: `Usage: npm run postern -- device COMMAND …

  device list [USER]                the devices of all users, or of one
  device show USER DEVICE           all that is known of a device
  device approve USER DEVICE        let it in by name, whatever the rules say
  device block USER DEVICE          refuse it at once: a lost phone
  device forget [USER] DEVICE       as if it had never come
  device expect USER PASSWORD_ID [DEVICE_ID]
                                    the device that comes with this app password is the user's
  device window USER [--for TIME]   let new devices enrol for a while, in enrolment mode "window"

"postern why USER DEVICE" says why a device is served or refused. docs/devices.md explains all of it.

${DEVICE}

${USER}

${GATEWAY_GLOBAL}`,
  "device list": `Usage: npm run postern -- device list [USER]

Lists devices: the id of the partnership, its state, product, platform, model or machine name, and when it was seen
last. Below are ids that somebody named and another user has.

What changed by itself is here some seconds later. The state says where a device stands; whether it is served,
with the rules of the policy, says "device show".

${USER}

${GATEWAY_GLOBAL}`,
  "device show": `Usage: npm run postern -- device show USER DEVICE

Shows all that is known of a device, and the verdict on it now.

${DEVICE}

${USER}

${GATEWAY_GLOBAL}`,
  "device approve": `Usage: npm run postern -- device approve USER DEVICE [--why TEXT]

Lets a device in by name: one that waits for approval, one that was blocked, or one that a rule would refuse. It comes
before every rule of the policy, those to come included.

${DEVICE}
${WHY}

${USER}

${GATEWAY_GLOBAL}`,
  "device block": `Usage: npm run postern -- device block USER DEVICE [--why TEXT]

Refuses a device, its app password and all its tickets. When the command returns, nothing more is served to it. For a
desktop it prints the command that revokes its certificate for SIP, which Postern does not see. "device approve" undoes
it.

${DEVICE}
${WHY}

${USER}

${GATEWAY_GLOBAL}`,
  "device forget": `Usage: npm run postern -- device forget [USER] DEVICE [--why TEXT]

Removes a device, as if it had never come: to make room, or because it changed hands. Its tickets end at once. Its app
password stays live, and the next device that comes with it enrols like a new one. A lost device is to be blocked. Of a
blocked device the app password is revoked with it, so that it stays out.

By the id by which it names itself, it is forgotten whosever it is: also where USER is refused because another user has
the id, and without USER.

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

  --for TIME           for so long from now: 15m, 2h or 1d, at most 7d (default: windowMinutes of the policy)
  --close              from now on no more

${USER}

${GATEWAY_GLOBAL}`,
  why: `Usage: npm run postern -- why USER DEVICE
       npm run postern -- why --request ID [--file FILE] [--since TIME]

Says why a device is served or refused: every step of the decision in its order, which one decides, and what the steps
before it looked at. Judged now, as if the device came from where it came last. docs/devices.md has the order.

A device that was refused before it enrolled has no partnership: npm run postern -- audit --user USER --outcome refused

Of a request: what was refused, why, what to do, and the word to search for in docs/refusals.md or docs/audit.md. The
gateway gives the id with each of its refusals (header X-Request-Id; behind Cloudflare also CF-Ray). Looks in the log of
"npm start" and in the audit. A deployed gateway's log is at Cloudflare: take the lines out of Workers Logs, Logpush or
"npx wrangler tail", and name them with --file. --env names the environment of the deployed database.

  --request ID         the id that the refused client was given
  --file FILE          lines of the gateway's log; "-" reads them from standard input
  --since TIME         how far back to look in the audit (default 7d)

${DEVICE}

${USER}

${GATEWAY_GLOBAL}`,
  "user export": `Usage: npm run postern -- user export USER [--file FILE]

Prints all that is kept of one person, in the database and in the guards, as one JSON document: the user, names, app
passwords without their secrets, devices, places, failures, tickets without their ids, and the events of the audit. Its
field "leftOut" says what is left out and why. Changes nothing. docs/people.md explains it.

  --file FILE          write it there instead; the file must not exist, and only you may read it

${USER}

${GATEWAY_GLOBAL}`,
  "user erase": `Usage: npm run postern -- user erase USER --audit pseudonymise|purge [--yes]

Deletes all that is kept of one person. When the command returns, nothing more is served to any of the user's devices,
nobody signs in by any of the user's names, and nothing is left but what docs/people.md names. It cannot be undone; if it
is interrupted, give it again.

  --audit pseudonymise the events of the audit stay, without anything that says whose they were
  --audit purge        the events of the audit are deleted
  --yes                do not ask at the terminal

${USER}

${GATEWAY_GLOBAL}`,
  "audit purge": `Usage: npm run postern -- audit purge --before TIME|DAYS

Deletes the events of the audit from before a time, for good, and says how many. Each 5,000 of them leave one event that
says so. The gateway does the same by itself with what is older than AUDIT_RETENTION_DAYS.

  --before TIME|DAYS   90d or 90: older than so many days; or 2026-11-23 or 2026-11-23T12:00:00Z (UTC without a zone)

${GATEWAY_GLOBAL}`,
  "user set": `Usage: npm run postern -- user set USER [--upn UPN] [--group NAME… | --no-groups] [--enrolment MODE] [--max-devices N]

Sets the user's UPN, and how the user's devices are judged where that differs from the policy. When the command returns,
all decide by it.

  --upn UPN            the user principal name in Active Directory, by which the user is signed on to the Front-End; a
                       name to sign in by as well. The one before leads to the user no more; nothing else ends
  --group NAME         a word that rules match on, such as executives or site=berlin; may be given several times.
                       The groups given take the place of those the user has
  --no-groups          takes all groups away
  --enrolment MODE     open, window, approval or closed; "policy": as the policy says
  --max-devices N      at most so many devices, 0 to 100; "policy": as the policy says

${USER}

${GATEWAY_GLOBAL}`,
} as const;
