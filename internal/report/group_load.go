// SPDX-License-Identifier: Apache-2.0

package report

import "context"

// LoadGroup reads runs of which the caller knows that they differ in their seed alone, and their means; curves have at most so many points. Couplings and analyses are left out.
func LoadGroup(ctx context.Context, label string, dirs []string, points int) (*Group, error) {
	g := &Group{Label: label, Bands: map[string]*Band{}}
	for _, dir := range dirs {
		r, err := loadOptions(dir)
		if err != nil {
			return nil, err
		}
		g.Runs = append(g.Runs, r)
	}
	err := each(ctx, g.Runs, func(r *Run) {
		r.loadRecord()
		r.Couplings = nil
	})
	if err != nil {
		return nil, err
	}
	g.gather()
	g.thin(points)
	for _, r := range g.Runs {
		r.thin(points)
	}
	return g, nil
}

// FindQuantity finds a quantity that runs record by its identity.
func FindQuantity(id string) (Quantity, bool) {
	for _, s := range sections() {
		for _, q := range s.Quantities {
			if q.ID == id {
				return q, true
			}
		}
	}
	return Quantity{}, false
}

// MeanInterval is the mean of values and half the width of its 95 % interval by Student's t; the latter is NaN for fewer than two.
func MeanInterval(values []float64) (mean, half float64) {
	return interval(values, tFactor(len(values)))
}
