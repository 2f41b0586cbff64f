// What a Front-End's relying party says of a token that it refuses. It is built on WIF, whose messages have numbers; they
// reach a browser only where the pool's web.config shows errors, and its event log in any case. Source: the messages of
// System.IdentityModel.

/** What a number of WIF means, and what to do. */
export type WifWords = { readonly said: string; readonly fix: string };

const READ_AGAIN =
  "Have the pool read the metadata again: Set-CsWebServiceConfiguration with the same -WsFedPassiveMetadataUri, then recycle LyncExtSignin and LyncIntSignin on each Front-End.";

const WORDS: Readonly<Record<string, WifWords>> = {
  ID1038: {
    said: "the token is for another relying party",
    fix: "Put the pool's wtrealm into STS_REALMS letter by letter.",
  },
  ID1062: { said: "the token was used before", fix: "The pool detects replays. Nothing is wrong with the token." },
  ID4022: { said: "the key of the token cannot be found", fix: READ_AGAIN },
  ID4037: { said: "the signing certificate is not in the token", fix: "Something changed the token on its way." },
  ID4175: { said: "the pool does not know the certificate that signed", fix: READ_AGAIN },
  ID4220: { said: "the token is not signed", fix: "Something changed the token on its way." },
  ID4222: { said: "the token is good only later, by the pool's clock", fix: "Set the clock of the Front-End: w32tm." },
  ID4223: { said: "the token has ended, by the pool's clock", fix: "Set the clock of the Front-End: w32tm." },
  ID4257: {
    said: "Windows does not trust the certificate itself",
    fix: "Import the certificate into LocalMachine\\TrustedPeople of each Front-End.",
  },
};

/** The number in a page. Undefined: it shows none. */
export const wifNumber = (page: string): string | undefined => /\bID\d{4}\b/.exec(page)?.[0];

/** What a number means. */
export const wifWords = (number: string): WifWords =>
  WORDS[number] ?? { said: `it says ${number}`, fix: "See the event log of the Front-End for its message." };

/** Where the pool shows no number. */
export const UNNUMBERED: WifWords = {
  said: "it does not say why",
  fix: `${READ_AGAIN} If that changes nothing, see the event log of the Front-End: ID4257 there means to import the certificate into LocalMachine\\TrustedPeople.`,
};
