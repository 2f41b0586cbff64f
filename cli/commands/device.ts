// `postern device list`, `show` and `contests`: which devices there are, and everything that is known about one.

import { command, LIST, moment, oneOf, text } from "../define.ts";
import { CliFault } from "../fault.ts";
import { devicePath, userIn } from "../names.ts";
import type * as A from "../reach/answers.ts";
import { type Columns, listed } from "../text/answer.ts";
import { DEVICE_COLUMNS, deviceText, keysText, MORE_DEVICE_COLUMNS } from "../text/device.ts";

const STATES = ["allowed", "quarantined", "pending", "blocked", "expired"] as const;

export const list = command({
  help: `A change that no administrator made appears here some seconds later. The list shows only the state of a device;
"device show" says whether the rules of the policy serve it.`,
  words: ["[USER]"],
  options: {
    state: oneOf(STATES, "only these"),
    type: text("type", "such as mobile, desktop or browser"),
    product: text("name", "the product, such as AndroidLync"),
    productVersion: text("version", "the version of the product, or its beginning"),
    seenSince: moment("seen since then: 30d ago, or 2026-11-23"),
    notSeenSince: moment("not seen since then"),
    query: text("text", "that contain this: model, machine, user agent, id"),
    ...LIST,
  },
  examples: [
    "device list alice@contoso.test",
    "device list --state quarantined",
    "device list --not-seen-since 180d --all --csv > unused.csv",
  ],
  async run({ words: [given], options, api, progress }) {
    const { state, type, product, productVersion: version, query: q, seenSince, notSeenSince } = options;
    const user = given === undefined ? undefined : userIn(given);
    const query = { user, state, type, product, version, q, seenAfter: seenSince, seenBefore: notSeenSince };
    const devices = await api().pages<A.ListedDevice>("/v1/devices", query, options, (rows) =>
      progress?.(`${rows} devices`),
    );
    progress?.("");
    const owner: Columns<A.ListedDevice> = { USER: (device) => device.user };
    const columns = given === undefined || options.csv === true ? { ...owner, ...DEVICE_COLUMNS } : DEVICE_COLUMNS;
    const contests = await api().pages<A.ContestAnswer>("/v1/devices/contests", { user }, { limit: 1 });
    const below =
      contests.items.length === 0
        ? ""
        : 'A device named an id that another user has: see "npx postern device contests".';
    return listed(devices, columns, { empty: "No such devices.", also: MORE_DEVICE_COLUMNS, below });
  },
});

export const contests = command({
  help: "These are refused, device-of-another-user.",
  words: ["[USER]"],
  options: LIST,
  examples: ["device contests"],
  async run({ words: [user], options, api }) {
    const query = { user: user === undefined ? undefined : userIn(user) };
    const contests = await api().pages<A.ContestAnswer>("/v1/devices/contests", query, options);
    const columns: Columns<A.ContestAnswer> = {
      USER: (one) => one.user,
      "DEVICE ID": ({ key }) => key,
      "WHO HAS IT": ({ device, holder }) => `${device} of ${holder}`,
      "LAST TRIED": ({ at }) => at,
    };
    const below = "Where such a device is the user's own: npx postern device forget DEVICE_ID";
    return listed(contests, columns, { empty: "None.", below: contests.items.length === 0 ? "" : below });
  },
});

export const show = command({
  words: ["USER", "DEVICE"],
  examples: ["device show alice@contoso.test phone-1"],
  async run({ words, api }) {
    const { user, device, decider, holder, keys, judgement } = await api().get<A.WhyAnswer>(
      `${devicePath(...words)}/why`,
    );
    if (holder !== null) {
      throw new CliFault(
        "notFound",
        `the device is ${device.id} of ${holder}`,
        `See: npx postern device show ${holder} ${device.id}`,
      );
    }
    const text = deviceText(user, device, decider, judgement) + keysText(keys);
    return { text, json: { user, device, decider, keys, judgement } };
  },
});
