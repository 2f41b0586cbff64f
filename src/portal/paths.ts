// The addresses of the portal's areas, for links between them.

/** The first page. */
export const HOME = "/";
export const DEVICES = "/devices";
/** What happened. */
export const ACTIVITY = "/activity";
/** Where a sign-in to Lync on another device is approved. */
export const APPROVE = "/approve";
export const SECURITY = "/security";
export const MY_DATA = "/my-data";
/** Where somebody with an invitation registers two factors. */
export const WELCOME = "/welcome";
/** Where somebody types or opens an invitation. */
export const JOIN = "/join";
export const SIGN_IN = "/sign-in";
