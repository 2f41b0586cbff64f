// If the query of a GET has the hidden fields of a form, ASP.NET treats it as a posted form
// (Page.DeterminePostBackMode). It then reads the other fields from the query, also a password. So when POST is not
// allowed, such a GET is not allowed either.

/** A parameter whose name begins with two underscores, like the hidden fields, in any spelling that ASP.NET decodes. */
const HIDDEN_FIELD = /(?:^\?|&)(?:_|%5f|%u005f){2}/i;

/** Whether a query, `?…` as received, could make a page take the request for a posted form. */
export const isPostback = (query: string): boolean => HIDDEN_FIELD.test(query);
