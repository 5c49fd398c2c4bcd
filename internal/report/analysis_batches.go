// SPDX-License-Identifier: Apache-2.0

package report

import (
	"fmt"
	"slices"

	"revgn/internal/record"
)

// batchesRow is what the report reads of a row of analysis/batches.json.
type batchesRow struct {
	BatchSize int             `json:"batch_size"`
	Methods   []batchesMethod `json:"methods"`
}

// batchesMethod is a way to step, with what it does; the run's own stands first.
type batchesMethod struct {
	Name      string            `json:"name"`
	State     string            `json:"state"`
	LR        record.Number     `json:"lr"`
	Steps     int               `json:"steps"`
	Made      int               `json:"made"`
	Exact     record.Optional   `json:"exact"`
	StepNorm  batchesEstimate   `json:"step_norm"`
	Own       batchesChange     `json:"own"`
	Heldout   batchesChange     `json:"heldout"`
	HeldoutSE record.Number     `json:"heldout_samples_se"`
	Before    *batchesEstimate  `json:"before"`
	After     *batchesEstimate  `json:"after"`
	Others    batchesEstimate   `json:"off_diagonal"`
	Overfit   batchesEstimate   `json:"overfit_ratio"`
	Slope     batchesEstimate   `json:"slope_ratio"`
	Curve     []batchesPoint    `json:"curve"`
	A         [][]record.Number `json:"a"`
}

type batchesChange struct {
	Loss      record.Number   `json:"loss"`
	Predicted batchesEstimate `json:"predicted"`
	Actual    batchesEstimate `json:"actual"`
}

type batchesPoint struct {
	Multiple      float64         `json:"multiple"`
	Predicted     batchesEstimate `json:"predicted"`
	Own           batchesEstimate `json:"own"`
	Heldout       batchesEstimate `json:"heldout"`
	Linearisation batchesEstimate `json:"linearisation"`
}

// batchesEstimate is a mean over steps on as many batches, with its jackknife error.
type batchesEstimate struct {
	Mean record.Number `json:"mean"`
	SE   record.Number `json:"se"`
}

// interval is the mean and half the width of its 95 % interval over so many batches.
func (e batchesEstimate) interval(batches int) (mean, half float64) {
	return float64(e.Mean), tFactor(batches) * float64(e.SE)
}

// addEstimate appends a mean with its interval, where it is finite.
func (l *Line) addEstimate(x float64, e batchesEstimate, batches int) {
	mean, half := e.interval(batches)
	before := len(l.Y)
	if l.add(x, mean); len(l.Y) > before {
		l.Lo, l.Hi = append(l.Lo, mean-half), append(l.Hi, mean+half)
	}
}

// batchesKey tells ways to step apart.
type batchesKey struct{ name, lr, state string }

func (m *batchesMethod) key() batchesKey { return batchesKey{m.Name, Figure(float64(m.LR)), m.State} }

// batchesWays are the ways to step of an analysis in the order in which they first stand: each has a place, and keeps its colour in all figures.
type batchesWays []batchesKey

func waysOf(rows []record.Measured[batchesRow]) batchesWays {
	var ways batchesWays
	for _, row := range rows {
		for i := range row.Values.Methods {
			if k := row.Values.Methods[i].key(); ways.place(k) < 0 {
				ways = append(ways, k)
			}
		}
	}
	return ways
}

func (w batchesWays) place(k batchesKey) int { return slices.Index(w, k) }

// label is a way's name, with rate and state where another has the same.
func (w batchesWays) label(k batchesKey) string {
	same := 0
	for _, other := range w {
		if other.name == k.name {
			same++
		}
	}
	if same < 2 {
		return k.name
	}
	return fmt.Sprintf("%s, lr %s, state %s", k.name, k.lr, k.state)
}
