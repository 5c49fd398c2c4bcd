// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"fmt"
	"math"
	"strings"

	"revgn/internal/nearest"
	"revgn/internal/record"
)

// Metric is a number of a run's end, by which runs are compared.
type Metric struct {
	Name    string
	Largest bool // the largest is the best
	of      func(record.Scores) record.Optional
}

func metrics() []Metric {
	return []Metric{
		{"test_acc", true, func(s record.Scores) record.Optional { return s.TestAcc }},
		{"test_loss", false, func(s record.Scores) record.Optional { return s.TestLoss }},
		{"train_acc", true, func(s record.Scores) record.Optional { return s.TrainAcc }},
		{"train_loss", false, func(s record.Scores) record.Optional { return s.TrainLoss }},
	}
}

// MetricNames lists the metrics.
func MetricNames() []string {
	var names []string
	for _, m := range metrics() {
		names = append(names, m.Name)
	}
	return names
}

// ParseMetric finds a metric by its name.
func ParseMetric(name string) (Metric, error) {
	for _, m := range metrics() {
		if m.Name == name {
			return m, nil
		}
	}
	return Metric{}, fmt.Errorf("got %q; allowed: %s%s", name, strings.Join(MetricNames(), ", "), nearest.Hint(name, MetricNames()))
}

// Value is the metric at the end of a run, NaN where there is none.
func (m Metric) Value(s State) float64 {
	if v := m.of(s.Summary.Last); v.Set {
		return float64(v.Value)
	}
	return math.NaN()
}

// Better compares two values; nothing is better than a number that is not there.
func (m Metric) Better(a, b float64) bool {
	switch {
	case math.IsNaN(a):
		return false
	case math.IsNaN(b):
		return true
	case m.Largest:
		return a > b
	}
	return a < b
}

// Word says which values are the better ones.
func (m Metric) Word() string {
	if m.Largest {
		return "largest"
	}
	return "smallest"
}
