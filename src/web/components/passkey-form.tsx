// The form that a passkey fills in: `passkey.js` asks the authenticator, writes its answer into `response`, and sends
// the form. `kept` carries what the server sealed for itself meanwhile.

import type { FC, PropsWithChildren } from "hono/jsx";
import { CSRF_FIELD } from "../csrf.ts";
import { PasskeyLines, type PasskeyWords } from "./passkey-lines.tsx";

type PasskeyFormProps = PropsWithChildren<{
  readonly kind: "register" | "authenticate";
  readonly action: string;
  /** Where the script asks what the authenticator has to know. */
  readonly options: string;
  readonly words: PasskeyWords;
  /** The token of the session; undefined where nobody is signed in yet. */
  readonly csrf?: string;
  /** Further hidden fields; empty ones are for the script. */
  readonly fields?: Readonly<Record<string, string>>;
}>;

export const PasskeyForm: FC<PasskeyFormProps> = ({ kind, action, options, words, csrf, fields = {}, children }) => (
  <form method="post" action={action} data-passkey={kind} data-options={options}>
    {csrf === undefined ? null : <input type="hidden" name={CSRF_FIELD} value={csrf} />}
    {Object.entries(fields).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    <input type="hidden" name="response" />
    <PasskeyLines words={words} />
    {children}
  </form>
);
