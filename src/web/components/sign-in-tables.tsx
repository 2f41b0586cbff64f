// What somebody signs in with, and where somebody is signed in: the two tables that every host of pages shows its
// people. Their words come from the page.

import { browserName } from "../../core/text/browser-name.ts";
import { Form, type FormContext } from "./form.tsx";
import { Badge, type Reader, Time } from "./parts.tsx";
import { type Column, Table } from "./table.tsx";

/** A passkey as its owner sees it. Times in ms. */
type OwnPasskey = {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
};
/** A session as its owner sees it. Times in ms. */
type OwnSession = {
  readonly id: string;
  readonly userAgent: string;
  readonly createdAt: number;
  readonly seenAt: number;
};

type PasskeyTableProps<Passkey> = {
  readonly view: FormContext & Reader;
  readonly passkeys: readonly Passkey[];
  /** Above `…/rename` and `…/remove`. */
  readonly path: string;
  /** What kind of passkey it is. */
  readonly kind: (passkey: Passkey) => string;
  readonly words: Readonly<
    Record<
      "passkeys" | "noPasskeys" | "name" | "kind" | "made" | "used" | "never" | "change" | "rename" | "remove",
      string
    >
  >;
};

/** The passkeys of one person, each with what its owner can do. */
export const PasskeyTable = <Passkey extends OwnPasskey>({
  view,
  passkeys,
  path,
  kind,
  words: t,
}: PasskeyTableProps<Passkey>) => (
  <Table
    caption={t.passkeys}
    rows={passkeys}
    empty={t.noPasskeys}
    columns={[
      { head: t.name, main: true, cell: (each) => each.name },
      { head: t.kind, cell: kind },
      { head: t.made, cell: (each) => <Time reader={view} at={iso(each.createdAt)} /> },
      {
        head: t.used,
        cell: ({ lastUsedAt }) => (
          <Time reader={view} at={lastUsedAt === null ? null : iso(lastUsedAt)} never={t.never} />
        ),
      },
      {
        head: "",
        cell: (each) => (
          <details>
            <summary>
              {t.change} <span class="unseen">{each.name}</span>
            </summary>
            <Form view={view} action={`${path}/rename`}>
              <input type="hidden" name="id" value={each.id} />
              <input name="name" value={each.name} maxlength={100} required aria-label={t.name} />
              <button class="small secondary">{t.rename}</button>
            </Form>
            <Form view={view} action={`${path}/remove`}>
              <input type="hidden" name="id" value={each.id} />
              <button class="small danger">{t.remove}</button>
            </Form>
          </details>
        ),
      },
    ]}
  />
);

type SessionTableProps<Session> = {
  readonly view: FormContext & Reader & { readonly session: { readonly id: string } };
  readonly sessions: readonly Session[];
  /** Above `…/end` and `…/end-others`. */
  readonly path: string;
  /** Between the browser and the times. */
  readonly columns: readonly Column<Session>[];
  /** How the button looks that ends all others. */
  readonly endOthers: "secondary" | "danger";
  readonly words: Readonly<
    Record<"sessions" | "browser" | "unknownBrowser" | "here" | "began" | "seen" | "end" | "endOthers", string>
  >;
};

/** Where one person is signed in, with what ends the other sessions. */
export const SessionTable = <Session extends OwnSession>({
  view,
  sessions,
  path,
  columns,
  endOthers,
  words: t,
}: SessionTableProps<Session>) => {
  const isHere = ({ id }: Session): boolean => id === view.session.id;
  return (
    <>
      <Table
        caption={t.sessions}
        rows={sessions}
        empty=""
        columns={[
          {
            head: t.browser,
            main: true,
            cell: (each) => (
              <>
                {browserName(each.userAgent) || t.unknownBrowser}{" "}
                {isHere(each) ? <Badge tone="good">{t.here}</Badge> : null}
              </>
            ),
          },
          ...columns,
          { head: t.began, cell: (each) => <Time reader={view} at={iso(each.createdAt)} /> },
          { head: t.seen, cell: (each) => <Time reader={view} at={iso(each.seenAt)} /> },
          {
            head: "",
            cell: (each) =>
              isHere(each) ? null : (
                <Form view={view} action={`${path}/end`}>
                  <input type="hidden" name="id" value={each.id} />
                  <button class="small secondary">{t.end}</button>
                </Form>
              ),
          },
        ]}
      />
      {sessions.length < 2 ? null : (
        <Form view={view} action={`${path}/end-others`}>
          <button class={endOthers}>{t.endOthers}</button>
        </Form>
      )}
    </>
  );
};

const iso = (ms: number): string => new Date(ms).toISOString();
