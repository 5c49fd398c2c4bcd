// SPDX-License-Identifier: Apache-2.0

// number is a value for people, like the figures in the tables.
function number(v) {
  if (v === null || v === undefined || !isFinite(v)) return "-";
  const a = Math.abs(v);
  return a !== 0 && (a < 1e-3 || a >= 1e6) ? v.toExponential(2) : String(Number(v.toPrecision(4)));
}

// Chart is a figure: its curves, what part of them is in sight, and its buttons.
class Chart {
  // source() gives the curves; xLabel() and logx() the horizontal axis.
  constructor(element, options) {
    Object.assign(this, options);
    this.element = element;
    this.figure = element.closest("figure");
    this.readout = this.figure.querySelector(".readout");
    this.plot = null;
    this.zoom = null; // [min, max], null for everything
    const log = this.figure.querySelector("[data-tool=log]");
    log.checked = this.logy;
    log.addEventListener("change", () => { this.logy = log.checked; this.draw(); });
    for (const button of this.figure.querySelectorAll("button[data-tool]")) button.addEventListener("click", () => this.tool(button.dataset.tool));
    this.figure.querySelector(".tools").setAttribute("aria-label", "Figure: " + this.title);
    element.setAttribute("aria-label", this.title + ". " + (this.figure.querySelector(".text")?.textContent || ""));
  }

  // extent is the least and greatest x of what can be drawn.
  extent() {
    let min = Infinity, max = -Infinity;
    for (const c of this.curves) {
      const first = this.logx() ? c.x.findIndex((v) => v > 0) : 0; // x ascends
      if (first < 0 || c.x.length === 0) continue;
      min = Math.min(min, c.x[first]);
      max = Math.max(max, c.x[c.x.length - 1]);
    }
    if (min > max) return this.logx() ? [0.1, 1] : [0, 1];
    if (min === max) return this.logx() ? [min / 2, max * 2] : [min - 0.5, max + 0.5];
    return this.curves.some((c) => c.bars) ? this.apart(min, max) : [min, max];
  }

  // apart keeps bars off the ends of the axis.
  apart(min, max) {
    if (!this.logx()) return [min - 0.08 * (max - min), max + 0.08 * (max - min)];
    const part = (max / min) ** 0.08;
    return [min / part, max * part];
  }

  range() { return this.zoom || this.extent(); }

  // draw makes the chart anew: curves, axes or colours are others.
  draw() {
    this.plot?.destroy();
    this.curves = this.source();
    const [min, max] = this.range();
    this.plot = new uPlot(this.options(), this.data(min, max), this.element);
    this.scaleX(min, max);
    this.figure.dataset.curves = this.curves.length;
    this.mark();
  }

  data(min, max) {
    const data = align(this.curves, min, max, this.logx());
    if (!this.logy) return data;
    // A logarithmic axis knows no zero: the lower edge of a band is at least a tenth of the mean.
    let k = 1;
    for (const c of this.curves) {
      if (c.lo) data[k + 1] = data[k + 1].map((v, i) => (v === null ? null : Math.max(v, data[k][i] / 10)));
      k += c.lo ? 3 : 1;
    }
    return data.map((column, i) => (i === 0 ? column : column.map((v) => (v > 0 ? v : null))));
  }

  scaleX(min, max) {
    this.plot.batch(() => {
      this.plot.setData(this.data(min, max), false);
      this.plot.setScale("x", { min, max });
    });
  }

  // show puts a part of the x axis in sight, everything for null.
  show(zoom) {
    this.zoom = zoom;
    this.scaleX(...this.range());
    this.mark();
  }

  mark() {
    this.figure.dataset.zoomed = this.zoom ? "true" : "false";
    const y = this.plot.scales.y;
    this.figure.dataset.drawn = this.plot.data.slice(1).some((c) => c.some((v) => v !== null)) ? "true" : "false";
    this.figure.dataset.range = [...this.range(), y.min, y.max].map(number).join(" ");
  }

  tool(name) {
    if (name === "reset") return this.show(null);
    const log = this.logx(), to = log ? Math.log : (v) => v, back = log ? Math.exp : (v) => v;
    const [min, max] = this.range().map(to), width = max - min, middle = (min + max) / 2;
    const [least, greatest] = this.extent().map(to);
    const half = { in: width / 4, out: width, left: width / 2, right: width / 2 }[name];
    const shift = { left: -width / 4, right: width / 4 }[name] || 0;
    let a = middle + shift - half, b = middle + shift + half;
    if (a < least) { b = Math.min(greatest, b + least - a); a = least; }
    if (b > greatest) { a = Math.max(least, a - (b - greatest)); b = greatest; }
    this.show(a === least && b === greatest ? null : [back(a), back(b)]);
  }

  options() {
    const series = [{}], bands = [];
    for (const c of this.curves) {
      const few = !c.thin && c.x.length <= 40;
      const line = { label: c.label, stroke: c.style.colour, dash: c.style.dash, width: c.thin ? 1 : 2, spanGaps: true, points: { show: few, size: few ? 6 : 0, fill: c.style.colour } };
      series.push(line);
      if (!c.lo) continue;
      const edge = { stroke: "transparent", width: 0, spanGaps: true, points: { show: false } };
      series.push({ ...edge }, { ...edge });
      if (!c.bars) bands.push({ series: [series.length - 1, series.length - 2], fill: c.style.colour + "33" });
    }
    const axis = { stroke: colourOf("--ink"), grid: { stroke: colourOf("--line"), width: 1 }, ticks: { stroke: colourOf("--line"), width: 1 }, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif", labelSize: 18 };
    const ticks = this.ticks ? { splits: () => this.ticks, filter: (u, splits) => splits } : {};
    const values = (u, splits) => splits.map((v) => (v === null ? "" : number(v)));
    return {
      width: Math.max(200, this.element.clientWidth), height: this.element.clientHeight || 260, series, bands,
      legend: { show: false },
      scales: { x: { time: false, distr: this.logx() ? 3 : 1, auto: false, range: (u, lo, hi) => [lo, hi] }, y: { distr: this.logy ? 3 : 1, range: (u, lo, hi) => this.yRange(lo, hi) } },
      axes: [{ ...axis, label: this.xLabel(), values, size: 34, space: 60, ...ticks }, { ...axis, label: this.y, values, size: 62 }],
      cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false }, bind: { dblclick: () => () => { this.show(null); return null; } } },
      hooks: { setSelect: [(u) => this.selected(u)], setCursor: [(u) => this.read(u)], draw: [(u) => this.bars(u)] },
    };
  }

  // bars draws intervals of single points, where a band between them would say something of what lies between.
  bars(u) {
    let k = 1;
    for (const c of this.curves) {
      if (c.bars && c.lo) this.barsOf(u, c, u.data[k + 1], u.data[k + 2]);
      k += c.lo ? 3 : 1;
    }
  }

  barsOf(u, c, lo, hi) {
    const cap = 4 * devicePixelRatio, context = u.ctx;
    context.save();
    context.strokeStyle = c.style.colour;
    context.lineWidth = 1.5 * devicePixelRatio;
    context.setLineDash([]);
    context.beginPath();
    lo.forEach((low, i) => {
      if (low === null || hi[i] === null) return;
      const x = u.valToPos(u.data[0][i], "x", true), a = u.valToPos(low, "y", true), b = u.valToPos(hi[i], "y", true);
      for (const [x1, y1, x2, y2] of [[x, a, x, b], [x - cap, a, x + cap, a], [x - cap, b, x + cap, b]]) { context.moveTo(x1, y1); context.lineTo(x2, y2); }
    });
    context.stroke();
    context.restore();
  }

  yRange(lo, hi) {
    if (lo === null || lo === undefined || !isFinite(lo) || !isFinite(hi)) return this.logy ? [0.1, 1] : [0, 1];
    if (!this.logy) return lo === hi ? [lo - Math.max(0.5, Math.abs(lo) * 0.1), hi + Math.max(0.5, Math.abs(hi) * 0.1)] : uPlot.rangeNum(lo, hi, 0.08, true);
    return hi / lo < 20 ? [steady(lo / 1.1, Math.floor), steady(hi * 1.1, Math.ceil)] : uPlot.rangeLog(lo, hi, 10, false);
  }

  selected(u) {
    const { left, width } = u.select;
    if (width < 4) return;
    const a = u.posToVal(left, "x"), b = u.posToVal(left + width, "x");
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.show([a, b]);
  }

  // read says what the curves are at the pointer.
  read(u) {
    if (u.cursor.left < 0) { this.readout.textContent = "\u00a0"; return; }
    const x = u.posToVal(u.cursor.left, "x");
    const parts = this.curves.slice(0, 8).map((c) => c.label + " " + number(c.y[nearest(c.x, x)]));
    if (this.curves.length > 8) parts.push("and " + (this.curves.length - 8) + " more");
    this.readout.textContent = this.xLabel() + " " + number(x) + ": " + parts.join("; ");
  }

  resize() {
    const width = Math.max(200, this.element.clientWidth);
    if (this.plot && width !== this.plot.width) this.plot.setSize({ width, height: this.plot.height });
  }
}

// steady is v to one digit, rounded down or up.
function steady(v, round) {
  const unit = 10 ** Math.floor(Math.log10(v));
  return round(v / unit) * unit;
}

// nearest is the index of the value of ascending x that is closest to v.
function nearest(x, v) {
  let a = 0, b = x.length - 1;
  while (b - a > 1) {
    const m = (a + b) >> 1;
    if (x[m] < v) a = m; else b = m;
  }
  return Math.abs(x[a] - v) <= Math.abs(x[b] - v) ? a : b;
}
