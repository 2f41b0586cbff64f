// `postern device …`: which devices there are, what is known about one, and what is decided about one or many. The
// gateway carries out each change, so it applies everywhere when the command returns.

import { path } from "../../src/core/text/api-address.ts";
import { command, excluding, flag, MANY, moment, oneOf, span, text, WHY } from "../define.ts";
import { notFound, usage } from "../fault.ts";
import { confirmMany, inBatches, type Many, rowsOf } from "../many.ts";
import { deviceIn, devicePath, userIn } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { asking, listing } from "../shapes.ts";
import { type Answer, type Columns, counted } from "../text/answer.ts";
import {
  afterApproval,
  authorityText,
  certificatesText,
  comingBack,
  DEVICE_COLUMNS,
  deviceName,
  deviceText,
  keysText,
  MORE_DEVICE_COLUMNS,
} from "../text/device.ts";

const STATES = ["allowed", "quarantined", "pending", "blocked", "expired"] as const;
const OWNER: Columns<A.ListedDeviceAnswer> = { USER: "user" };
const CONTESTS: Columns<A.ContestAnswer> = {
  ...{ USER: "user", "DEVICE ID": "key", "WHO HAS IT": ({ device, holder }) => `${device} of ${holder}` },
  "LAST TRIED": "at",
};

export const list = listing({
  help: `A change that no administrator made appears here some seconds later. The list shows only the state of a device;
"device show" says whether the rules of the policy serve it.`,
  words: ["[USER]"],
  options: {
    user: text("user", "of this user, as USER does"),
    state: oneOf(STATES, "only these"),
    type: text("type", "such as mobile, desktop or browser"),
    product: text("name", "the product, such as AndroidLync"),
    productVersion: text("version", "the version of the product, or its beginning"),
    seenSince: moment("seen since then: 30d ago, or 2026-11-23"),
    notSeenSince: moment("not seen since then"),
    query: text("text", "that contain this: model, machine, user agent, id"),
  },
  examples: `device list alice@contoso.test
device list --state quarantined
device list --not-seen-since 180d --all --csv > unused.csv`,
  from: "/v1/devices",
  query(context) {
    const { state, type, product, productVersion: version, query: q, seenSince, notSeenSince } = context.options;
    const user = ownerOf(context);
    return { user, state, type, product, version, q, seenAfter: seenSince, seenBefore: notSeenSince };
  },
  columns: (context) =>
    ownerOf(context) === undefined || context.options.csv === true ? { ...OWNER, ...DEVICE_COLUMNS } : DEVICE_COLUMNS,
  also: MORE_DEVICE_COLUMNS,
  empty: "No such devices.",
  async below(_, context) {
    const query = { user: ownerOf(context) };
    const { items } = await context.api().pages<A.ContestAnswer>("/v1/devices/contests", query, { limit: 1 });
    return items.length === 0 ? "" : 'A device named an id that another user has: see "npx postern device contests".';
  },
});

/** The user whose devices are asked for, by USER or by --user. */
function ownerOf({ words: [word], options }: Owned): string | undefined {
  excluding("USER and --user", word, options.user);
  const given = word ?? options.user;
  return given === undefined ? undefined : userIn(given, word === undefined ? "--user" : "USER");
}
type Owned = { readonly words: readonly [string | undefined]; readonly options: { readonly user?: string } };

export const contests = listing({
  help: "These are refused, device-of-another-user.",
  words: ["[USER]"],
  examples: "device contests",
  from: "/v1/devices/contests",
  query: ({ words: [user] }) => ({ user: user === undefined ? undefined : userIn(user) }),
  columns: CONTESTS,
  empty: "None.",
  below: ({ items }) =>
    items.length === 0 ? "" : "Where such a device is the user's own: npx postern device forget DEVICE_ID",
});

export const show = asking({
  words: ["USER", "DEVICE"],
  examples: "device show alice@contoso.test phone-1",
  ask: "GET /v1/users/{USER}/devices/{DEVICE}/why",
  said({ user, device, decider, holder, keys, inquiry, judgement }: A.WhyAnswer) {
    if (holder !== null) {
      throw notFound(`the device is ${device.id} of ${holder}`, `See: npx postern device show ${holder} ${device.id}`);
    }
    const text = deviceText(user, device, decider, judgement) + authorityText(device, inquiry) + keysText(keys);
    return { text, json: { user, device, decider, keys, inquiry, judgement } };
  },
});

const MINUTE_MS = 60_000;
const MANY_TOO = `With --file it is done for each line, a user and a device, as "device list --csv" writes them.`;
const SHAPE = { options: { ...MANY, ...WHY }, changes: true } as const;

const named = ({ user, device }: A.DeviceChangedAnswer): string => `${device.id} of ${user}, ${deviceName(device)}.`;

export const approve = command({
  ...SHAPE,
  words: ["[USER]", "[DEVICE]"],
  help: `Lets in one that waits for approval, that was blocked, or that a rule would refuse. The approval comes before every
rule of the policy, also before rules that are added later. ${MANY_TOO}`,
  examples: `device approve alice@contoso.test phone-1
device list --state quarantined --csv | npx postern device approve --file -`,
  run: (context) => decide(context, "approve", (json) => `Approved ${named(json)}\n\n${afterApproval(json)}`),
});

export const block = command({
  ...SHAPE,
  words: ["[USER]", "[DEVICE]"],
  help: `Refuses a device, its app password and all its tickets. When the command returns, the gateway serves nothing more to
it. Postern does not see SIP, so for a desktop the command prints how to revoke its certificate for SIP. The block is
undone by "device approve". ${MANY_TOO}`,
  examples: "device block alice@contoso.test phone-1 --why 'lost on the train'",
  run: (context) =>
    decide(context, "block", (json) => {
      const { credentialId } = json.device;
      const password = credentialId === null ? "" : ` Its app password ${credentialId} opens nothing any more.`;
      return `Blocked ${named(json)}\n\nNothing more is served to it.${password}`;
    }),
});

export const forget = command({
  ...SHAPE,
  words: ["[USER_OR_DEVICE]", "[DEVICE]"],
  help: `To make room, or because the device changed hands. Its tickets end at once. Its app password stays live, and the next
device that uses it enrols like a new one. If a device is lost, block it instead. When a blocked device is forgotten, its
app password is revoked too, so that it stays out.

With the id by which a device names itself, USER may be left out: it is forgotten whoever has it. ${MANY_TOO}`,
  examples: ["device forget alice@contoso.test d_8fz2", "device forget endpoint:phone-1"],
  run: (context) =>
    decide(context, "forget", (json) => {
      const until = json.device.state === "blocked" ? "" : " until it signs in anew";
      return `Forgot ${named(json)}\n\nNothing more is served to it${until}.${comingBack(json)}`;
    }),
});

export const approveKey = asking({
  help: `"device show" lists it as "waiting". A further key waits when a desktop asks for a certificate with its app password, and
already has another key. First ask the person whether that was a new Windows profile or "Delete my sign-in info": it may be
a thief with the app password. Within a day the device may then fetch a certificate for this key, or for one other key
from the same network, because many clients make a new key with each attempt.`,
  words: ["USER", "DEVICE", "[KEY]"],
  examples: "device approve-key alice@contoso.test d_8fz2",
  ask: "POST /v1/users/{USER}/devices/{DEVICE}/approve-key",
  body: ({ words: [, , key], options }) => ({ key, ...options }),
  said: (json: A.DeviceChangedAnswer) =>
    `Approved a key of ${named(json)}\n\nWithin a day the device may fetch a certificate for it, or for one other key from the same network. The person signs in again.`,
});

export const resetKey = command({
  ...SHAPE,
  words: ["[USER]", "[DEVICE]", "[KEY]"],
  help: `Takes keys from a device, and ends its tickets. Without KEY it takes all of them: the device is like one that never had a
key, and may fetch a certificate for a new one with its app password. This is the way back for a device that has proved a
key and lost it. With KEY it takes one key away, such as a thief's. ${MANY_TOO}`,
  examples: "device reset-key alice@contoso.test d_8fz2 --why 'new laptop disk'",
  run: (context) =>
    decide(context, "reset-key", (json) => {
      const [what, next] =
        context.words[2] === undefined
          ? [
              "all keys",
              " The next key that comes with its app password is its first one: look at it with device show.",
            ]
          : ["a key", ""];
      return `Took ${what} from ${named(json)}\n\nIt signs in again.${next}`;
    }),
});

export const askAuthority = asking({
  help: `Postern asks by itself when a device comes and when its answer has grown old. After a change in your own system, such as a
device that was found again, this asks at once, even while the authority is silent. docs/authority.md has all of it.`,
  words: ["USER", "DEVICE"],
  examples: "device ask-authority alice@contoso.test d_8fz2",
  ask: "POST /v1/users/{USER}/devices/{DEVICE}/ask-authority",
  body: ({ options }) => options,
  said({ user, device, inquiry, judgement }: A.AuthorityAskedAnswer) {
    const verdict = `${device.id} of ${user}, ${deviceName(device)}: ${judgement.action} (${judgement.reason}).`;
    return verdict + authorityText(device, inquiry);
  },
});

export const expect = asking({
  help: `The first device that comes with this app password is the user's, approved, in every enrolment mode; with DEVICE_ID
only that very device. The app password must be live, and no device may be bound to it.`,
  words: ["USER", "PASSWORD_ID", "[DEVICE_ID]"],
  examples: "device expect alice@contoso.test p_3kq7x",
  ask: "POST /v1/users/{USER}/devices",
  body: ({ words: [, credentialId, key = null], options }) => ({ credentialId, key, ...options }),
  said({ user, device: { id, key, credentialId } }: A.DeviceChangedAnswer) {
    const who = key === null ? "The first device that signs in" : `The device ${key}, when it signs in`;
    return `Expected: ${id} of ${user}.\n\n${who} with the app password ${credentialId}, enrols approved, whatever the mode.`;
  },
});

export const window = asking({
  help: 'Where the enrolment mode is "window".',
  words: ["USER"],
  options: {
    for: span("for this long from now: 15m, 2h or 1d, at most 7d (default: windowMinutes of the policy)"),
    close: flag("close the window now"),
  },
  examples: ["device window bob@contoso.test --for 2h", "device window bob@contoso.test --close"],
  ask: "POST /v1/users/{USER}/window",
  body({ options: { for: time, close, why } }) {
    excluding("--for and --close", time, close);
    return { minutes: close === true ? 0 : time === undefined ? undefined : time / MINUTE_MS, why };
  },
  said({ user, openUntil, mode }: A.WindowAnswer) {
    const idle = mode === "window" ? "" : `\n\nThe user's mode is "${mode}", in which a window changes nothing.`;
    return openUntil === null
      ? `The enrolment window of ${user} is closed.${idle}`
      : `New devices of ${user} may enrol until ${openUntil}.${idle}`;
  },
});

type Deciding = Many & { readonly words: readonly [string | undefined, string | undefined, (string | undefined)?] };
type Action = "approve" | "block" | "forget" | "reset-key";
type Changed = A.DeviceChangedAnswer;

async function decide(context: Deciding, action: Action, said: (json: Changed) => string): Promise<Answer> {
  const { words, options, api } = context;
  const { file, dryRun = false, why } = options;
  if (file === undefined) {
    if (dryRun) throw usage("--dry-run is for --file", 'See what one device is: "npx postern why USER DEVICE"');
    const json = await api().post<Changed>(`${decidedPath(words, action)}/${action}`, { key: words[2], why });
    return { text: said(json) + certificatesText(json.revokeCertificates), json };
  }
  if (words[0] !== undefined) throw usage("--file takes no USER and DEVICE beside it", "Give one of them.");
  const items = (await rowsOf(context, file, 2)).map(([user = "", device = ""]) => ({
    user: userIn(user),
    device: deviceIn(device),
  }));
  if (!dryRun && items.length > 1) await confirmMany(context, `${action} ${counted(items.length, "device")}`);
  return inBatches(context, "/v1/devices/batch", items, (part) => ({ action, items: part }));
}

/** With one word it is the device's, whosever it is: only `forget` may mean that. */
function decidedPath([first, device]: Deciding["words"], action: Action): string {
  if (first !== undefined && device !== undefined) return devicePath(first, device);
  if (first !== undefined && action === "forget") return path`/v1/devices/${deviceIn(first)}`;
  const needed = action === "forget" ? "DEVICE" : "USER and DEVICE";
  throw usage(`"device ${action}" needs ${needed}, or --file`, `See: npx postern device ${action} --help`);
}
