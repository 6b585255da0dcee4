// Scores of windows in, what to tell a person out: pooling, calibration, which tags to show.

const SMALLEST = 1e-7; // scores are kept this far from 0 and 1, where log-odds end
const DIGITS = 1e4;

// Weighted power mean over windows, as earmark/tagging/pooling.py.
export function powerMean(rows, weights, exponent) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(rows[0], (_, tag) => {
    let sum = 0;
    rows.forEach((row, i) => { sum += (weights[i] / total) * row[tag] ** exponent; });
    return sum ** (1 / exponent);
  });
}

// Platt scaling, as earmark/tagging/calibration.py.
export function calibrated(scores, tags) {
  return Float32Array.from(scores, (score, i) => {
    const kept = Math.min(1 - SMALLEST, Math.max(SMALLEST, score));
    const odds = Math.log(kept) - Math.log1p(-kept);
    return 1 / (1 + Math.exp(-(tags[i].slope * odds + tags[i].offset)));
  });
}

// Places of the tags to show, best first, as earmark/tagging/display.py.
export function displayed(scores, { tags, opposites }) {
  const best = new Map();
  const margins = new Map();
  tags.forEach(({ group, threshold }, i) => {
    const limit = Math.fround(threshold);
    if (!(scores[i] >= limit)) return;
    if (!best.has(group) || scores[i] > scores[best.get(group)]) best.set(group, i);
    margins.set(group, Math.max(margins.get(group) || 0, scores[i] / Math.max(limit, 1e-6)));
  });
  const against = (a, b) => opposites.some(([one, two]) =>
    (one === a && two === b) || (one === b && two === a));
  const kept = [];
  for (const group of [...best.keys()].sort((a, b) => margins.get(b) - margins.get(a))) {
    if (!kept.some((other) => against(group, other))) kept.push(group);
  }
  return kept.map((group) => best.get(group)).sort((a, b) => scores[b] - scores[a]);
}

// {name: score}, as in the records of the command.
export function shown(scores, card) {
  return Object.fromEntries(displayed(scores, card).map((i) =>
    [card.tags[i].name, Math.round(scores[i] * DIGITS) / DIGITS]));
}
