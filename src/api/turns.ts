// What the operations use to ask many guards.

export { inTurns } from "../guards/turns.ts";
