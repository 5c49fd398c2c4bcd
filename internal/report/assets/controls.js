// SPDX-License-Identifier: Apache-2.0

function drawGroups() {
  legend(document.getElementById("groups"), page.groups.map((g) => g.label + (g.runs.length > 1 ? " (" + g.runs.length + ")" : "")),
    (i) => !state.hidden.has(i), (i) => { flip(state.hidden, i); keep(); redraw(true); });
}

function drawParts() {
  const list = document.getElementById("coupling-names"), run = (page.couplings.runs || []).find((r) => r.run === state.part);
  if (!list || !run) return;
  legend(list, run.names, (i) => !state.partsHidden.has(run.names[i]), (i) => { flip(state.partsHidden, run.names[i]); redraw(true); });
}

// keep remembers the choices for a page that loads itself anew.
function keep() {
  remember("state", JSON.stringify({ axis: state.axis, logx: state.logx, mode: state.mode, hidden: [...state.hidden].map((i) => page.groups[i].label) }));
}

function recall() {
  const saved = JSON.parse(remembered("state") || "null");
  if (!saved) return;
  Object.assign(state, { axis: saved.axis, logx: saved.logx, mode: saved.mode });
  page.groups.forEach((g, i) => { if (saved.hidden.includes(g.label)) state.hidden.add(i); });
}

function bindControls() {
  for (const name of ["axis", "mode"]) {
    for (const radio of document.querySelectorAll(`input[name=${name}]`)) {
      radio.checked = radio.value === state[name];
      radio.addEventListener("change", () => { state[name] = radio.value; keep(); redraw(name === "mode"); });
    }
  }
  const logx = document.getElementById("logx");
  logx.checked = state.logx;
  logx.addEventListener("change", () => { state.logx = logx.checked; keep(); redraw(true); });
  document.getElementById("all").addEventListener("click", () => { state.hidden.clear(); keep(); drawGroups(); redraw(true); });
  document.getElementById("none").addEventListener("click", () => { page.groups.forEach((_, i) => state.hidden.add(i)); keep(); drawGroups(); redraw(true); });
  const part = document.getElementById("coupling-run");
  part?.addEventListener("change", () => { state.part = Number(part.value); drawParts(); redraw(false); });
  if (part) state.part = Number(part.value);
}

// bindReload loads a page of runs that go on anew, but not under a reader who looks closer at something.
function bindReload() {
  const follow = document.getElementById("follow");
  if (!page.reload || !follow) return;
  follow.checked = remembered("follow") !== "no";
  follow.addEventListener("change", () => remember("follow", follow.checked ? "yes" : "no"));
  setInterval(() => { if (follow.checked && !charts.some((c) => c.zoom)) location.reload(); }, page.reload * 1000);
}
