// One step of a request: it goes on with a value, or the request ends here with an answer.

/** What a step comes to. */
export type Step<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly response: Response };

/** The request ends with this answer. */
export const endWith = (response: Response): Step<never> => ({ ok: false, response });
