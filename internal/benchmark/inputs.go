// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"revgn/data"
	"revgn/internal/config"
)

// Inputs is a batch on the host.
type Inputs struct {
	X              []float32 // (B, D)
	Y              []int32   // (B)
	Width, Classes int       // D, K
	Note           string    // why the inputs are random; "" for those of the data set
}

// shape is what a batch takes of a data set.
type shape struct{ width, classes, train int }

// publishedShape is that of a set that is not there.
func publishedShape(o config.Options) shape {
	s := map[string]shape{"mnist": {width: 784, classes: 10}, "fashion-mnist": {width: 784, classes: 10}, "cifar10": {width: 3072, classes: 10}, "cifar100": {width: 3072, classes: 100}}[o.Dataset]
	s.train = o.KnownTrainSamples()
	return s
}

// library keeps the data sets that were read.
type library struct {
	random bool // whether all inputs are random
	open   map[string]*data.Source
}

// batch draws the batch of a case: the first one of the first epoch, or random inputs of the data set's shape where the set is not there or has fewer samples
// than atLeast. A width that is not 0 replaces that of the data, with random inputs.
func (l *library) batch(ctx context.Context, o config.Options, width, atLeast int) (Inputs, error) {
	from, err := l.source(ctx, o)
	missing := errors.Is(err, data.ErrMissing)
	if err != nil && !missing {
		return Inputs{}, err
	}
	s, note := publishedShape(o), ""
	if missing {
		note = fmt.Sprintf("%s is not there (see `revgn data get %s`)", o.Dataset, o.Dataset)
	} else {
		s = shape{from.Train.D, from.Train.Classes, from.Train.Len()}
	}
	if o.TrainSize > 0 {
		s.train = o.TrainSize
	}
	b := o.Batch(s.train)
	switch {
	case width > 0:
		s.width, note = width, "a width is asked for"
	case note != "":
	case l.random:
		note = "they are asked for"
	case max(b, atLeast) > s.train:
		note = fmt.Sprintf("%s has %d training samples", o.Dataset, s.train)
	}
	if note != "" {
		return randomInputs(o.Seed, b, s, "random inputs: "+note), nil
	}
	idx := data.Batches(data.Order(o.Seed, 0, s.train), b)[0]
	in := Inputs{X: make([]float32, b*s.width), Y: make([]int32, b), Width: s.width, Classes: s.classes}
	from.Train.Gather(idx, in.X, in.Y)
	return in, nil
}

func (l *library) source(ctx context.Context, o config.Options) (*data.Source, error) {
	key := fmt.Sprintf("%s %d", o.Dataset, o.TrainSize)
	if s := l.open[key]; s != nil {
		return s, nil
	}
	s, err := data.Open(ctx, o.Dataset, o.DataDir, data.Options{TrainSize: o.TrainSize})
	if err == nil {
		l.open[key] = s
	}
	return s, err
}

// randomInputs are standard normal, with labels that do not depend on them.
func randomInputs(seed uint64, b int, s shape, note string) Inputs {
	rng := rand.New(rand.NewPCG(seed, 5))
	in := Inputs{X: make([]float32, b*s.width), Y: make([]int32, b), Width: s.width, Classes: s.classes, Note: note}
	for i := range in.X {
		in.X[i] = float32(rng.NormFloat64())
	}
	for i := range in.Y {
		in.Y[i] = int32(rng.IntN(s.classes))
	}
	return in
}
