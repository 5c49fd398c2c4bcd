// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"

	"revgn/internal/number"
	"revgn/internal/sweep"
)

// printBest prints the best option set of every group, with what it cost to find.
func (g gathered) printBest(w io.Writer, states []sweep.State) {
	contests := sweep.Compare(g.runs, states, g.metric, g.groupBy)
	fmt.Fprintf(w, "\nbest       %s %s, mean over seeds at the end of the runs, by %s\n", g.metric.Word(), g.metric.Name, g.groupBy)
	t := table{head: []string{g.groupBy, g.metric.Name, "deviation", "seeds", "tried", "runs", "options"}, left: 1}
	for _, c := range contests {
		row := []string{c.Group, "none", "", "", fmt.Sprint(len(c.Sets)), fmt.Sprint(c.Runs()), ""}
		if c.Best >= 0 {
			s := c.Sets[c.Best]
			row = []string{c.Group, number4(s.Mean()), number4(s.Deviation()), fmt.Sprint(len(s.Runs)), fmt.Sprint(len(c.Sets)), fmt.Sprint(c.Runs()), settings(s.Varies, g.groupBy)}
		}
		t.rows = append(t.rows, row)
	}
	t.print(w)
	for _, c := range contests {
		if c.Open > 0 {
			fmt.Fprintf(w, "note: %d of %d runs of %s have not ended; option sets with such runs do not count\n", c.Open, c.Runs(), c.Group)
		}
	}
	if text := sweep.Unequal(contests, g.groupBy); text != "" {
		fmt.Fprintf(w, "warning: %s\n", text)
	}
	if strings.HasPrefix(g.metric.Name, "test_") {
		fmt.Fprintf(w, "note: chosen and told by the same %s, so the figure is better than new data would give\n", g.metric.Name)
	}
}

// settings writes what varies, but for one option.
func settings(varies []sweep.Setting, but string) string {
	var parts []string
	for _, s := range varies {
		if s.Name != but {
			parts = append(parts, s.Name+"="+sweep.Short(s.Value))
		}
	}
	return strings.Join(parts, " ")
}

// runJSON is a run for machines.
type runJSON struct {
	ID      string            `json:"id"`
	Run     string            `json:"run"`
	Options map[string]string `json:"options"`
	Status  sweep.Status      `json:"status"`
	Steps   int               `json:"steps"`
	Total   int               `json:"total,omitempty"`
	Error   string            `json:"error,omitempty"`
	Seconds float64           `json:"seconds,omitempty"`
	Summary any               `json:"summary,omitempty"`
}

// bestJSON is a group for machines.
type bestJSON struct {
	Group   string            `json:"group"`
	Options map[string]string `json:"options,omitempty"` // of the best option set
	Mean    number.Number     `json:"mean"`
	Std     number.Number     `json:"std"`
	Seeds   int               `json:"seeds"`
	Tried   int               `json:"tried"` // option sets
	Runs    int               `json:"runs"`
	Open    int               `json:"open"`
}

// printSweepJSON prints one object.
func (g gathered) printSweepJSON(w io.Writer, states []sweep.State, err error) error {
	counted := map[string]int{}
	for _, s := range sweep.Statuses() {
		counted[string(s)] = countStates(states).of[s]
	}
	out := map[string]any{"sweep": string(g.dir), "counts": counted, "exit": exitDone}
	if err != nil {
		out["exit"] = exitCode(err)
	}
	var runs []runJSON
	for i, run := range g.runs {
		s := states[i]
		r := runJSON{ID: run.ID, Run: g.dir.Run(run), Options: optionMap(run.Varies), Status: s.Status, Steps: s.Steps, Total: s.Total, Error: s.Message, Seconds: s.Seconds}
		if s.Summary.Status != "" {
			r.Summary = s.Summary
		}
		runs = append(runs, r)
	}
	out["runs"] = runs
	if g.best != "" {
		out["best"] = g.bestJSON(states)
	}
	return json.NewEncoder(w).Encode(out)
}

func (g gathered) bestJSON(states []sweep.State) map[string]any {
	var groups []bestJSON
	for _, c := range sweep.Compare(g.runs, states, g.metric, g.groupBy) {
		b := bestJSON{Group: c.Group, Tried: len(c.Sets), Runs: c.Runs(), Open: c.Open, Mean: number.Number(math.NaN()), Std: number.Number(math.NaN())}
		if c.Best >= 0 {
			s := c.Sets[c.Best]
			b.Options, b.Mean, b.Std, b.Seeds = optionMap(s.Varies), number.Number(s.Mean()), number.Number(s.Deviation()), len(s.Runs)
		}
		groups = append(groups, b)
	}
	return map[string]any{"metric": g.metric.Name, "best": g.metric.Word(), "group_by": g.groupBy, "groups": groups}
}

func optionMap(all []sweep.Setting) map[string]string {
	m := map[string]string{}
	for _, s := range all {
		m[s.Name] = s.Value
	}
	return m
}
