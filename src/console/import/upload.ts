// The one form of the console that has a file. It is read only after its sender has been recognised, and its size is
// known before.

import type { ConsoleContext } from "../site.ts";

/** Where the form goes. */
export const UPLOAD = "/users/import";
/** The largest file, bytes: some 50,000 people. */
export const MAX_UPLOAD_BYTES = 5 * 1024 * 1024;
/** What the other fields and their boundaries take, bytes. */
const ROOM_BYTES = 16 * 1024;

/** Whether this request is that form. */
export const isUpload = ({ req }: ConsoleContext): boolean =>
  req.method === "POST" && req.path === UPLOAD && /^multipart\/form-data\b/i.test(req.header("content-type") ?? "");

export type Upload = { readonly form: URLSearchParams; readonly file: File | undefined };

/** Reads the form. `too-large`: nothing was read. What is no form has no fields, and so no token. */
export async function readUpload({ req }: ConsoleContext): Promise<Upload | "too-large"> {
  const length = Number(req.header("content-length") ?? Number.NaN);
  if (!(length <= MAX_UPLOAD_BYTES + ROOM_BYTES)) return "too-large";
  const read = await req.raw.formData().catch(() => new FormData());
  const form = new URLSearchParams();
  let file: File | undefined;
  for (const [name, value] of read) {
    if (typeof value === "string") form.append(name, value);
    else if (name === "file") file = value;
  }
  return file !== undefined && file.size > MAX_UPLOAD_BYTES ? "too-large" : { form, file };
}
