// SPDX-License-Identifier: Apache-2.0

package claims

import "revgn/internal/record"

// View is one run as statistics see it. They change nothing in what it returns.
type View interface {
	// Name is that of the run's directory.
	Name() string
	// Ended says that the run came to its end, or how else it stands.
	Ended() (bool, string)
	// Classes is the number of classes of its data, 0 where that is not known.
	Classes() int
	// Metrics are the lines of the run.
	Metrics() *record.Metrics
	// Similarity is how like their start the streams of its blocks are at the end, from the lowest block up; an error where that was not analysed.
	Similarity() ([]Similarity, error)
}

// Similarity is a debiased linear CKA of the stream after a block at the end of a run.
type Similarity struct {
	Site  string
	Start float64 // with that of the run's own start
	Floor float64 // with that of another seed's start
}

// Key is the place of a run.
type Key struct {
	Setting, Arm string
	Seed         uint64
}

// Runs are the runs of one task by their place.
type Runs map[Key]View
