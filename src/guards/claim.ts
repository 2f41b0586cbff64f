// An id that another user's guard may have to give up.

/** A claim that may give way: whose it is, as D1 knows it, and which id is wanted. */
export type Wanted = { readonly key: string; readonly userId: string; readonly id: string };
