// The sync as a part of the agent.

import type { Part } from "../parts.ts";

export const syncPart: Part = {
  name: "sync",
  wanted: () => true,
  start: () => ({ stop: async () => undefined, ready: () => true }),
  check: async () => [],
};
