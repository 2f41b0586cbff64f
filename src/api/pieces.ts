// Rows in pieces that fit into a part of a backup, and into a statement of D1.

/** The rows in their order, each piece with so many rows and characters of JSON at most. A longer row is alone. */
export function inPieces<T>(rows: readonly T[], mostRows: number, mostChars: number): T[][] {
  const pieces: T[][] = [];
  let chars = 0;
  for (const row of rows) {
    const size = JSON.stringify(row).length;
    const piece = pieces.at(-1);
    if (piece === undefined || piece.length >= mostRows || chars + size > mostChars) {
      pieces.push([row]);
      chars = size;
    } else {
      piece.push(row);
      chars += size;
    }
  }
  return pieces;
}
