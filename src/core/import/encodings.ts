/** What a file may be in when it is neither UTF-8 nor UTF-16. It cannot be told from its bytes, so somebody says it. */
export const OTHER_ENCODINGS = ["windows-1252"] as const;
export type OtherEncoding = (typeof OTHER_ENCODINGS)[number];
