// SPDX-License-Identifier: Apache-2.0

package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// Pictures of a page at three widths, light and dark, for people to look at: make screenshots.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("REVGN_SCREENSHOTS")
	if dir == "" {
		t.Skip("no directory for pictures: run make screenshots")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"study", "verdicts"} {
		for _, width := range []int{360, 800, 1400} {
			for _, dark := range []bool{false, true} {
				picture(t, dir, name, width, dark)
			}
		}
	}
}

// sliceHeight is how high a picture is at most: a browser draws no window of any height.
const sliceHeight = 4000

// picture takes pictures of a page from top to bottom, with some of what can be opened open.
func picture(t *testing.T, dir, name string, width int, dark bool) {
	p := open(t, name, width, dark)
	value[int](p, `[...document.querySelectorAll("details.evidence")].slice(0, 5).map((d) => (d.open = true)).length`)
	height := value[int](p, `document.documentElement.scrollHeight`)
	p.size(width, min(height, sliceHeight))
	for top := 0; top < height; top += sliceHeight {
		value[bool](p, fmt.Sprintf(`(window.scrollTo(0, %d), true)`, top))
		p.wait(`[...document.querySelectorAll(".chart")].every((c) => c.firstChild || c.getBoundingClientRect().top > innerHeight || c.getBoundingClientRect().bottom < 0)`)
		image, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		scheme := map[bool]string{false: "light", true: "dark"}[dark]
		path := filepath.Join(dir, fmt.Sprintf("%s-%d-%s-%d.png", name, width, scheme, top/sliceHeight+1))
		if err := os.WriteFile(path, image, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Logf("written %s", path)
	}
}
