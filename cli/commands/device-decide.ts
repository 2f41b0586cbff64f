// `postern device …`: commands that decide about one device, or about many. The gateway carries out each change, so it
// is in force everywhere when the command returns.

import { type Context, command, excluding, flag, MANY, span, WHY } from "../define.ts";
import { usage } from "../fault.ts";
import { confirmMany, inParts, type RowReport, reported, rowsOf } from "../many.ts";
import { deviceIn, devicePath, userIn, userPath } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { path } from "../reach/api.ts";
import { type Answer, counted } from "../text/answer.ts";
import { certificatesText } from "../text/certificates.ts";
import { afterApproval, comingBack, deviceName } from "../text/device.ts";

/** The most items of `POST /v1/devices/batch`. */
const MAX_ITEMS = 200;
const MINUTE_MS = 60_000;
const MANY_TOO = `With --file it is done for each line, a user and a device, as "device list --csv" writes them.`;
const SHAPE = { options: { ...MANY, ...WHY }, changes: true } as const;

const named = ({ user, device }: A.DeviceChangedAnswer): string => `${device.id} of ${user}, ${deviceName(device)}.`;

export const approve = command({
  ...SHAPE,
  words: ["[USER]", "[DEVICE]"],
  help: `Lets in one that waits for approval, that was blocked, or that a rule would refuse. The approval comes before every
rule of the policy, also before rules that are added later. ${MANY_TOO}`,
  examples: [
    "device approve alice@contoso.test phone-1",
    "device list --state quarantined --csv | npx postern device approve --file -",
  ],
  run: (context) => decide(context, "approve", (json) => `Approved ${named(json)}\n\n${afterApproval(json)}`),
});

export const block = command({
  ...SHAPE,
  words: ["[USER]", "[DEVICE]"],
  help: `Refuses a device, its app password and all its tickets. When the command returns, the gateway serves nothing more to
it. Postern does not see SIP, so for a desktop the command prints how to revoke its certificate for SIP. The block is
undone by "device approve". ${MANY_TOO}`,
  examples: ["device block alice@contoso.test phone-1 --why 'lost on the train'"],
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

With the id by which a device names itself, USER may be left out: the device is then forgotten for any user. ${MANY_TOO}`,
  examples: ["device forget alice@contoso.test d_8fz2", "device forget endpoint:phone-1"],
  run: (context) =>
    decide(context, "forget", (json) => {
      const until = json.device.state === "blocked" ? "" : " until it signs in again";
      return `Forgot ${named(json)}\n\nNothing more is served to it${until}.${comingBack(json)}`;
    }),
});

export const approveKey = command({
  help: `"device show" lists it as "waiting". A further key waits when a desktop asks for a certificate with its app password, and
already has another key. First ask the person whether that was a new Windows profile or "Delete my sign-in info": it may be
a thief with the app password. Within a day the device may then fetch a certificate for this key, or for one other key
from the same network, because many clients make a new key with each attempt.`,
  words: ["USER", "DEVICE", "[KEY]"],
  options: WHY,
  examples: ["device approve-key alice@contoso.test d_8fz2"],
  changes: true,
  async run({ words: [user, device, key], options, api }) {
    const json = await api().post<A.DeviceChangedAnswer>(`${devicePath(user, device)}/approve-key`, {
      key,
      ...options,
    });
    return {
      text: `Approved a key of ${named(json)}\n\nWithin a day the device may fetch a certificate for it, or for one other key from the same network. The person signs in again.`,
      json,
    };
  },
});

export const resetKey = command({
  help: `Takes keys from a device, and ends its tickets. Without KEY it takes all of them: the device is like one that never had a
key, and may fetch a certificate for a new one with its app password. This is the way back for a device that has proved a
key and lost it. With KEY it takes one key away, such as a thief's.`,
  words: ["USER", "DEVICE", "[KEY]"],
  options: WHY,
  examples: ["device reset-key alice@contoso.test d_8fz2 --why 'new laptop disk'"],
  changes: true,
  async run({ words: [user, device, key], options, api }) {
    const json = await api().post<A.DeviceChangedAnswer>(`${devicePath(user, device)}/reset-key`, { key, ...options });
    const what = key === undefined ? "Took all keys from" : "Took a key from";
    const next =
      key === undefined
        ? " The next key that comes with its app password is its first one: look at it with device show."
        : "";
    const text = `${what} ${named(json)}\n\nIt signs in again.${next}`;
    return { text: text + certificatesText(json.revokeCertificates), json };
  },
});

export const expect = command({
  help: `The first device that comes with this app password is the user's, approved, in every enrolment mode; with DEVICE_ID
only that very device. The app password must be live, and no device may be bound to it.`,
  words: ["USER", "PASSWORD_ID", "[DEVICE_ID]"],
  options: WHY,
  examples: ["device expect alice@contoso.test p_3kq7x"],
  changes: true,
  async run({ words: [given, credentialId, key = null], options, api }) {
    const body = { credentialId, key, ...options };
    const json = await api().post<A.DeviceChangedAnswer>(`${userPath(given)}/devices`, body);
    const { user, device } = json;
    const who = device.key === null ? "The first device that signs in" : `The device ${device.key}, when it signs in`;
    return {
      text: `Expected: ${device.id} of ${user}.\n\n${who} with the app password ${device.credentialId}, enrols approved, whatever the mode.`,
      json,
    };
  },
});

export const window = command({
  help: 'Where the enrolment mode is "window".',
  words: ["USER"],
  options: {
    for: span("for this long from now: 15m, 2h or 1d, at most 7d (default: windowMinutes of the policy)"),
    close: flag("close the window now"),
    ...WHY,
  },
  examples: ["device window bob@contoso.test --for 2h", "device window bob@contoso.test --close"],
  changes: true,
  async run({ words: [given], options, api }) {
    excluding("--for and --close", options.for, options.close);
    const { for: time, close, why } = options;
    const minutes = close === true ? 0 : time === undefined ? undefined : time / MINUTE_MS;
    const json = await api().post<A.WindowAnswer>(`${userPath(given)}/window`, { minutes, why });
    const { user, openUntil, mode } = json;
    const state =
      openUntil === null
        ? `The enrolment window of ${user} is closed.`
        : `New devices of ${user} may enrol until ${openUntil}.`;
    const idle = mode === "window" ? "" : `\n\nThe user's mode is "${mode}", in which a window changes nothing.`;
    return { text: state + idle, json };
  },
});

type Deciding = Pick<Context, "question" | "yes" | "progress" | "api" | "folder" | "input"> & {
  readonly words: readonly [string | undefined, string | undefined];
  readonly options: { readonly file?: string; readonly dryRun?: true; readonly why?: string };
};
type Action = "approve" | "block" | "forget";

async function decide(
  context: Deciding,
  action: Action,
  said: (json: A.DeviceChangedAnswer) => string,
): Promise<Answer> {
  const { words, options, api: open } = context;
  const { file, dryRun = false, why } = options;
  if (file === undefined) {
    if (dryRun) throw usage("--dry-run is for --file", 'See what one device is: "npx postern why USER DEVICE"');
    const json = await open().post<A.DeviceChangedAnswer>(`${decidedPath(words, action)}/${action}`, { why });
    return { text: said(json) + certificatesText(json.revokeCertificates), json };
  }
  if (words[0] !== undefined) throw usage("--file takes no USER and DEVICE beside it", "Give one of them.");
  const items = (await rowsOf(context, file, 2)).map(([user = "", device = ""]) => ({
    user: userIn(user),
    device: deviceIn(device),
  }));
  const api = open();
  if (!dryRun && items.length > 1) await confirmMany(context, api, `${action} ${counted(items.length, "device")}`);
  const reports = await inParts(context, items, MAX_ITEMS, async (part) => {
    const body = { action, items: part, dryRun, why };
    return (await api.post<{ rows: readonly RowReport[] }>("/v1/devices/batch", body)).rows;
  });
  return reported(reports, { USER: ({ row }) => items[row]?.user, DEVICE: ({ row }) => items[row]?.device }, dryRun);
}

/** A single word is a device id, and the device may belong to anybody. Only `forget` accepts that. */
function decidedPath([first, device]: Deciding["words"], action: Action): string {
  if (first !== undefined && device !== undefined) return devicePath(first, device);
  if (first !== undefined && action === "forget") return path`/v1/devices/${deviceIn(first)}`;
  const needed = action === "forget" ? "DEVICE" : "USER and DEVICE";
  throw usage(`"device ${action}" needs ${needed}, or --file`, `See: npx postern device ${action} --help`);
}
