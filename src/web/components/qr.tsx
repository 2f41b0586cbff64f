// A text as a QR code, for a phone to scan.

import type { FC } from "hono/jsx";
import { renderSVG } from "uqr";

/** The quiet zone around a code, modules (ISO/IEC 18004). */
const BORDER = 4;

/** An image in the page itself, so that no address has the text. It is black on white in a dark page, too. */
export const QrCode: FC<{ readonly text: string; readonly alt: string }> = ({ text, alt }) => (
  <img
    class="qr"
    alt={alt}
    width="264"
    height="264"
    src={`data:image/svg+xml;base64,${btoa(renderSVG(text, { border: BORDER }))}`}
  />
);
