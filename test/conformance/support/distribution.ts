// Measures whether times tell one class of answers from another. It computes the probability that a random sample of
// one class is later than one of the other (the area under the ROC curve: Mann–Whitney's U divided by both sizes). A
// half means that nobody can tell. It only uses ranks, so the long tail of a noisy machine weighs no more than any
// other sample.

/**
 * The probability that a sample of `later` is greater than one of `earlier`; equal samples count half. 0.5: nobody can
 * tell the two apart. 0 or 1: every sample tells.
 */
export function auc(earlier: readonly number[], later: readonly number[]): number {
  const all = [
    ...earlier.map((value) => ({ value, later: false })),
    ...later.map((value) => ({ value, later: true })),
  ].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]?.value === all[from]?.value) to++;
    const rank = (from + to + 1) / 2; // the mean of the ranks from + 1 to `to`
    rankSum += rank * all.slice(from, to).filter((each) => each.later).length;
    from = to;
  }
  const u = rankSum - (later.length * (later.length + 1)) / 2;
  return u / (earlier.length * later.length);
}

/** Two classes, and how far their AUC is from a half. */
export type Separation = { readonly pair: string; readonly distance: number };

/** Every pair of classes, the best separated first. */
export function separations(samples: Readonly<Record<string, readonly number[]>>): Separation[] {
  const classes = Object.entries(samples);
  return classes
    .flatMap(([one, a], at) =>
      classes.slice(at + 1).map(([other, b]) => ({ pair: `${one} / ${other}`, distance: Math.abs(auc(a, b) - 0.5) })),
    )
    .sort((a, b) => b.distance - a.distance);
}

/**
 * How far from a half chance alone takes two classes of `size` samples, once in 30,000 pairs: four standard deviations
 * of the statistic, which for two equal sizes is √((2n + 1) / 12n²).
 */
export const chance = (size: number): number => 4 * Math.sqrt((2 * size + 1) / (12 * size * size));
