// Which channels somebody signs in over: every other event is a device's, a change or the clock's.

import type { Channel, SignInChannel } from "../audit/event.ts";

/** All of them, in the order of docs/audit.md. */
export const SIGN_IN_CHANNELS = [
  "ntlm",
  "negotiate",
  "password-grant",
  "username-token",
  "certificate",
  "passive",
  "guest",
  "admin",
  "console",
  "portal",
] as const satisfies readonly SignInChannel[];

export const isSignInChannel = (channel: Channel | string): channel is SignInChannel =>
  SIGN_IN_CHANNELS.some((each) => each === channel);
