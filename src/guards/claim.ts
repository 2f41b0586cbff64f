// An id that another user's guard may have to give up.

/** A claim to an id whose owner may have to give it up: who owns it according to D1, and which id is wanted. */
export type Wanted = { readonly key: string; readonly userId: string; readonly id: string };
