// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"math"
	"strings"

	"revgn/internal/npy"
	"revgn/internal/record"
)

// ckaRow is what the report reads of a row of analysis/cka.json.
type ckaRow struct {
	Start []ckaSite `json:"start"`
	Floor []ckaSite `json:"floor"`
}

type ckaSite struct {
	Site   string         `json:"site"`
	Linear *ckaSimilarity `json:"linear"`
	RBF    *ckaSimilarity `json:"rbf"`
}

type ckaSimilarity struct {
	Debiased record.Number `json:"debiased"`
}

// ckaPanels are CKA with the start, checkpoints by sites, and where arrays were written the newest checkpoint's sites by the start's.
func ckaPanels(r *Run, rows []record.Measured[ckaRow]) []Panel {
	var panels []Panel
	add := func(title string, sites func(ckaRow) []ckaSite, value func(ckaSite) *ckaSimilarity) {
		if h := ckaHeat(rows, sites, value); h != nil {
			panels = append(panels, Panel{Title: title, Heat: h, About: "Debiased CKA of every site with the same site at the start; 1 is the same up to rotation and scale."})
		}
	}
	start := func(r ckaRow) []ckaSite { return r.Start }
	floor := func(r ckaRow) []ckaSite { return r.Floor }
	add("linear CKA with the start, site by site", start, func(s ckaSite) *ckaSimilarity { return s.Linear })
	add("RBF CKA with the start, site by site", start, func(s ckaSite) *ckaSimilarity { return s.RBF })
	add("linear CKA with the start of another seed", floor, func(s ckaSite) *ckaSimilarity { return s.Linear })
	newest := rows[len(rows)-1]
	for _, a := range r.arrays(newest.Arrays) {
		if h := siteHeat(a, newest.Values.Start); h != nil {
			panels = append(panels, Panel{Title: fmt.Sprintf("%s of step %d, all sites", a.Name, newest.Step), Heat: h, About: "Debiased CKA of every site with every site of the network that it is compared with."})
		}
	}
	return panels
}

func ckaHeat(rows []record.Measured[ckaRow], sites func(ckaRow) []ckaSite, value func(ckaSite) *ckaSimilarity) *Heat {
	var names []string
	column := map[string]int{}
	for _, row := range rows {
		for _, s := range sites(row.Values) {
			if _, ok := column[s.Site]; !ok && value(s) != nil {
				column[s.Site], names = len(names), append(names, s.Site)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	h := &Heat{RowTitle: "step", ColTitle: "site", Cols: names, Lo: 0, Hi: 1}
	for _, row := range rows {
		values := blanks(len(names))
		for _, s := range sites(row.Values) {
			if v := value(s); v != nil {
				values[column[s.Site]] = float64(v.Debiased)
			}
		}
		h.Rows, h.Values = append(h.Rows, stepLabel(row.Step)), append(h.Values, values)
	}
	return h
}

// siteHeat is a matrix of sites by sites, nil for any other array.
func siteHeat(a npy.Array, sites []ckaSite) *Heat {
	if !strings.HasSuffix(a.Name, "linear.debiased") || len(a.Shape) != 2 || a.Shape[0] != len(sites) || a.Shape[1] != len(sites) {
		return nil
	}
	data, ok := floats(a)
	if !ok {
		return nil
	}
	h := &Heat{RowTitle: "site", ColTitle: "site it is compared with", Lo: 0, Hi: 1}
	for i, s := range sites {
		h.Rows, h.Cols = append(h.Rows, s.Site), append(h.Cols, s.Site)
		h.Values = append(h.Values, data[i*len(sites):(i+1)*len(sites)])
	}
	return h
}

// acrossRow is what the report reads of a row of analysis/cka-across.json.
type acrossRow struct {
	Runs []struct {
		Run  string `json:"run"`
		Step int    `json:"step"`
	} `json:"runs"`
	Sites []struct {
		Site   string `json:"site"`
		Linear *struct {
			Debiased [][]record.Number `json:"debiased"`
		} `json:"linear"`
	} `json:"sites"`
}

// acrossPanels are the runs by runs of every site, at the newest checkpoints.
func acrossPanels(_ *Run, rows []record.Measured[acrossRow]) []Panel {
	row := rows[len(rows)-1].Values
	var names []string
	for _, r := range row.Runs {
		names = append(names, fmt.Sprintf("%s, step %d", r.Run, r.Step))
	}
	var panels []Panel
	for _, s := range row.Sites {
		if s.Linear == nil || len(s.Linear.Debiased) != len(names) {
			continue
		}
		h := &Heat{RowTitle: "run", ColTitle: "run", Rows: names, Cols: names, Lo: 0, Hi: 1}
		for _, line := range s.Linear.Debiased {
			values := blanks(len(names))
			for j := range min(len(line), len(names)) {
				values[j] = float64(line[j])
			}
			h.Values = append(h.Values, values)
		}
		panels = append(panels, Panel{Title: "linear CKA between runs at " + s.Site, Heat: h, About: "Debiased CKA of what the runs make of the same samples."})
	}
	return panels
}

func blanks(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}
