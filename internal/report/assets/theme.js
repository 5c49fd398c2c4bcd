// SPDX-License-Identifier: Apache-2.0

const systemDark = window.matchMedia("(prefers-color-scheme: dark)");

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : systemDark.matches;
}

function colourOf(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

// remembered and remember keep what the reader chose over a reload, where the browser lets a page do so.
function remembered(key) {
  try { return sessionStorage.getItem("revgn-report-" + key); } catch { return null; }
}

function remember(key, value) {
  try { sessionStorage.setItem("revgn-report-" + key, value); } catch { /* the choice holds until the page is left */ }
}

// bindTheme lets the reader choose colours; apply draws anew with them.
function bindTheme(apply) {
  const select = document.getElementById("theme");
  const chosen = () => {
    if (select.value) document.documentElement.dataset.theme = select.value; else delete document.documentElement.dataset.theme;
    apply();
  };
  select.value = remembered("theme") || "";
  select.addEventListener("change", () => { remember("theme", select.value); chosen(); });
  systemDark.addEventListener("change", apply);
  chosen();
}
