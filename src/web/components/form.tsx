// Forms: their fields, their buttons, and what was wrong with what somebody typed.

import type { Child, FC, PropsWithChildren } from "hono/jsx";
import { CSRF_FIELD } from "../csrf.ts";

/** What every form needs of the page it is on. */
export type FormContext = { readonly csrf: string };

type FormProps = PropsWithChildren<{
  readonly view: FormContext;
  readonly action: string;
  readonly class?: string;
  readonly id?: string;
  /** Of a form with a file. */
  readonly enctype?: "multipart/form-data";
  /** What htmx does with it. */
  readonly [htmx: `hx-${string}`]: string;
}>;

/** A form that changes something. */
export const Form: FC<FormProps> = ({ view, action, children, ...rest }) => (
  <form method="post" action={action} {...rest}>
    <input type="hidden" name={CSRF_FIELD} value={view.csrf} />
    {children}
  </form>
);

/**
 * A form whose answer shows a secret once: sent again by a reload or a second click, it makes nothing new. Its handler
 * gives `once` to the API as the idempotency key.
 */
export const Once: FC = () => <input type="hidden" name="once" value={crypto.randomUUID()} />;

type FieldProps = {
  readonly label: Child;
  readonly name: string;
  readonly value?: string | number | undefined;
  /** Under the field. */
  readonly hint?: Child;
  /** What is wrong with the value. */
  readonly error?: string | undefined;
  readonly type?: string;
  readonly required?: boolean;
  /** Takes the room that other fields of its row leave. */
  readonly search?: boolean;
  readonly [attribute: string]: unknown;
};

let fields = 0;

/**
 * Ids tie a label and a hint to their field. Two fields of one page may have one name, so the id needs a number too.
 */
function newId(name: string): string {
  fields = (fields + 1) % 1_000_000;
  return `${name}-${fields}`;
}

/** One line of text. */
export const Field: FC<FieldProps> = ({ label, name, hint, error, value, search, ...rest }) => {
  const id = newId(name);
  return (
    <div class={search ? "field search" : "field"}>
      <label for={id}>{label}</label>
      <input id={id} name={name} value={value} {...describedBy(id, hint, error)} {...rest} />
      <Hints id={id} hint={hint} error={error} />
    </div>
  );
};

/** Several lines of text. */
export const TextField: FC<FieldProps> = ({ label, name, hint, error, value, ...rest }) => {
  const id = newId(name);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <textarea id={id} name={name} {...describedBy(id, hint, error)} {...rest}>
        {value}
      </textarea>
      <Hints id={id} hint={hint} error={error} />
    </div>
  );
};

type SelectProps = FieldProps & {
  /** Value → what people read. */
  readonly options: readonly (readonly [value: string, said: Child])[];
};

/** One of a few. */
export const Select: FC<SelectProps> = ({ label, name, hint, error, value, options, ...rest }) => {
  const id = newId(name);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} name={name} {...describedBy(id, hint, error)} {...rest}>
        {options.map(([each, said]) => (
          <option value={each} selected={each === value}>
            {said}
          </option>
        ))}
      </select>
      <Hints id={id} hint={hint} error={error} />
    </div>
  );
};

/** A box to tick. */
export const Tick: FC<FieldProps & { readonly checked?: boolean }> = ({
  label,
  name,
  value = "yes",
  hint,
  error,
  ...rest
}) => {
  const id = newId(name);
  return (
    <div class="field">
      <label for={id}>
        <input type="checkbox" id={id} name={name} value={value} {...describedBy(id, hint, error)} {...rest} /> {label}
      </label>
      <Hints id={id} hint={hint} error={error} />
    </div>
  );
};

/** Buttons of a form, side by side. */
export const Actions: FC<PropsWithChildren> = ({ children }) => <div class="actions">{children}</div>;

/** What a form may say about a field: the words of the API, by the field's path. */
export const errorsOf = (
  problem: { readonly errors?: readonly { readonly path: string; readonly message: string }[] } | undefined,
): Readonly<Record<string, string>> =>
  Object.fromEntries((problem?.errors ?? []).map(({ path, message }) => [path, message]));

function describedBy(id: string, hint: Child, error: string | undefined) {
  if (error !== undefined) return { "aria-invalid": "true", "aria-describedby": `${id}-said` };
  return hint === undefined ? {} : { "aria-describedby": `${id}-said` };
}

const Hints: FC<{ id: string; hint: Child; error: string | undefined }> = ({ id, hint, error }) =>
  error !== undefined ? (
    <small id={`${id}-said`} class="error">
      {error}
    </small>
  ) : hint === undefined ? null : (
    <small id={`${id}-said`}>{hint}</small>
  );
