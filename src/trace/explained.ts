// How a reason is explained.

/** Reasons with two texts for an administrator: what it means, and what to do. */
export type Explained = Readonly<Record<string, readonly [means: string, remedy: string]>>;
