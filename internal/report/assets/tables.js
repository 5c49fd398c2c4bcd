// SPDX-License-Identifier: Apache-2.0

// valueOf is a cell's number where it has one, else its text; blank cells are null.
function cellValue(row, column) {
  const cell = row.cells[column];
  if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
  return cell.textContent.trim() || null;
}

// compare puts numbers before text; equal ones stay as they were.
function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  return a.localeCompare(b, undefined, { numeric: true });
}

function sortTable(table, column) {
  const heads = [...table.tHead.rows[0].cells], head = heads[column];
  const down = head.getAttribute("aria-sort") === "ascending";
  heads.forEach((h) => h.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, value: cellValue(row, column) }));
  rows.sort((a, b) => {
    if (a.value === null || b.value === null) return (a.value === null) - (b.value === null); // blanks last either way
    return down ? compare(b.value, a.value) : compare(a.value, b.value);
  });
  table.tBodies[0].replaceChildren(...rows.map((r) => r.row));
}

function bindTables() {
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((head, i) => head.querySelector("button").addEventListener("click", () => sortTable(table, i)));
  }
}
