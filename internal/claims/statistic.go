// SPDX-License-Identifier: Apache-2.0

package claims

import "fmt"

// measure is a number of one run.
type measure func(v View) (float64, error)

// of takes a measure of an arm's run of the seed; an error names the run.
func (s Seed) of(arm string, m measure) (float64, error) {
	x, err := m(s[arm])
	if err != nil {
		return 0, fmt.Errorf("%s (%s): %w", arm, s[arm].Name(), err)
	}
	return x, nil
}

// single is a measure of one arm.
func single(arm string, m measure) Statistic {
	return Statistic{Arms: []string{arm}, Of: func(s Seed) (float64, error) { return s.of(arm, m) }}
}

// difference is the measure of a less that of b.
func difference(a, b string, m measure) Statistic {
	return Statistic{Arms: []string{a, b}, Of: func(s Seed) (float64, error) {
		x, err := s.of(a, m)
		if err != nil {
			return 0, err
		}
		y, err := s.of(b, m)
		return x - y, err
	}}
}

// defined gives a statistic its words; log says that it is a difference of logarithms.
func (s Statistic) defined(log bool, format string, args ...any) Statistic {
	s.Log, s.Definition = log, fmt.Sprintf(format, args...)
	return s
}
