// SPDX-License-Identifier: Apache-2.0

package browser

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// shownPanel brings the figure of a panel into sight and waits until it is drawn.
func (p *tab) shownPanel(id string) {
	p.t.Helper()
	value[bool](p, `(document.getElementById("panel-`+id+`").scrollIntoView({block: "center"}), true)`)
	p.wait(`document.getElementById("panel-` + id + `").dataset.drawn === "true"`)
}

// Every figure of a study is drawn, with ink, and can be heard; the plots of the evidence have their marks.
func TestVerdictFigures(t *testing.T) {
	p := open(t, "verdicts", 1400, false)
	ids := value[[]string](p, `page.lines.map((l) => l.id)`)
	if len(ids) < 40 {
		t.Errorf("only %d figures", len(ids))
	}
	for _, id := range ids {
		p.shownPanel(id)
		if n := value[int](p, inked(id)); n < 100 {
			t.Errorf("figure %s has %d pixels of its curves' colours", id, n)
		}
		if label := value[string](p, fmt.Sprintf(`document.getElementById("chart-%s").getAttribute("aria-label")`, id)); len(label) < 40 {
			t.Errorf("figure %s is %q to a screen reader", id, label)
		}
	}
	plots := value[int](p, `document.querySelectorAll("svg.forest").length`)
	if whole := value[int](p, `[...document.querySelectorAll("svg.forest")].filter((s) => s.querySelector(".effect") && s.querySelector(".interval") && s.querySelectorAll(".seed").length >= 5).length`); plots < 20 || whole != plots {
		t.Errorf("%d of %d plots of evidence have their marks", whole, plots)
	}
	p.quiet()
}

// A figure's legend takes an arm away and brings it back, and the figure can be looked at closely.
func TestVerdictLegend(t *testing.T) {
	p := open(t, "verdicts", 1400, false)
	const id = "digits-mini-batch-train-loss"
	p.shownPanel(id)
	curves := `document.getElementById("panel-` + id + `").dataset.curves`
	if n := value[string](p, curves); n != "4" {
		t.Fatalf("%s curves, want 4", n)
	}
	p.run(chromedp.Focus(`#key-`+id+` li:nth-child(2) button`), chromedp.KeyEvent(" "))
	p.wait(curves + ` === "3"`)
	if pressed := value[string](p, `document.querySelector("#key-`+id+` li:nth-child(2) button").getAttribute("aria-pressed")`); pressed != "false" {
		t.Errorf("aria-pressed %s, want false", pressed)
	}
	p.run(chromedp.KeyEvent(" "))
	p.wait(curves + ` === "4"`)
	p.run(chromedp.Focus(`#panel-`+id+` [data-tool=in]`), chromedp.KeyEvent(kb.Enter))
	p.wait(`document.getElementById("panel-` + id + `").dataset.zoomed === "true"`)
	p.run(chromedp.Focus(`#panel-`+id+` [data-tool=reset]`), chromedp.KeyEvent(kb.Enter))
	p.wait(`document.getElementById("panel-` + id + `").dataset.zoomed === "false"`)
	p.quiet()
}

// Verdicts are sorted and filtered, and the evidence below goes with them.
func TestVerdictTable(t *testing.T) {
	p := open(t, "verdicts", 1400, false)
	column := value[int](p, `[...document.querySelectorAll("#table-verdicts thead th")].findIndex((h) => h.textContent === "p_holm")`)
	p.run(chromedp.Focus(fmt.Sprintf(`#table-verdicts thead th:nth-child(%d) button`, column+1)), chromedp.KeyEvent(kb.Enter))
	sorted := value[[]float64](p, fmt.Sprintf(`[...document.querySelectorAll("#table-verdicts tbody tr")].map((r) => r.cells[%d].dataset.value).filter((v) => v !== undefined).map(Number)`, column))
	if len(sorted) < 20 || !slices.IsSorted(sorted) {
		t.Errorf("not sorted: %v", sorted)
	}
	const rows, evidence = `[...document.querySelectorAll("#table-verdicts tbody tr")].filter((r) => !r.hidden)`, `[...document.querySelectorAll("details.evidence")].filter((d) => !d.hidden)`
	all := value[int](p, rows+`.length`)
	value[bool](p, `((s) => (s.value = "HOLDS", s.dispatchEvent(new Event("change")), true))(document.querySelector('.filters select[data-column="verdict"]'))`)
	holds := value[int](p, rows+`.length`)
	if holds == 0 || holds >= all || value[int](p, evidence+`.length`) != holds || !value[bool](p, rows+`.every((r) => r.cells[3].textContent === "HOLDS")`) {
		t.Errorf("%d of %d verdicts shown as HOLDS", holds, all)
	}
	p.run(chromedp.Focus(`#words`), chromedp.KeyEvent("minimum-norm"))
	p.wait(rows + `.length === 2`)
	if count := value[string](p, `document.getElementById("count").textContent`); count != fmt.Sprintf("2 of %d shown", all) {
		t.Errorf("count %q", count)
	}
	p.quiet()
}

// A verdict's link opens its evidence, by keyboard too, and all of it opens at once.
func TestVerdictEvidence(t *testing.T) {
	p := open(t, "verdicts", 1400, false)
	p.run(chromedp.Focus(`#table-verdicts tbody tr:nth-child(3) a`), chromedp.KeyEvent(kb.Enter))
	p.wait(`document.getElementById("verdict-3").open`)
	if n := value[int](p, `document.querySelectorAll("#parts-verdict-3, #table-parts-verdict-3 tbody tr").length`); n < 2 {
		t.Errorf("the evidence has %d parts", n)
	}
	p.run(chromedp.Click(`#open-all`))
	p.wait(`[...document.querySelectorAll("details.evidence")].every((d) => d.open)`)
	p.run(chromedp.Click(`#close-all`))
	p.wait(`[...document.querySelectorAll("details.evidence")].every((d) => !d.open)`)
	value[bool](p, `dispatchEvent(new Event("beforeprint"))`)
	p.wait(`document.querySelectorAll(".chart").length === document.querySelectorAll(".chart canvas").length`)
	nameless := value[[]string](p, `[...document.querySelectorAll("button, select, input, a[href], summary")].filter((e) => !(e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length)).map((e) => e.outerHTML)`)
	if len(nameless) > 0 {
		t.Errorf("without a name: %v", nameless)
	}
	p.quiet()
}

// Text of verdicts.json stays text, and a phone shows it without scrolling sideways.
func TestVerdictsOnPhone(t *testing.T) {
	for _, name := range []string{"verdicts", "verdicts-hostile"} {
		p := open(t, name, 360, true)
		p.run(chromedp.Click(`#open-all`))
		p.wait(`[...document.querySelectorAll("details.evidence")].every((d) => d.open)`)
		if width := value[int](p, `document.documentElement.scrollWidth`); width > 360 {
			wide := value[[]string](p, `[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > 361 && !e.closest(".scroll")).map((e) => e.tagName + "." + e.className + "#" + e.id).slice(0, 5)`)
			t.Errorf("%s is %d pixels wide on a phone of 360: %v", name, width, wide)
		}
		if stolen := value[string](p, `String(window.stolen)`); stolen != "undefined" {
			t.Errorf("script %s of the file's text ran", stolen)
		}
		if name == "verdicts-hostile" && !strings.Contains(value[string](p, `document.getElementById("verdict-1").textContent`), "<img src=x") {
			t.Error("hostile text is not shown as it is")
		}
		p.quiet()
	}
}
