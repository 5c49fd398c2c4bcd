// SPDX-License-Identifier: Apache-2.0

// matches tells whether a row of the table of verdicts has what the reader asked for.
function matches(row, wanted, words) {
  const text = row.textContent.toLowerCase();
  return wanted.every(([column, value]) => value === "" || row.cells[column].textContent === value) && words.every((w) => text.includes(w));
}

// filterVerdicts shows the verdicts that match, in the table and below it.
function filterVerdicts(table, selects, words) {
  const heads = [...table.tHead.rows[0].cells].map((h) => h.textContent);
  const wanted = selects.map((s) => [heads.indexOf(s.dataset.column), s.value]);
  const asked = words.value.toLowerCase().split(/\s+/).filter((w) => w !== "");
  let shown = 0;
  for (const row of table.tBodies[0].rows) {
    const match = matches(row, wanted, asked), link = row.querySelector("a"), evidence = link && document.getElementById(link.hash.slice(1));
    row.hidden = !match;
    if (evidence) evidence.hidden = !match;
    shown += match ? 1 : 0;
  }
  document.getElementById("count").textContent = shown + " of " + table.tBodies[0].rows.length + " shown";
}

function bindFilters() {
  const table = document.getElementById("table-verdicts"), words = document.getElementById("words");
  if (!table || !words) return;
  const selects = [...document.querySelectorAll(".filters select")], apply = () => filterVerdicts(table, selects, words);
  for (const s of selects) s.addEventListener("change", apply);
  words.addEventListener("input", apply);
  apply();
}

// openTarget opens the evidence that a link leads to.
function openTarget() {
  const target = document.getElementById(location.hash.slice(1));
  if (!target || target.tagName !== "DETAILS") return;
  target.open = true;
  target.scrollIntoView();
}

function bindEvidence() {
  const all = (open) => () => { for (const d of document.querySelectorAll("details.evidence")) d.open = open; };
  document.getElementById("open-all")?.addEventListener("click", all(true));
  document.getElementById("close-all")?.addEventListener("click", all(false));
  for (const link of document.querySelectorAll("#verdicts td a, #verdicts th a")) link.addEventListener("click", () => setTimeout(openTarget));
  addEventListener("hashchange", openTarget);
  addEventListener("beforeprint", all(true));
  openTarget();
}

makeLines();
bindTheme(() => { drawKeys(); redraw(true); });
bindTables();
bindFilters();
bindEvidence();
drawWhenNear();
