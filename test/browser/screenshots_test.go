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
	for _, width := range []int{360, 800, 1400} {
		for _, dark := range []bool{false, true} {
			p := open(t, "study", width, dark)
			height := value[int](p, `document.documentElement.scrollHeight`)
			// A window as high as the page has every figure in sight, so that all are drawn.
			p.size(width, height)
			p.wait(`document.querySelectorAll(".chart").length === document.querySelectorAll(".chart canvas").length`)
			picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			scheme := map[bool]string{false: "light", true: "dark"}[dark]
			path := filepath.Join(dir, fmt.Sprintf("report-%d-%s.png", width, scheme))
			if err := os.WriteFile(path, picture, 0o644); err != nil {
				t.Fatal(err)
			}
			t.Logf("written %s", path)
		}
	}
}
