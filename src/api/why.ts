/** How many characters the reason for a change may have. */
export const MAX_WHY_CHARS = 200;
