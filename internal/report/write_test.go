// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Figures can be read by others and are not empty; tables hold the numbers of the runs.
func TestWriteAll(t *testing.T) {
	dir := t.TempDir()
	writeStudy(t, filepath.Join(dir, "runs"), 30)
	c := load(t, filepath.Join(dir, "runs"))
	out := filepath.Join(dir, "out")
	w, err := c.WriteAll(t.Context(), out)
	must(t, err)
	figures, err := filepath.Glob(filepath.Join(out, "figures", "*"))
	must(t, err)
	if len(figures) != 2*w.Figures || w.Figures < 25 {
		t.Errorf("%d files of %d figures", len(figures), w.Figures)
	}
	for _, name := range figures {
		checkFigure(t, name)
	}
	checkCurveTable(t, c, filepath.Join(out, "tables", "curve-loss.csv"))
	page, err := os.ReadFile(w.Page)
	must(t, err)
	for _, link := range []string{"figures/loss.svg", "tables/runs.tex", "tables/batches.csv", "tables/batches.tex", "tables/run4-batches-1.csv", "figures/run4-batches-1.png", "tables/run4-cka-1.csv"} {
		if !bytes.Contains(page, []byte(`href="`+link+`"`)) {
			t.Errorf("the page does not lead to %s", link)
		}
	}
}

func checkFigure(t *testing.T, name string) {
	b, err := os.ReadFile(name)
	must(t, err)
	if strings.HasSuffix(name, ".png") {
		img, err := png.Decode(bytes.NewReader(b))
		must(t, err)
		colours := map[any]bool{}
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x += 2 {
			for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y += 2 {
				colours[img.At(x, y)] = true
			}
		}
		if len(colours) < 8 {
			t.Errorf("%s has %d colours: is anything drawn?", name, len(colours))
		}
		return
	}
	d := xml.NewDecoder(bytes.NewReader(b))
	paths := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		must(t, err)
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "path" {
			paths++
		}
	}
	if paths < 5 {
		t.Errorf("%s has %d paths: is anything drawn?", name, paths)
	}
}

// checkCurveTable compares a table with the curve that it is of.
func checkCurveTable(t *testing.T, c *Content, name string) {
	f, err := os.Open(name)
	must(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	must(t, err)
	r := c.Groups[0].Runs[0]
	trace := r.Traces["loss"]
	for i := range trace.Step {
		row := rows[1+i]
		value, err := strconv.ParseFloat(row[5], 64)
		must(t, err)
		if row[1] != r.Name || row[2] != strconv.Itoa(int(trace.Step[i])) || value != trace.Y[i] {
			t.Errorf("row %v, want %s step %v value %v", row, r.Name, trace.Step[i], trace.Y[i])
		}
	}
}

func TestLatex(t *testing.T) {
	table := Table{Caption: "a", Columns: []string{"run", "cert"}, Rows: [][]Cell{{Word(`a_b & {\x}`), Num(1.25e-5)}}}
	want := "% a\n\\begin{tabular}{lr}\n\\hline\nrun & cert \\\\\n\\hline\na\\_b \\& \\{\\textbackslash{}x\\} & $1.25 \\times 10^{-5}$ \\\\\n\\hline\n\\end{tabular}\n"
	if got := string(table.latexText()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Watch writes at once, and again when a run changed, but not when none did.
func TestWatch(t *testing.T) {
	dir := t.TempDir()
	madeUp{optimizer: "gn", lr: "1", seed: 1, steps: 3}.write(t, filepath.Join(dir, "a"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	writes := make(chan int)
	done := make(chan error)
	go func() {
		done <- Watch(ctx, []string{dir}, time.Millisecond, func(dirs []string) error {
			writes <- len(dirs)
			return nil
		})
	}()
	if n := <-writes; n != 1 {
		t.Fatalf("written with %d runs", n)
	}
	writeText(t, filepath.Join(dir, "b", "config.yaml"), "optimizer: gn\n")
	if n := <-writes; n != 2 {
		t.Fatalf("written with %d runs", n)
	}
	cancel()
	for {
		select {
		case <-writes: // a change seen before the end
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			return
		}
	}
}

// Colours stand out from what they are drawn on.
func TestContrast(t *testing.T) {
	for _, c := range lightColours() {
		if got := contrast(hex(c), hex("#f6f7f8")); got < 3 {
			t.Errorf("%s on a light page: contrast %.2f, want 3", c, got)
		}
	}
	for _, c := range darkColours() {
		if got := contrast(hex(c), hex("#1d2125")); got < 3 {
			t.Errorf("%s on a dark page: contrast %.2f, want 3", c, got)
		}
	}
	if got := contrast(hex("#000000"), hex("#ffffff")); got != 21 {
		t.Errorf("black on white: %v, want 21", got)
	}
}
