// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"slices"

	"revgn/internal/npy"
	"revgn/internal/record"
)

// ntkRow is what the report reads of a row of analysis/ntk.json.
type ntkRow struct {
	Centred  ntkFigure `json:"alignment_centred"`
	Change   ntkFigure `json:"relative_change"`
	Label    ntkFigure `json:"label_alignment"`
	Spectrum *struct {
		Max           record.Number `json:"lambda_max"`
		Min           record.Number `json:"lambda_min"`
		EffectiveRank ntkFigure     `json:"effective_rank"`
	} `json:"spectrum"`
	Shares []struct {
		Coupling string        `json:"coupling"`
		Trace    record.Number `json:"trace"`
	} `json:"shares"`
}

type ntkFigure struct {
	Value record.Number `json:"value"`
}

// ntkPanels are the kernel over time, in which couplings it lives, and where arrays were written its spectrum and the kernel itself.
func ntkPanels(r *Run, rows []record.Measured[ntkRow]) []Panel {
	var panels []Panel
	if len(rows) > 1 {
		panels = append(panels, ntkOverTime(rows)...)
	}
	if h := ntkShares(rows); h != nil {
		panels = append(panels, Panel{Title: "shares of the couplings in the tangent kernel's trace", Heat: h, About: "In which coupling's weights the kernel lives; a row adds up to 1."})
	}
	spectrum := Lines{X: "eigenvalue number", Y: "eigenvalue", LogX: true, LogY: true}
	newest := -1 // that has arrays
	for i, row := range rows {
		if row.Arrays != "" {
			newest = i
		}
		if values := eigenvalues(r.arrays(row.Arrays, "eigenvalues")); len(values) > 0 {
			spectrum.Curves = append(spectrum.Curves, spectrumLine(fmt.Sprintf("step %d", row.Step), values))
		}
	}
	if len(spectrum.Curves) > 0 {
		panels = append(panels, Panel{Title: "spectrum of the tangent kernel", Lines: &spectrum, About: "Eigenvalues in descending order; those at or below zero are left out."})
	}
	if newest >= 0 {
		panels = append(panels, kernelPanels(r, rows[newest].Step, r.arrays(rows[newest].Arrays, "kernel", "probe.y"))...)
	}
	return panels
}

func ntkOverTime(rows []record.Measured[ntkRow]) []Panel {
	list := []Line{{Label: "alignment with the start, centred"}, {Label: "relative change"}, {Label: "alignment with the labels"}}
	extremes := []Line{{Label: "largest eigenvalue"}, {Label: "smallest eigenvalue"}, {Label: "effective rank"}}
	for _, row := range rows {
		x, v := float64(row.Step), row.Values
		list[0].add(x, float64(v.Centred.Value))
		list[1].add(x, float64(v.Change.Value))
		list[2].add(x, float64(v.Label.Value))
		if s := v.Spectrum; s != nil {
			extremes[0].add(x, float64(s.Max))
			extremes[1].add(x, float64(s.Min))
			extremes[2].add(x, float64(s.EffectiveRank.Value))
		}
	}
	panels := []Panel{{Title: "tangent kernel over time", Lines: &Lines{X: "step", Y: "alignment, relative change", Curves: list}, About: "Of the class-traced kernel, or the full one where it was asked for."}}
	if len(extremes[0].X) > 0 {
		panels = append(panels, Panel{Title: "ends of the tangent kernel's spectrum", Lines: &Lines{X: "step", Y: "eigenvalue, rank", LogY: true, Curves: extremes}, About: "Largest and smallest eigenvalue, and how many make up the kernel."})
	}
	return panels
}

func ntkShares(rows []record.Measured[ntkRow]) *Heat {
	h := &Heat{RowTitle: "step", ColTitle: "coupling"}
	for _, s := range rows[0].Values.Shares {
		h.Cols = append(h.Cols, s.Coupling)
	}
	if len(h.Cols) == 0 {
		return nil
	}
	for _, row := range rows {
		values := blanks(len(h.Cols))
		for i := range min(len(values), len(row.Values.Shares)) {
			values[i] = float64(row.Values.Shares[i].Trace)
		}
		h.Rows, h.Values = append(h.Rows, stepLabel(row.Step)), append(h.Values, values)
	}
	h.Lo, h.Hi = 0, 1
	return h
}

func eigenvalues(arrays []npy.Array) []float64 {
	if a, ok := npy.Find(arrays, "eigenvalues"); ok {
		values, _ := floats(a)
		return values
	}
	return nil
}

// spectrumLine is a spectrum in descending order, thinned where it is long.
func spectrumLine(label string, values []float64) Line {
	sorted := slices.Sorted(slices.Values(values))
	slices.Reverse(sorted)
	line := Line{Label: label}
	for i, v := range sorted {
		if v > 0 {
			line.add(float64(i+1), v)
		}
	}
	if len(line.Y) > maxPoints {
		at := extremes(maxPoints, line.Y)
		line.X, line.Y = pick(line.X, at), pick(line.Y, at)
	}
	return line
}
