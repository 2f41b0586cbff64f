// The keys of the gateway, and their change while people sign in.

import { keysAt, resealSome } from "../keys.ts";
import { done, operation } from "../operation.ts";
import { keys, reseal, resealed } from "../schemas/keys.ts";

export const keyOperations = [
  operation({
    ...{ id: "keys.status", method: "GET", path: "/v1/keys", scope: "read" },
    summary: "Lists the keys, what is sealed under each, and whether it may be taken out",
    description: "It counts the app passwords of all users, so ask it by hand and not each minute. No key is shown.",
    answer: keys,
    problems: [],
    handle: async (call) => done(await keysAt(call, Date.now())),
  }),

  operation({
    ...{ id: "keys.reseal", method: "POST", path: "/v1/keys/reseal", scope: "admin" },
    summary: "Seals everything again with the first key of SEALING_KEYS, a hundred users a call",
    description: `Call it until \`done\` is true. It goes on where the last call ended, whoever made it. What an older key has sealed and
only its owner can make again is counted, and shown by \`GET /v1/keys\`.`,
    body: reseal,
    answer: resealed,
    problems: [],
    handle: async (call, { body }) => done(await resealSome(call, body.again === true, Date.now())),
  }),
];
