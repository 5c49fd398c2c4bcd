// SPDX-License-Identifier: Apache-2.0

const axisLabels = { step: "step", epoch: "epoch", time: "time of the steps, s" };

// makeCharts prepares every figure; it is drawn when a reader comes near.
function makeCharts() {
  const byState = { xLabel: () => axisLabels[state.axis], logx: () => state.logx };
  for (const f of page.figures) addChart(f.id, { title: f.title, y: f.y, logy: f.log, source: () => curvesOf(f), ...byState });
  (page.couplings.figures || []).forEach((f, i) => addChart(f.id, { title: f.title, y: f.y, logy: f.log, source: () => partsOf(i), ...byState }));
}

recall();
bindControls();
makeCharts();
makeLines();
bindTheme(() => { drawGroups(); drawParts(); drawKeys(); redraw(true); });
bindTables();
drawWhenNear();
bindReload();
