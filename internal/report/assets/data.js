// SPDX-License-Identifier: Apache-2.0
// What the reader chose, and what the curves of runs are by it.
const state = { axis: "step", logx: false, mode: "mean", hidden: new Set(), part: -1, partsHidden: new Set() };

// sums turns differences into what they are differences of.
function sums(deltas) {
  const out = new Float64Array(deltas.length);
  let at = 0;
  for (let i = 0; i < deltas.length; i++) out[i] = at += deltas[i];
  return out;
}

for (const clock of [...page.runs, ...page.groups].map((x) => x.clock)) clock.s = sums(clock.s || []);
for (const f of page.figures) for (const t of [...f.runs, ...f.bands]) if (t) t.s = sums(t.s);
for (const r of page.couplings.runs || []) for (const q of r.traces) for (const t of q) if (t) t.s = sums(t.s);

// along turns steps into epochs or seconds, linearly between the knots of a clock.
function along(steps, clock, axis) {
  if (axis === "step") return steps;
  const from = clock.s, to = axis === "epoch" ? clock.e : clock.t, out = new Float64Array(steps.length);
  let k = 0;
  for (let i = 0; i < steps.length; i++) {
    while (k < from.length - 2 && from[k + 1] < steps[i]) k++;
    if (from.length < 2) { out[i] = steps[i]; continue; }
    const part = (steps[i] - from[k]) / (from[k + 1] - from[k]);
    out[i] = to[k] + part * (to[k + 1] - to[k]);
  }
  return out;
}

// curvesOf are what a figure shows now: {label, style, x, y, lo, hi}.
function curvesOf(figure) {
  const curves = [];
  page.groups.forEach((g, i) => {
    if (state.hidden.has(i)) return;
    const band = figure.bands[i];
    if (state.mode === "mean" && band) {
      curves.push({ label: g.label, style: style(i), x: along(band.s, g.clock, state.axis), y: band.y, lo: band.lo, hi: band.hi });
      return;
    }
    for (const r of g.runs) {
      const t = figure.runs[r];
      if (!t) continue;
      const label = g.runs.length > 1 || state.mode === "runs" ? page.runs[r].name : g.label;
      curves.push({ label, style: style(i), x: along(t.s, page.runs[r].clock, state.axis), y: t.y });
    }
  });
  return curves;
}

// partsOf are the couplings of the chosen run in one of their figures.
function partsOf(index) {
  const run = page.couplings.runs.find((r) => r.run === state.part), curves = [];
  if (!run) return curves;
  run.names.forEach((name, i) => {
    const t = run.traces[index][i];
    if (t && !state.partsHidden.has(name)) curves.push({ label: name, style: style(i), x: along(t.s, page.runs[run.run].clock, state.axis), y: t.y });
  });
  return curves;
}
