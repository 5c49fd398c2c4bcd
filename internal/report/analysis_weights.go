// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"strings"

	"revgn/internal/record"
)

// weightsRow is what the report reads of a row of analysis/weights.json.
type weightsRow struct {
	Couplings []struct {
		Name     string        `json:"name"`
		Relative record.Number `json:"relative_displacement"`
		Rank     record.Number `json:"effective_rank"`
	} `json:"couplings"`
}

// weightsPanels are how far each coupling went, and where arrays were written the singular values of the newest displacement.
func weightsPanels(r *Run, rows []record.Measured[weightsRow]) []Panel {
	h := &Heat{RowTitle: "step", ColTitle: "coupling"}
	for _, c := range rows[0].Values.Couplings {
		h.Cols = append(h.Cols, c.Name)
	}
	for _, row := range rows {
		values := blanks(len(h.Cols))
		for i := range min(len(values), len(row.Values.Couplings)) {
			values[i] = float64(row.Values.Couplings[i].Relative)
		}
		h.Rows, h.Values = append(h.Rows, stepLabel(row.Step)), append(h.Values, values)
	}
	var panels []Panel
	if len(h.Cols) > 0 {
		h.Lo, h.Hi = bounds(h.Values)
		panels = append(panels, Panel{Title: "displacement of each coupling's weights", Heat: h, About: "‖Z - Z₀‖/‖Z₀‖ of every coupling at every checkpoint."})
	}
	newest := rows[len(rows)-1]
	lines := Lines{X: "singular value number", Y: "singular value", LogX: true, LogY: true}
	for _, a := range r.arrays(newest.Arrays) {
		name, ok := strings.CutSuffix(a.Name, ".singular_values")
		if values, isFloat := floats(a); ok && isFloat && len(lines.Curves) < maxCouplings {
			lines.Curves = append(lines.Curves, spectrumLine(name, values))
		}
	}
	if len(lines.Curves) > 0 {
		panels = append(panels, Panel{Title: fmt.Sprintf("singular values of the displacement at step %d", newest.Step), Lines: &lines, About: "In how many directions each coupling went."})
	}
	return panels
}
