// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"

	"revgn/internal/record"
)

// featuresRow is what the report reads of a row of analysis/features.json.
type featuresRow struct {
	Sites []struct {
		Name  string          `json:"name"`
		Now   featuresNumbers `json:"now"`
		Start featuresNumbers `json:"start"`
	} `json:"sites"`
}

type featuresNumbers struct {
	Centred struct {
		Rank record.Number `json:"effective_rank"`
	} `json:"centred"`
	Probe *struct {
		Accuracy record.Number `json:"accuracy"`
	} `json:"probe"`
}

// featuresPanels are what can be read off every site at the newest checkpoint, and how many directions it has.
func featuresPanels(_ *Run, rows []record.Measured[featuresRow]) []Panel {
	newest := rows[len(rows)-1]
	accuracy := Heat{RowTitle: "when", ColTitle: "site", Rows: []string{"start", stepLabel(newest.Step)}, Values: [][]float64{nil, nil}, Lo: 0, Hi: 1}
	rank := Heat{RowTitle: "when", ColTitle: "site", Rows: accuracy.Rows, Values: [][]float64{nil, nil}}
	for _, s := range newest.Values.Sites {
		rank.Cols = append(rank.Cols, s.Name)
		rank.Values[0] = append(rank.Values[0], float64(s.Start.Centred.Rank))
		rank.Values[1] = append(rank.Values[1], float64(s.Now.Centred.Rank))
		if s.Start.Probe != nil && s.Now.Probe != nil {
			accuracy.Cols = append(accuracy.Cols, s.Name)
			accuracy.Values[0] = append(accuracy.Values[0], float64(s.Start.Probe.Accuracy))
			accuracy.Values[1] = append(accuracy.Values[1], float64(s.Now.Probe.Accuracy))
		}
	}
	var panels []Panel
	if len(rank.Cols) > 0 {
		rank.Lo, rank.Hi = bounds(rank.Values)
		panels = append(panels, Panel{Title: fmt.Sprintf("effective rank of every site, start and step %d", newest.Step), Heat: &rank, About: "Of the centred kernel matrix of the site."})
	}
	if len(accuracy.Cols) > 0 {
		panels = append(panels, Panel{Title: fmt.Sprintf("accuracy of a ridge classifier on every site, start and step %d", newest.Step), Heat: &accuracy, About: "How much of the classes a linear reader finds at the site."})
	}
	return panels
}
