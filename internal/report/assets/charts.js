// SPDX-License-Identifier: Apache-2.0

const charts = []; // those that a reader came near, drawn; the rest wait
const waiting = new Map(); // element -> Chart
let due = false;

// redraw draws all charts that are near, once for many changes.
function redraw(keepZoom) {
  for (const c of [...charts, ...waiting.values()]) if (!keepZoom && !c.fixed) c.zoom = null;
  if (due) return;
  due = true;
  requestAnimationFrame(() => { due = false; for (const c of charts) c.draw(); });
}

// addChart prepares the figure of an identity; it is drawn when a reader comes near.
function addChart(id, options) {
  const element = document.getElementById("chart-" + id);
  if (element) waiting.set(element, new Chart(element, options));
}

// drawAll draws what waits too: paper has no reader that comes near.
function drawAll() {
  for (const chart of waiting.values()) { charts.push(chart); chart.draw(); }
  waiting.clear();
}

function drawWhenNear() {
  addEventListener("beforeprint", drawAll);
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
