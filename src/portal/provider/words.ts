// What the portal says to somebody whom it does not let in from the identity provider. Each sentence says who can mend
// it.

import type { Locale } from "../../web/locale.ts";
import type { ProviderRefusal } from "./refusals.ts";

type Words = {
  readonly title: string;
  readonly back: string;
  readonly why: Readonly<Record<ProviderRefusal, string>>;
};

const again = "The sign-in could not be finished. Begin it again.";
const mend = "Signing in with your organisation's account is not set up correctly. Tell your help desk.";
const en: Words = {
  title: "You are not signed in",
  back: "Back to the sign-in",
  why: {
    "no-ceremony":
      "This sign-in was not begun in this browser, was ended already, or took more than ten minutes. Begin it again.",
    "answer-invalid": again,
    "code-refused": again,
    "subject-missing": mend,
    "someone-else": "You confirmed as another person than the one who is signed in. Confirm with your own account.",
    "not-fresh": "Your organisation's sign-in did not ask you again who you are. Confirm in another way.",
    "provider-refused": "Your organisation's sign-in did not let you in. You may have cancelled it there.",
    "provider-unreachable": "Your organisation's sign-in does not answer. Try again in a few minutes.",
    "provider-unsupported": mend,
    "provider-misconfigured": mend,
    waiting: "There were too many failed sign-ins from your network. Wait some minutes, and try again.",
    "one-factor":
      "Your organisation's sign-in asked you for a password only. This page needs a second factor as well. Ask your help desk.",
    "claim-missing": mend,
    "claim-unverified": "Your mail address is not verified at your organisation's sign-in. Ask your help desk.",
    "not-known":
      "Your organisation's account is not connected with anybody here. Ask your help desk whether you may use Lync from outside.",
    "name-of-another":
      "Another account of your organisation was used here under your name before. Your help desk can mend this.",
    disabled: "You may not use Lync from outside at the moment. Ask your help desk.",
  },
};

const nochmal = "Die Anmeldung ließ sich nicht abschließen. Beginnen Sie sie noch einmal.";
const einrichten =
  "Die Anmeldung mit dem Konto Ihrer Organisation ist nicht richtig eingerichtet. Sagen Sie Ihrem Helpdesk Bescheid.";

const de: Words = {
  title: "Sie sind nicht angemeldet",
  back: "Zurück zur Anmeldung",
  why: {
    "no-ceremony":
      "Diese Anmeldung wurde nicht in diesem Browser begonnen, ist schon beendet oder hat länger als zehn Minuten gedauert. Beginnen Sie sie noch einmal.",
    "answer-invalid": nochmal,
    "code-refused": nochmal,
    "subject-missing": einrichten,
    "someone-else":
      "Bestätigt hat eine andere Person als die, die angemeldet ist. Bestätigen Sie mit Ihrem eigenen Konto.",
    "not-fresh":
      "Die Anmeldung Ihrer Organisation hat Sie nicht noch einmal gefragt, wer Sie sind. Bestätigen Sie auf einem anderen Weg.",
    "provider-refused":
      "Die Anmeldung Ihrer Organisation hat Sie nicht hereingelassen. Vielleicht haben Sie dort abgebrochen.",
    "provider-unreachable":
      "Die Anmeldung Ihrer Organisation antwortet nicht. Versuchen Sie es in einigen Minuten noch einmal.",
    "provider-unsupported": einrichten,
    "provider-misconfigured": einrichten,
    waiting:
      "Aus Ihrem Netz gab es zu viele fehlgeschlagene Anmeldungen. Warten Sie einige Minuten, und versuchen Sie es dann noch einmal.",
    "one-factor":
      "Die Anmeldung Ihrer Organisation hat Sie nur nach einem Kennwort gefragt. Diese Seite verlangt dazu einen zweiten Faktor. Fragen Sie Ihren Helpdesk.",
    "claim-missing": einrichten,
    "claim-unverified":
      "Ihre Mailadresse ist bei der Anmeldung Ihrer Organisation nicht bestätigt. Fragen Sie Ihren Helpdesk.",
    "not-known":
      "Das Konto Ihrer Organisation gehört hier zu niemandem. Fragen Sie Ihren Helpdesk, ob Sie Lync von außen benutzen dürfen.",
    "name-of-another":
      "Unter Ihrem Namen war hier schon ein anderes Konto Ihrer Organisation angemeldet. Ihr Helpdesk kann das ändern.",
    disabled: "Sie dürfen Lync zurzeit nicht von außen benutzen. Fragen Sie Ihren Helpdesk.",
  },
};

/** By language. */
export const providerWords: Readonly<Record<Locale, Words>> = { en, de };
