/** The reason of a line that is no longer what was shown. */
export const MEANWHILE = "meanwhile";
