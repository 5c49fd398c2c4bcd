// SPDX-License-Identifier: Apache-2.0

package study

import (
	"fmt"
	"strings"

	"revgn/internal/claims"
	"revgn/internal/number"
	"revgn/internal/report"
)

// verdictTable is a line a verdict, with the numbers of the part that it hangs by.
func verdictTable(v claims.Verdicts) report.Table {
	t := report.Table{ID: "verdicts", Caption: "Verdicts; the numbers are those of the part that decides",
		Columns: []string{"claim", "variation", "task", "verdict", "statement", "decided by", "effect", "from", "to", "claimed", "as", "p", "p_holm", "exact steps", "seeds"}}
	for i, one := range v.Verdicts {
		row := []report.Cell{{Text: one.Claim, Link: "#" + anchor(i)}, report.Word(string(one.Variation)), report.Word(one.Task), outcomeCell(one.Verdict), report.Word(one.Statement)}
		if r, ok := deciding(one); ok {
			n := read(r)
			row = append(row, report.Word(r.Name), report.Num(n.effect), report.Num(n.low), report.Num(n.high), report.Word(claimed(r)), report.Word(n.unit()))
		} else {
			row = append(row, make([]report.Cell, 6)...)
		}
		t.Rows = append(t.Rows, append(row, report.Num(float64(one.P)), report.Num(float64(one.PHolm)), optional(one.Exact.Share), report.Num(float64(len(one.Seeds)))))
	}
	return t
}

// anchor is where a verdict stands on the page.
func anchor(i int) string { return fmt.Sprintf("verdict-%d", i+1) }

func outcomeCell(o claims.Outcome) report.Cell {
	return report.Cell{Text: string(o), Class: outcomeClass(o)}
}

// outcomeClass is one of the classes that the page has: an outcome of a file from somewhere may be any text.
func outcomeClass(o claims.Outcome) string {
	switch o {
	case claims.Holds:
		return "holds"
	case claims.Fails:
		return "fails"
	}
	return "open"
}

// claimed is the claimed side in the units of reading.
func claimed(r claims.PartResult) string {
	sign := ">"
	if r.Claimed == claims.Below {
		sign = "<"
	}
	return sign + " " + report.Figure(read(r).threshold)
}

func optional(o number.Optional) report.Cell {
	if !o.Set {
		return report.Cell{}
	}
	return report.Num(float64(o.Value))
}

// partColumns are those of parts, on the page and in files.
func partColumns() []string {
	return []string{"part", "outcome", "effect", "from", "to", "claimed", "as", "p holds", "p fails, Holm", "BCa from", "BCa to", "p signed rank", "values by seed"}
}

func partRow(r claims.PartResult, name string) []report.Cell {
	n := read(r)
	bca := read(claims.PartResult{Ratio: r.Ratio, Low: r.Bootstrap[0], High: r.Bootstrap[1]})
	return []report.Cell{report.Word(name), outcomeCell(r.Outcome), report.Num(n.effect), report.Num(n.low), report.Num(n.high), report.Word(claimed(r)), report.Word(n.unit()),
		report.Num(float64(r.PHolds)), report.Num(float64(r.PFailsHolm)), report.Num(bca.low), report.Num(bca.high), report.Num(float64(r.SignedRank)), report.Word(valuesText(r))}
}

// valuesText are the values of the seeds as they were measured: logarithms stay logarithms.
func valuesText(r claims.PartResult) string {
	var list []string
	for _, v := range r.Values {
		list = append(list, fmt.Sprintf("%d: %s", v.Seed, report.Figure(float64(v.Value))))
	}
	return strings.Join(list, ", ")
}

// partTable are the premises and parts of a verdict.
func partTable(v claims.Verdict, id string) report.Table {
	t := report.Table{ID: id, Caption: "Premises and parts", Columns: partColumns()}
	for _, r := range v.Premises {
		t.Rows = append(t.Rows, partRow(r, "premise: "+r.Name))
	}
	for _, r := range v.Parts {
		t.Rows = append(t.Rows, partRow(r, r.Name))
	}
	return t
}

// runTable are the runs behind a verdict.
func runTable(v claims.Verdict, id string) report.Table {
	t := report.Table{ID: id, Caption: "Runs behind the verdict", Columns: runColumns()}
	for _, r := range v.Runs {
		t.Rows = append(t.Rows, runRow(r))
	}
	return t
}

func runColumns() []string {
	return []string{"run", "setting", "arm", "seed", "lr", "class", "certified steps", "exact steps"}
}

func runRow(r claims.RunUsed) []report.Cell {
	return []report.Cell{report.Word(r.Run), report.Word(r.Setting), report.Word(r.Arm), report.Num(float64(r.Seed)), report.Num(float64(r.Rate)), report.Word(string(r.Class)),
		report.Num(float64(r.Certified)), report.Num(float64(r.Exact))}
}
