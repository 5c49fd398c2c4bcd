// SPDX-License-Identifier: Apache-2.0

// Figures whose curves stand in the page as they are: those of analyses, and of studies. Each has a legend of its own.
const linesHidden = new Map((page.lines || []).map((l) => [l.id, new Set()])); // figure -> labels left out

function linesOf(figure) {
  const hidden = linesHidden.get(figure.id);
  return figure.curves.filter((c) => !hidden.has(c.label)).map((c) => ({ ...c, style: style(c.style) }));
}

function makeLines() {
  for (const l of page.lines || []) addChart(l.id, { title: l.title, y: l.y, logy: l.log, fixed: true, ticks: l.ticks, xLabel: () => l.x, logx: () => l.logx, source: () => linesOf(l) });
}

// drawKeys fills the legends. Curves of one label, the runs of a group, go together.
function drawKeys() {
  for (const l of page.lines || []) {
    const labels = [...new Set(l.curves.map((c) => c.label))], hidden = linesHidden.get(l.id);
    legend(document.getElementById("key-" + l.id), labels, (i) => !hidden.has(labels[i]),
      (i) => { flip(hidden, labels[i]); chartOf(l.id)?.draw(); }, (i) => l.curves.find((c) => c.label === labels[i]).style);
  }
}

// chartOf is the chart of a figure that is drawn already.
function chartOf(id) { return charts.find((c) => c.element.id === "chart-" + id); }
