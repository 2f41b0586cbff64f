// In which language somebody reads the portal. Who is signed in gets mail in it, too.

import { openDatabase } from "../store/database.ts";
import { keepOwnLanguage } from "../store/own-language.ts";
import { chooseLanguage } from "../web/choose-language.ts";
import { localPath } from "../web/local-path.ts";
import { isLocale } from "../web/locale.ts";
import { sessionOf } from "./session.ts";
import type { PortalContext } from "./site.ts";

/** Answers the form at the foot of every page. */
export async function chooseOwnLanguage(c: PortalContext): Promise<Response> {
  const language = c.var.form.get("language") ?? "";
  const presented = isLocale(language) ? await sessionOf(c) : undefined;
  if (presented !== undefined) await keepOwnLanguage(openDatabase(c.env.env.DB), presented.user.id, language);
  return chooseLanguage(c, localPath(c.var.form.get("back")));
}
