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

// Every figure is drawn, with ink on its canvas, and nothing is asked of a network.
func TestFigures(t *testing.T) {
	p := open(t, "study", 1400, false)
	ids := value[[]string](p, `[...document.querySelectorAll("figure[data-figure]")].map((f) => f.dataset.figure)`)
	if len(ids) < 20 {
		t.Errorf("only %d figures", len(ids))
	}
	for _, id := range ids {
		p.drawn(id)
		if n := value[int](p, inked(id)); n < 200 {
			t.Errorf("figure %s has %d pixels of its curves' colours", id, n)
		}
		label := value[string](p, fmt.Sprintf(`document.getElementById("chart-%s").getAttribute("aria-label")`, id))
		if len(label) < 10 {
			t.Errorf("figure %s is %q to a screen reader", id, label)
		}
	}
	if n := value[int](p, `document.querySelectorAll("svg.heat rect").length`); n < 10 {
		t.Errorf("the heat maps have %d cells", n)
	}
	p.quiet()
}

// inked counts the pixels of a figure that have some colour: axes and text are grey.
func inked(id string) string {
	return fmt.Sprintf(`(() => {
		const c = document.querySelector("#chart-%s canvas"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
		let n = 0;
		for (let i = 0; i < d.length; i += 4) if (d[i + 3] > 100 && Math.max(d[i], d[i + 1], d[i + 2]) - Math.min(d[i], d[i + 1], d[i + 2]) > 40) n++;
		return n;
	})()`, id)
}

// A button of the legend takes its curves away and brings them back, by keyboard too.
func TestLegend(t *testing.T) {
	p := open(t, "study", 1400, false)
	p.drawn("loss")
	curves := `document.getElementById("figure-loss").dataset.curves`
	if n := value[string](p, curves); n != "3" {
		t.Fatalf("%s curves, want 3", n)
	}
	p.run(chromedp.Click(`#groups li:nth-child(1) button`))
	p.wait(curves + ` === "2"`)
	if pressed := value[string](p, `document.querySelector("#groups button").getAttribute("aria-pressed")`); pressed != "false" {
		t.Errorf("aria-pressed %s, want false", pressed)
	}
	p.run(chromedp.Focus(`#groups li:nth-child(1) button`), chromedp.KeyEvent(" "))
	p.wait(curves + ` === "3"`)
	p.run(chromedp.Click(`input[name=mode][value=runs]`))
	p.wait(curves + ` === "9"`)
	p.run(chromedp.Click(`#none`))
	p.wait(curves + ` === "0"`)
	p.run(chromedp.Click(`#all`))
	p.wait(curves + ` === "9"`)
	p.quiet()
}

// Dragging over a figure and its buttons change what is in sight; a double click shows everything.
func TestZoom(t *testing.T) {
	p := open(t, "study", 1400, false)
	p.drawn("loss")
	all := value[string](p, rangeOf("loss"))
	p.drag("loss", 0.3, 0.6)
	p.wait(`document.getElementById("figure-loss").dataset.zoomed === "true"`)
	near := value[string](p, rangeOf("loss"))
	if near == all {
		t.Errorf("after a drag the range is %s as before", near)
	}
	p.doubleClick("loss")
	p.wait(`document.getElementById("figure-loss").dataset.zoomed === "false"`)
	if back := value[string](p, rangeOf("loss")); back != all {
		t.Errorf("after a double click the range is %s, want %s", back, all)
	}
	p.run(chromedp.Focus(`#figure-loss [data-tool=in]`), chromedp.KeyEvent(kb.Enter))
	p.wait(`document.getElementById("figure-loss").dataset.zoomed === "true"`)
	p.run(chromedp.Click(`#figure-loss [data-tool=reset]`))
	p.wait(`document.getElementById("figure-loss").dataset.zoomed === "false"`)
	p.quiet()
}

func rangeOf(id string) string {
	return `document.getElementById("figure-` + id + `").dataset.range`
}

// over is where the plotting area of a figure lies in the window.
func (p *tab) over(id string) (left, top, width, height float64) {
	v := value[[]float64](p, fmt.Sprintf(`(() => { const r = document.querySelector("#chart-%s .u-over").getBoundingClientRect(); return [r.left, r.top, r.width, r.height]; })()`, id))
	return v[0], v[1], v[2], v[3]
}

func (p *tab) drag(id string, from, to float64) {
	left, top, width, height := p.over(id)
	p.run(chromedp.DragAndDropXY(left+from*width, top+height/2, left+to*width, top+height/2))
}

func (p *tab) doubleClick(id string) {
	left, top, width, height := p.over(id)
	p.run(chromedp.MouseClickXY(left+width/2, top+height/2, chromedp.ClickCount(2)))
}

// The horizontal axis goes by step, epoch and time, and both axes by logarithms.
func TestAxes(t *testing.T) {
	p := open(t, "study", 1400, false)
	p.drawn("loss")
	for _, c := range []struct{ click, least, most string }{
		{`input[name=axis][value=epoch]`, "0.1", "6"},
		{`input[name=axis][value=time]`, "", ""},
		{`input[name=axis][value=step]`, "1", "60"},
	} {
		p.run(chromedp.Click(c.click))
		if c.most == "" {
			p.wait(rangeOf("loss") + `.split(" ")[1] < 2`)
			continue
		}
		p.wait(rangeOf("loss") + `.startsWith("` + c.least + ` ` + c.most + ` ")`)
	}
	p.run(chromedp.Click(`#logx`))
	p.wait(`document.getElementById("figure-loss").dataset.drawn === "true"`)
	linear := value[string](p, rangeOf("loss"))
	p.run(chromedp.Click(`#figure-loss [data-tool=log]`))
	p.wait(rangeOf("loss") + ` !== "` + linear + `"`)
	if n := value[int](p, inked("loss")); n < 200 {
		t.Errorf("on logarithmic axes %d pixels are drawn", n)
	}
	p.quiet()
}

// The button of a column sorts by it, numbers as numbers, and again the other way.
func TestSort(t *testing.T) {
	p := open(t, "study", 1400, false)
	column := value[int](p, `[...document.querySelectorAll("#table-runs thead th")].findIndex((h) => h.textContent === "test accuracy")`)
	if column < 0 {
		t.Fatal("no column of test accuracy")
	}
	cells := fmt.Sprintf(`[...document.querySelectorAll("#table-runs tbody tr")].map((r) => Number(r.cells[%d].dataset.value))`, column)
	button := fmt.Sprintf(`#table-runs thead th:nth-child(%d) button`, column+1)
	p.run(chromedp.Focus(button), chromedp.KeyEvent(kb.Enter))
	up := value[[]float64](p, cells)
	if len(up) != 9 || !slices.IsSorted(up) {
		t.Errorf("not sorted: %v", up)
	}
	p.run(chromedp.Click(button))
	down := value[[]float64](p, cells)
	slices.Reverse(down)
	if !slices.IsSorted(down) {
		t.Errorf("not sorted downwards: %v", down)
	}
	if sort := value[string](p, `document.querySelector("#table-runs th[aria-sort]").getAttribute("aria-sort")`); sort != "descending" {
		t.Errorf("aria-sort %q", sort)
	}
	p.quiet()
}

// Text of a run stays text.
func TestHostile(t *testing.T) {
	p := open(t, "hostile", 800, false)
	p.drawn("loss")
	p.drawn("rank")
	if stolen := value[string](p, `String(window.stolen)`); stolen != "undefined" {
		t.Errorf("script %s of a run's text ran", stolen)
	}
	if !strings.Contains(value[string](p, `document.getElementById("coupling-names").textContent`), "<img src=x") {
		t.Error("the name of a coupling is not shown as it is")
	}
	p.quiet()
}

// A phone shows all without scrolling sideways, but for tables in their own boxes.
func TestPhone(t *testing.T) {
	for _, name := range []string{"study", "hostile"} {
		p := open(t, name, 360, true)
		p.drawn("loss")
		if width := value[int](p, `document.documentElement.scrollWidth`); width > 360 {
			wide := value[[]string](p, `[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > 361 && !e.closest(".scroll")).map((e) => e.tagName + "." + e.className + "#" + e.id).slice(0, 5)`)
			t.Errorf("%s is %d pixels wide on a phone of 360: %v", name, width, wide)
		}
		if back := value[string](p, `getComputedStyle(document.body).backgroundColor`); back != "rgb(20, 23, 26)" {
			t.Errorf("in a dark room the page is %s", back)
		}
		value[bool](p, `(document.getElementById("theme").value = "light", document.getElementById("theme").dispatchEvent(new Event("change")), true)`)
		if back := value[string](p, `getComputedStyle(document.body).backgroundColor`); back != "rgb(255, 255, 255)" {
			t.Errorf("light was chosen, and the page is %s", back)
		}
		p.quiet()
	}
}

// Every control can be reached by keyboard, shows that it is, and has a name.
func TestKeyboard(t *testing.T) {
	p := open(t, "study", 1400, false)
	p.drawn("loss")
	nameless := value[[]string](p, `[...document.querySelectorAll("button, select, input, a[href]")].filter((e) => !(e.textContent.trim() || e.getAttribute("aria-label") || e.labels?.length)).map((e) => e.outerHTML)`)
	if len(nameless) > 0 {
		t.Errorf("without a name: %v", nameless)
	}
	if n := value[int](p, `document.querySelectorAll("[tabindex='-1'], [tabindex='1']").length`); n > 0 {
		t.Errorf("%d elements are out of the order of the keyboard", n)
	}
	p.run(chromedp.KeyEvent(kb.Tab))
	outline := value[string](p, `getComputedStyle(document.activeElement).outlineStyle + " " + document.activeElement.className`)
	if outline != "solid skip" {
		t.Errorf("the first stop of the keyboard is %q, want the link to the content with an outline", outline)
	}
	p.quiet()
}
