// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"revgn/internal/section"
)

const columns, lossColumn = 10, 6

// report prints the table of the methods whose runs are all there, and writes it into the document.
func (b *bench) report(w io.Writer, searches []*search) error {
	var rows []row
	var left []string
	for _, s := range searches {
		if len(s.choose().trials) > 0 {
			left = append(left, s.name)
			continue
		}
		rows = append(rows, newRow(s))
	}
	if len(left) > 0 {
		b.say("not in the table, for runs are missing: %s", strings.Join(left, "; "))
	}
	var lines []tableLine
	for _, r := range rows {
		lines = append(lines, tableLine{r.method.name, b.line(r), r.train.mean})
	}
	made := setting(rows)
	if b.merge {
		kept, where, err := b.kept(rows)
		if err != nil {
			return err
		}
		if len(kept) > 0 {
			made = joinSettings(where, rows)
			lines = append(lines, kept...)
		}
	}
	text := b.markdown(rows, sorted(lines), made)
	if _, err := io.WriteString(w, text); err != nil || b.write == "" {
		return err
	}
	return owned().Write(b.write, text)
}

// owned is the part of a document that the program writes.
func owned() section.Section {
	return section.Section{Begin: "<!-- compared: written by make table -->", End: "<!-- compared: end -->"}
}

// markdown is the text between the markers.
func (b *bench) markdown(rows []row, lines []tableLine, made string) string {
	var s strings.Builder
	fmt.Fprintf(&s, "```console\n$ %s\n```\n\n", b.command())
	fmt.Fprintf(&s, "After %d steps%s, each method at its own best rate, by training loss%s.\n\n", b.steps, dataOf(rows), b.interval())
	// columns and lossColumn count these.
	s.WriteString("| step | `revgn train` with | rates tried | rate | EXACT | worst certificate | train loss | test loss | test accuracy | seconds a step |\n")
	s.WriteString("|---|---|---|---|---|---|---|---|---|---|\n")
	for _, l := range lines {
		s.WriteString(l.text)
	}
	s.WriteString("\n" + b.caption() + "\n\n" + made + "\n")
	return s.String()
}

// command is what makes this table again, as a document quotes it.
func (b *bench) command() string {
	if b.given == "" {
		return "make table"
	}
	return fmt.Sprintf("make table ARGS=%q", b.given)
}

func (b *bench) interval() string {
	n := len(b.seeds)
	if n < 2 {
		return ""
	}
	return fmt.Sprintf("; mean ± half-width of the 95 %% t-interval over %d seeds (t = %.3f)", n, quantile(n))
}

// caption says how the rates were found.
func (b *bench) caption() string {
	seeds := strings.Trim(strings.ReplaceAll(fmt.Sprint(b.seeds), " ", ", "), "[]")
	return fmt.Sprintf("Every rate of a grid ran with seed %d; a method's rate is the one whose run ended with the least loss over the whole training set. "+
		"Test data has no part in the choice, or the test columns would be too good. A grid grew by its own factor where the best rate lay at its edge, at most %d "+
		"times: these rates have a +. ∞ marks rates where a run was not finite, with whichever seed; they count for nothing. EXACT counts the steps of all seeds (%s); seconds are medians over them.",
		b.seeds[0], b.extend, seeds)
}

func (b *bench) line(r row) string {
	cells := []string{r.method.name, "`" + r.method.flags + "`", ratesTried(r)}
	if r.choice.Rate == 0 {
		return cellsLine(append(cells, "none", "", "", "diverged at every rate", "", "", ""))
	}
	best, exact, cert := rate(r.choice.Rate), "", ""
	if r.choice.Edge {
		best += " (edge)"
	}
	if r.certified > 0 {
		exact, cert = fmt.Sprintf("%d of %d", r.exact, r.certified), figure(r.worstCert, "%.1e")
	}
	return cellsLine(append(cells, best, exact, cert, r.train.String(), r.test.String(), r.acc.String(), figure(r.stepTime, "%.3g")))
}

func cellsLine(cells []string) string { return "| " + strings.Join(cells, " | ") + " |\n" }

// ratesTried lists the grid, with the marks that the caption explains.
func ratesTried(r row) string {
	var list []string
	for _, lr := range r.choice.Rates {
		text := rate(lr)
		if !slices.Contains(r.method.grid, lr) {
			text = "+" + text
		}
		if r.bad[lr] {
			text += " ∞"
		}
		list = append(list, text)
	}
	return strings.Join(list, ", ")
}

func figure(v float64, format string) string {
	if math.IsNaN(v) {
		return "not finite"
	}
	return fmt.Sprintf(format, v)
}

// String gives the half-width two digits and the mean as many decimals; a mean that has none of the first three is written with its power of ten.
func (e estimate) String() string {
	if math.IsNaN(e.mean) || math.IsInf(e.mean, 0) {
		return "not finite"
	}
	if math.IsNaN(e.half) || e.half == 0 {
		return fmt.Sprintf("%.4f", e.mean)
	}
	if size := math.Abs(e.mean); size < 1e-3 || size >= 1e6 {
		return fmt.Sprintf("%.2e ± %.1e", e.mean, e.half)
	}
	decimals := max(0, 1-int(math.Floor(math.Log10(e.half))))
	return fmt.Sprintf("%.*f ± %.*f", decimals, e.mean, decimals, e.half)
}
