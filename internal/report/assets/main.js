// SPDX-License-Identifier: Apache-2.0

const axisLabels = { step: "step", epoch: "epoch", time: "time of the steps, s" };

// makeCharts prepares every figure; it is drawn when a reader comes near.
function makeCharts() {
  const byState = { xLabel: () => axisLabels[state.axis], logx: () => state.logx };
  const add = (id, options) => {
    const element = document.getElementById("chart-" + id);
    if (element) waiting.set(element, new Chart(element, options));
  };
  for (const f of page.figures) add(f.id, { title: f.title, y: f.y, logy: f.log, source: () => curvesOf(f), ...byState });
  (page.couplings.figures || []).forEach((f, i) => add(f.id, { title: f.title, y: f.y, logy: f.log, source: () => partsOf(i), ...byState }));
  for (const l of page.lines || []) {
    add(l.id, { title: l.title, y: l.y, logy: l.log, fixed: true, xLabel: () => l.x, logx: () => l.logx, source: () => l.curves.map((c, i) => ({ label: c.label, style: style(i), x: c.x, y: c.y })) });
  }
}

function drawWhenNear() {
  const near = new IntersectionObserver((entries) => {
    for (const e of entries) {
      if (!e.isIntersecting || !waiting.has(e.target)) continue;
      const chart = waiting.get(e.target);
      waiting.delete(e.target);
      near.unobserve(e.target);
      charts.push(chart);
      chart.draw();
    }
  }, { rootMargin: "300px" });
  for (const element of waiting.keys()) near.observe(element);
  new ResizeObserver(() => { for (const c of charts) c.resize(); }).observe(document.getElementById("main"));
}

recall();
bindControls();
makeCharts();
bindTheme();
bindTables();
drawWhenNear();
bindReload();
