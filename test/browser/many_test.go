// SPDX-License-Identifier: Apache-2.0

package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// 200 runs of 10,000 steps open, with the spike of a single step in sight, and every run can be shown. How long opening takes is logged: a machine that does
// other work too is no measure.
func TestManyRuns(t *testing.T) {
	p := open(t, "many", 1400, false)
	p.drawn("loss")
	ms := value[float64](p, `performance.getEntriesByType("navigation")[0].loadEventEnd`)
	t.Logf("%d runs: loaded after %.0f ms", value[int](p, `page.runs.length`), ms)
	p.run(chromedp.Click(`input[name=mode][value=runs]`))
	p.wait(`document.getElementById("figure-loss").dataset.curves == page.runs.length`)
	if most := value[float64](p, `Math.max(...charts[0].plot.data.slice(1).map((c) => Math.max(...c)))`); most != 77.5 {
		t.Errorf("the greatest loss drawn is %v, want the spike 77.5", most)
	}
	p.quiet()
}
