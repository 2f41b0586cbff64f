// What the console says to somebody whom the identity provider's answer does not let in. Each sentence says who can
// mend it.

import type { IdentityRefusal } from "./identity-refusals.ts";

type Words = Readonly<Record<IdentityRefusal, string>>;

const notThrough =
  "This request did not come through Cloudflare Access as it must. Close the page and open the console again.";
const again = "The sign-in could not be finished. Begin it again.";
const mend =
  "Sign-in at the identity provider is not set up correctly. The log of the gateway tells your administrator what is wrong.";

const en: Words = {
  "no-ceremony":
    "This sign-in was not begun in this browser, was ended already, or took more than ten minutes. Begin it again.",
  "answer-invalid": again,
  "code-refused": again,
  "assertion-missing": notThrough,
  "assertion-too-large": notThrough,
  "assertion-invalid": notThrough,
  "assertion-out-of-time": notThrough,
  "assertion-for-another": notThrough,
  "assertion-key-unknown": notThrough,
  "subject-missing": "The identity provider did not say who you are. A service token cannot sign in here.",
  "email-missing":
    "The identity provider did not tell your email address. Ask who runs it to give the claim email to this application.",
  "email-unverified":
    "The identity provider says that your email address is not verified. Have it verified there first.",
  "no-role":
    "You are signed in, but none of your groups has a role in this console. Ask an administrator of the gateway.",
  "groups-left-out":
    "You are in so many groups that the identity provider left them out. Ask who runs it to send only the groups that are assigned to this application.",
  "not-invited": "You are signed in, but nobody has invited you to this console. Ask an administrator of the gateway.",
  "invited-unverified":
    "Your email address was invited, but the identity provider does not say that it is verified. Use your link or your passkey, or ask who runs the provider.",
  "address-of-another":
    "Another account of the identity provider has your email address here already. Ask an administrator of the gateway.",
  disabled: "An administrator has taken your access to this console away.",
  "someone-else": "You confirmed as another person than the one who is signed in. Confirm with your own account.",
  "not-fresh":
    "The identity provider did not say that you have just signed in. Confirm with a passkey, or ask who runs it to send the claim auth_time.",
  "provider-refused": "The identity provider did not let you in. You may have cancelled the sign-in there.",
  "provider-unreachable":
    "The identity provider does not answer. Try again in a few minutes, or sign in with a passkey.",
  "provider-unsupported": mend,
  "provider-misconfigured": mend,
  "access-unreachable": "The keys of Cloudflare Access cannot be had now. Try again in a few minutes.",
  waiting: "There were too many failed sign-ins from your network. Wait some minutes, and try again.",
};

const nichtDurch =
  "Diese Anfrage kam nicht so durch Cloudflare Access, wie sie muss. Schließen Sie die Seite und öffnen Sie die Konsole noch einmal.";
const nochmal = "Die Anmeldung ließ sich nicht abschließen. Beginnen Sie sie noch einmal.";
const einrichten =
  "Die Anmeldung über den Identitätsanbieter ist nicht richtig eingerichtet. Was fehlt, steht für Ihre Administratoren im Log des Gateways.";

const de: Words = {
  "no-ceremony":
    "Diese Anmeldung wurde nicht in diesem Browser begonnen, ist schon beendet oder hat länger als zehn Minuten gedauert. Beginnen Sie sie noch einmal.",
  "answer-invalid": nochmal,
  "code-refused": nochmal,
  "assertion-missing": nichtDurch,
  "assertion-too-large": nichtDurch,
  "assertion-invalid": nichtDurch,
  "assertion-out-of-time": nichtDurch,
  "assertion-for-another": nichtDurch,
  "assertion-key-unknown": nichtDurch,
  "subject-missing":
    "Der Identitätsanbieter hat nicht gesagt, wer Sie sind. Ein Service-Token kann sich hier nicht anmelden.",
  "email-missing":
    "Der Identitätsanbieter hat Ihre E-Mail-Adresse nicht genannt. Bitten Sie seine Betreiber, dieser Anwendung den Claim email zu geben.",
  "email-unverified":
    "Der Identitätsanbieter sagt, dass Ihre E-Mail-Adresse nicht bestätigt ist. Lassen Sie sie zuerst dort bestätigen.",
  "no-role":
    "Sie sind angemeldet, aber keine Ihrer Gruppen hat in dieser Konsole eine Rolle. Wenden Sie sich an die Administratoren des Gateways.",
  "groups-left-out":
    "Sie sind in so vielen Gruppen, dass der Identitätsanbieter sie weggelassen hat. Bitten Sie seine Betreiber, nur die Gruppen zu senden, die dieser Anwendung zugewiesen sind.",
  "not-invited":
    "Sie sind angemeldet, aber niemand hat Sie in diese Konsole eingeladen. Wenden Sie sich an die Administratoren des Gateways.",
  "invited-unverified":
    "Ihre E-Mail-Adresse ist eingeladen, aber der Identitätsanbieter sagt nicht, dass sie bestätigt ist. Nutzen Sie Ihren Link oder Ihren Passkey, oder fragen Sie die Betreiber des Anbieters.",
  "address-of-another":
    "Ein anderes Konto des Identitätsanbieters hat hier schon Ihre E-Mail-Adresse. Wenden Sie sich an die Administratoren des Gateways.",
  disabled: "Ihr Zugang zu dieser Konsole wurde entzogen.",
  "someone-else": "Bestätigt hat eine andere Person als die angemeldete. Bestätigen Sie mit Ihrem eigenen Konto.",
  "not-fresh":
    "Der Identitätsanbieter hat nicht gesagt, dass Sie sich gerade angemeldet haben. Bestätigen Sie mit einem Passkey, oder bitten Sie seine Betreiber, den Claim auth_time zu senden.",
  "provider-refused":
    "Der Identitätsanbieter hat Sie nicht angemeldet. Vielleicht wurde die Anmeldung dort abgebrochen.",
  "provider-unreachable":
    "Der Identitätsanbieter antwortet nicht. Versuchen Sie es in einigen Minuten noch einmal, oder melden Sie sich mit einem Passkey an.",
  "provider-unsupported": einrichten,
  "provider-misconfigured": einrichten,
  "access-unreachable":
    "Die Schlüssel von Cloudflare Access sind gerade nicht erreichbar. Versuchen Sie es in einigen Minuten noch einmal.",
  waiting:
    "Aus Ihrem Netz gab es zu viele fehlgeschlagene Anmeldungen. Warten Sie einige Minuten, und versuchen Sie es noch einmal.",
};

/** One sentence or two for each refusal, in each language. */
export const identityWords = { en, de } as const;
