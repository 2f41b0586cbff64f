// The floor of every Worker that asks a Durable Object before it forwards: one call to one of sixteen objects, no
// storage.

import { DurableObject } from "cloudflare:workers";

const OBJECTS = 16;
let turn = 0;

export class Answerer extends DurableObject {
  ask() {
    return { live: true };
  }
}

export default {
  async fetch(request, env) {
    turn = (turn + 1) % OBJECTS;
    await env.ANSWERER.getByName(`object ${turn}`).ask("a ticket");
    return env.ORIGIN.fetch(request);
  },
};
