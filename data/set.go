// SPDX-License-Identifier: Apache-2.0

package data

import "fmt"

// Set holds samples and labels, ready to be gathered into batches.
type Set struct {
	// Name is the data set's name; "cifar10 (subset)" when images are missing.
	Name string
	// X holds the normalised samples, N x D, row-major.
	X []float32
	// Y holds the labels, 0 to Classes-1, one a sample.
	Y []int32
	// D is the number of features a sample.
	D int
	// Classes is the number of classes, whether or not each occurs.
	Classes int
	// Channels, Height and Width are the geometry of samples that are images,
	// channel-first, D = Channels·Height·Width; all 0 where they are none.
	Channels, Height, Width int
	// Hash is the SHA-256, in hex, of the samples before normalisation and the
	// labels (see [Source.Hash] for both sets together). It does not depend on
	// how the file was compressed.
	Hash string
	// Warnings says what a reader of results must know, one line each.
	Warnings []string
}

// Source is a data set as [Open] returns it.
type Source struct {
	Train, Test *Set
	// Name is the data set's name, as Set.Name.
	Name string
	// Place says where the data came from: a folder, a file, "embedded" or "computed".
	Place string
	// Mean and Std are what normalised the samples, one value a channel, in the
	// units after the division by 255 where that applies.
	Mean, Std []float64
	// Hash is the SHA-256, in hex, over Train.Hash and Test.Hash.
	Hash string
	// Warnings are those of both sets.
	Warnings []string
	// Notes says how the samples came to be, one line each: the rule of a computed
	// task, and what was done to the samples after Open.
	Notes []string
}

// Len is the number of samples N.
func (s *Set) Len() int { return len(s.Y) }

// Row is sample i, of length D. It shares memory with X.
func (s *Set) Row(i int) []float32 { return s.X[i*s.D : (i+1)*s.D : (i+1)*s.D] }

// Image says that the samples are images.
func (s *Set) Image() bool { return s.Channels > 0 }

// Counts is the number of samples in each class; its length is Classes.
func (s *Set) Counts() []int {
	n := make([]int, s.Classes)
	for _, y := range s.Y {
		n[y]++
	}
	return n
}

// Gather copies the samples idx, in that order, into the caller's buffers:
// x of length len(idx)·D, y of length len(idx). Wrong lengths and indices out
// of range are mistakes of the program and panic.
func (s *Set) Gather(idx []int, x []float32, y []int32) {
	if len(x) != len(idx)*s.D || len(y) != len(idx) {
		panic(fmt.Sprintf("data: Gather of %d samples of %d features into buffers of %d and %d", len(idx), s.D, len(x), len(y)))
	}
	for k, i := range idx {
		copy(x[k*s.D:(k+1)*s.D], s.Row(i))
		y[k] = s.Y[i]
	}
}
