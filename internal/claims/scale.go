// SPDX-License-Identifier: Apache-2.0

package claims

import (
	"fmt"
	"slices"
	"strings"

	"revgn/internal/nearest"
)

// Scale is how large the runs are.
type Scale string

// The scales.
const (
	Smoke Scale = "smoke" // digits: minutes, to see that everything works
	CPU   Scale = "cpu"   // MNIST at reduced width and a part of CIFAR-10: hours on two cores
	Paper Scale = "paper" // the published sizes
)

// Scales lists the scales, the smallest first.
func Scales() []Scale { return []Scale{Smoke, CPU, Paper} }

// ParseScale finds a scale by its name.
func ParseScale(name string) (Scale, error) {
	if s := Scale(name); slices.Contains(Scales(), s) {
		return s, nil
	}
	names := []string{string(Smoke), string(CPU), string(Paper)}
	return "", fmt.Errorf("got scale %q; allowed: %s%s", name, strings.Join(names, ", "), nearest.Hint(name, names))
}

// Seeds are those of the runs that verdicts are about.
func (s Scale) Seeds() []uint64 { return []uint64{0, 1, 2, 3, 4} }

// TuningSeeds are those of the runs by which rates are chosen: none of Seeds, so that no run is judged by which something was chosen. The first makes a run at
// every rate, the others at the one that is best so far, until the best stays the best: near the largest stable rate a single run may be lucky.
func (s Scale) TuningSeeds() []uint64 {
	if s == Smoke {
		return []uint64{100, 101}
	}
	return []uint64{100, 101, 102}
}

// Extensions is how many rates may be added to a grid whose best rate lies at its edge; the same for every arm.
func (s Scale) Extensions() int { return 6 }

// Finest is the factor to which a grid is made finer around its best rate: that of the grids of Gauss-Newton, so that every optimizer ends with rates as close
// to each other. At smoke the grids stay as they are.
func (s Scale) Finest() float64 {
	if s == Smoke {
		return 0
	}
	return 2
}

// rates are those of a grid that the scale tries: at smoke the three in the middle of five.
func (s Scale) rates(grid []float64) []float64 {
	if s == Smoke && len(grid) == 5 {
		return grid[1:4]
	}
	return grid
}
