// The devices of all users: lists with filters, device ids that two users name, and changes of many devices at once.

import { actorOf } from "../../store/actors.ts";
import { openDatabase } from "../../store/database.ts";
import { type DeviceCursor, type ListedDevice, pageOfDevices } from "../../store/device-list.ts";
import { type ContestCursor, pageOfContests } from "../../store/partnerships.ts";
import type { Call } from "../call.ts";
import { badCursor, cursorOf, paged, readCursor } from "../cursor.ts";
import { commandProblem, deviceAnswer, keyAnswer } from "../device-answer.ts";
import { changeDevices } from "../device-batch.ts";
import { commandGuard, commanding } from "../devices.ts";
import { type Done, done, operation } from "../operation.ts";
import type { Problem } from "../problem.ts";
import {
  contestPage,
  contestsQuery,
  devicePage,
  devicesChanged,
  devicesQuery,
  devicesToChange,
  oneDevice,
} from "../schemas/device-list.ts";
import { deviceParams } from "../schemas/devices.ts";
import { knownUser } from "../users.ts";

const SHORT_PAGES = `With several filters one page looks at 20,000 devices at most: it may have fewer items than \`limit\`, even
none, and still a \`next\`. A device that is seen again while you go through a list by \`seenAfter\` may come again.`;

export const deviceListOperations = [
  operation({
    ...{ id: "devices.list", method: "GET", path: "/v1/devices", scope: "read" },
    summary: "Lists devices of all users, or of one",
    description: SHORT_PAGES,
    query: devicesQuery,
    answer: devicePage,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { query }) => {
      const { user, seenBefore, seenAfter, after, limit, ...same } = query;
      const userId = await idOf(call, user);
      if (!userId.ok) return userId;
      const from = after === "" ? undefined : deviceCursor(after);
      if (after !== "" && from === undefined) return badCursor;
      const filter = { ...same, userId: userId.value, seenBefore: ms(seenBefore), seenAfter: ms(seenAfter) };
      const page = await pageOfDevices(openDatabase(call.env.DB), filter, { after: from, limit });
      const next = page.next && cursorOf(page.next.id, page.next.seen ?? -1);
      const cursor = (last: ListedDevice): string => cursorOf(last.id, last.lastSeenAt);
      return done(paged(page.items, page.items.map(deviceAnswer), next, cursor));
    },
  }),

  operation({
    ...{ id: "devices.contests", method: "GET", path: "/v1/devices/contests", scope: "read" },
    summary: "Lists device ids that one user names and another has, the most recent attempt first",
    query: contestsQuery,
    answer: contestPage,
    problems: ["no-such-user", "unusable-name"],
    handle: async (call, { query: { user, after, limit } }) => {
      const userId = await idOf(call, user);
      if (!userId.ok) return userId;
      const from = after === "" ? undefined : contestCursor(after);
      if (after !== "" && from === undefined) return badCursor;
      const page = await pageOfContests(openDatabase(call.env.DB), { userId: userId.value, after: from, limit });
      const items = page.items.map(({ at, userId: _, ...contest }) => ({ ...contest, at: new Date(at).toISOString() }));
      const cursor = ({ at, key, userId }: ContestCursor): string => cursorOf(at, key, userId);
      return done(paged(page.items, items, page.next && cursor(page.next), cursor));
    },
  }),

  operation({
    ...{ id: "devices.get", method: "GET", path: "/v1/users/{user}/devices/{device}", scope: "read" },
    summary: "Shows a device as its user's guard knows it",
    params: deviceParams,
    answer: oneDevice,
    problems: ["no-such-user", "unusable-name", "no-such-device", "several-such-devices"],
    handle: async (call, { params }) => {
      const user = await knownUser(call.env, params.user);
      if (!user.ok) return user;
      const command = { kind: "explain", device: params.device } as const;
      const outcome = await commandGuard(commanding(call, ""), user.value.id, command);
      if (!outcome.ok) return commandProblem(outcome.reason);
      const { partnership, keys = [] } = outcome.value;
      if (partnership === undefined) return commandProblem("no-such-device");
      const decider = await actorOf(openDatabase(call.env.DB), partnership.decidedBy);
      return done({ user: user.value.sipUri, device: deviceAnswer(partnership), decider, keys: keys.map(keyAnswer) });
    },
  }),

  operation({
    ...{ id: "devices.batch", method: "POST", path: "/v1/devices/batch", scope: "helpdesk" },
    summary: "Approves, blocks or forgets many devices, each judged by itself",
    body: devicesToChange,
    maxBodyBytes: 256 * 1024,
    answer: devicesChanged,
    problems: [],
    handle: async (call, { body }) => done({ rows: await changeDevices(call, body) }),
  }),
];

async function idOf(call: Call, user: string | undefined): Promise<Done<string | undefined> | Problem> {
  if (user === undefined) return done(undefined);
  const known = await knownUser(call.env, user);
  return known.ok ? done(known.value.id) : known;
}

function deviceCursor(text: string): DeviceCursor | undefined {
  const [id, seen] = readCursor(text, ["string", "number"]) ?? [];
  return typeof id === "string" && typeof seen === "number" ? { id, seen: seen < 0 ? undefined : seen } : undefined;
}

function contestCursor(text: string): ContestCursor | undefined {
  const [at, key, userId] = readCursor(text, ["number", "string", "string"]) ?? [];
  return typeof at === "number" && typeof key === "string" && typeof userId === "string"
    ? { at, key, userId }
    : undefined;
}

const ms = (time: string | undefined): number | undefined => (time === undefined ? undefined : Date.parse(time));
