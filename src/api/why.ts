/** How long the reason that an administrator gives for a change may be, in characters. */
export const MAX_WHY_CHARS = 200;
