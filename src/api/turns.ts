// Asks many guards, a few at a time.

export { inTurns } from "../guards/turns.ts";
