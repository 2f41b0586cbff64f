// ASP.NET takes a GET for a form that was posted when its query has the hidden fields of a form (Page.DeterminePostBackMode),
// and then reads the other fields, a password among them, from the query. So what may not be posted to a row may not be asked
// for in this way either.

/** A parameter whose name begins with two underscores, as the hidden fields do, in any spelling that ASP.NET decodes. */
const HIDDEN_FIELD = /(?:^\?|&)(?:_|%5f|%u005f){2}/i;

/** Whether a query, `?…` as received, could make a page take the request for a posted form. */
export const isPostback = (query: string): boolean => HIDDEN_FIELD.test(query);
