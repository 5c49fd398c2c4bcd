// SPDX-License-Identifier: Apache-2.0

package study

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"revgn/internal/claims"
	"revgn/internal/number"
	"revgn/internal/report"
)

// waitingTable are the claims whose runs are not all made.
func waitingTable(v claims.Verdicts) report.Table {
	t := report.Table{ID: "waiting", Caption: "Claims that wait for runs", Columns: []string{"claim", "variation", "task", "statement", "runs made", "of"}}
	for _, w := range v.Waiting {
		t.Rows = append(t.Rows, []report.Cell{report.Word(w.Claim), report.Word(string(w.Variation)), report.Word(w.Task), report.Word(w.Statement), report.Num(float64(w.Made)), report.Num(float64(w.Of))})
	}
	return t
}

// tuningTable is a line an arm: the grid with its losses, and what was chosen.
func tuningTable(v claims.Verdicts) report.Table {
	t := report.Table{ID: "tuning", Caption: "Rates: those tried, by the training loss at the end", Columns: []string{"arm", "task", "setting", "seeds", "chosen", "at an edge", "discarded", "rates tried", "losses"}}
	for _, one := range v.Tuning {
		t.Rows = append(t.Rows, []report.Cell{report.Word(one.Arm), report.Word(one.Task), report.Word(one.Setting), report.Word(seedsText(one.Seeds)), report.Num(float64(one.Rate)),
			report.Word(yes(one.Edge)), report.Word(ratesText(one.Discarded)), report.Num(float64(len(one.Rates))), report.Word(lossesText(one))})
	}
	return t
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func ratesText(rates []number.Number) string {
	var list []string
	for _, r := range rates {
		list = append(list, report.Figure(float64(r)))
	}
	return strings.Join(list, ", ")
}

func seedsText(seeds []uint64) string {
	var list []string
	for _, seed := range seeds {
		list = append(list, strconv.FormatUint(seed, 10))
	}
	return strings.Join(list, ", ")
}

// behind is how many seeds a loss is the mean of.
func behind(t claims.Tuned, i int) int {
	if i < len(t.Runs) {
		return t.Runs[i]
	}
	return 0
}

func lossesText(t claims.Tuned) string {
	var list []string
	for i, rate := range t.Rates {
		loss := "none"
		if i < len(t.Losses) && finite(float64(t.Losses[i])) {
			loss = report.Figure(float64(t.Losses[i]))
		}
		if n := behind(t, i); n > 1 {
			loss += fmt.Sprintf(" (%d seeds)", n)
		}
		list = append(list, fmt.Sprintf("%s → %s", report.Figure(float64(rate)), loss))
	}
	return strings.Join(list, "; ")
}

// tuningFile is a line a rate.
func tuningFile(v claims.Verdicts) report.Table {
	t := report.Table{ID: "tuning", Columns: []string{"task", "setting", "arm", "seeds", "lr", "loss", "chosen", "edge", "discarded"}}
	for _, one := range v.Tuning {
		for i, rate := range one.Rates {
			loss := report.Cell{}
			if i < len(one.Losses) {
				loss = report.Num(float64(one.Losses[i]))
			}
			t.Rows = append(t.Rows, []report.Cell{report.Word(one.Task), report.Word(one.Setting), report.Word(one.Arm), report.Num(float64(behind(one, i))), report.Num(float64(rate)), loss,
				report.Word(yes(rate == one.Rate)), report.Word(yes(one.Edge)), report.Word(yes(slices.Contains(one.Discarded, rate)))})
		}
	}
	return t
}

// partFile are the parts of all verdicts, runFile the runs behind them.
func partFile(v claims.Verdicts) report.Table {
	t := report.Table{ID: "parts", Columns: append([]string{"claim", "variation", "task", "setting", "definition"}, partColumns()...)}
	for _, one := range v.Verdicts {
		add := func(r claims.PartResult, name string) {
			row := []report.Cell{report.Word(one.Claim), report.Word(string(one.Variation)), report.Word(one.Task), report.Word(r.Setting), report.Word(r.Definition)}
			t.Rows = append(t.Rows, append(row, partRow(r, name)...))
		}
		for _, r := range one.Premises {
			add(r, "premise: "+r.Name)
		}
		for _, r := range one.Parts {
			add(r, r.Name)
		}
	}
	return t
}

func runFile(v claims.Verdicts) report.Table {
	t := report.Table{ID: "runs", Columns: append([]string{"claim", "variation", "task"}, runColumns()...)}
	for _, one := range v.Verdicts {
		for _, r := range one.Runs {
			row := []report.Cell{report.Word(one.Claim), report.Word(string(one.Variation)), report.Word(one.Task)}
			t.Rows = append(t.Rows, append(row, runRow(r)...))
		}
	}
	return t
}
