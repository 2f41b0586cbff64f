import { expect, it } from "vitest";
import { isPostback } from "./postback.ts";

it.each([
  "?__VIEWSTATE=x&password=y",
  "?password=y&__EVENTTARGET=",
  "?%5F_viewstate=x",
  "?%5f%5FViewState=x",
  "?%u005f_VIEWSTATE=x",
  "?a=b&__CALLBACKID=c",
  "?__VIEWSTATE",
])("S-19: %s makes a page take a GET for a posted form", (query) => expect(isPostback(query)).toBe(true));

it.each(["", "?", "?language=de-DE", "?sl=1&lcs_se=1", "?a=__VIEWSTATE", "?_=1700000000", "?a__b=c"])(
  "%s does not",
  (query) => expect(isPostback(query)).toBe(false),
);
