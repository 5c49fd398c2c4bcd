// SPDX-License-Identifier: Apache-2.0

package data

import (
	"context"
	_ "embed"
	"fmt"
	"path/filepath"
)

// digitsCSV is the embedded data set; digits/NOTICE names its origin and licence.
//
//go:embed digits/digits.csv.gz
var digitsCSV []byte

// parts is a data set as read, before it is cut and normalised.
type parts struct {
	name        string
	place       string
	train, test *samples
	classes     int
	mean, std   []float64 // nil: the moments of the training part
	warnings    []string
	notes       []string
}

// idxSet is an MNIST-like set: 10 classes, 60,000 + 10,000 images when complete.
type idxSet struct {
	folders   []string
	mean, std float64
}

// idxSets has the constants of the data sets' usual recipes: 0.1307 and 0.3081
// (PyTorch's MNIST example), 0.2860 and 0.3530 for Fashion-MNIST.
func idxSets(name string) (idxSet, bool) {
	switch name {
	case "mnist":
		return idxSet{[]string{"mnist", filepath.Join("MNIST", "raw")}, 0.1307, 0.3081}, true
	case "fashion-mnist":
		return idxSet{[]string{"fashion-mnist", filepath.Join("FashionMNIST", "raw")}, 0.2860, 0.3530}, true
	}
	return idxSet{}, false
}

func (set idxSet) read(ctx context.Context, name string, at files) (*parts, error) {
	const classes, nTrain, nTest = 10, 60000, 10000
	train, err := readIDXPair(ctx, at.train[0], at.train[1], classes)
	if err != nil {
		return nil, err
	}
	test, err := readIDXPair(ctx, at.test[0], at.test[1], classes)
	if err != nil {
		return nil, err
	}
	if train.d != test.d {
		return nil, &FileError{File: at.test[0], Offset: 8, Msg: fmt.Sprintf("images of %d pixels, want %d as in %s", test.d, train.d, at.train[0])}
	}
	p := &parts{name: name, train: train, test: test, classes: classes, mean: []float64{set.mean}, std: []float64{set.std}}
	p.compare(nTrain, nTest)
	return p, nil
}

// cifarSet is where the parts of a CIFAR set lie and how they are normalised.
type cifarSet struct {
	folders   []string
	sub       string // the folder inside the published archive
	archive   string
	train     []string
	test      string
	format    cifarFormat
	mean, std []float64
}

// cifarSets has the per-channel moments of the training parts that are in common use.
func cifarSets(name string) (cifarSet, bool) {
	switch name {
	case "cifar10":
		return cifarSet{
			folders: []string{"cifar10", "cifar10-subset"}, sub: "cifar-10-batches-bin", archive: "cifar-10-binary",
			train: []string{"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
			test:  "test_batch.bin", format: cifarFormat{[]int{10}},
			mean: []float64{0.49139968, 0.48215827, 0.44653124}, std: []float64{0.24703233, 0.24348505, 0.26158768},
		}, true
	case "cifar100":
		return cifarSet{
			folders: []string{"cifar100"}, sub: "cifar-100-binary", archive: "cifar-100-binary",
			train: []string{"train.bin"}, test: "test.bin", format: cifarFormat{[]int{20, 100}},
			mean: []float64{0.5071, 0.4865, 0.4409}, std: []float64{0.2673, 0.2564, 0.2762},
		}, true
	}
	return cifarSet{}, false
}

func (set cifarSet) read(ctx context.Context, name string, at files) (*parts, error) {
	const nTrain, nTest = 50000, 10000
	p := &parts{name: name, classes: set.format.classes(), mean: set.mean, std: set.std}
	var err error
	if at.archive != "" {
		var all []*samples
		if all, err = set.format.readArchive(ctx, at.archive, append(append([]string{}, set.train...), set.test)); err != nil {
			return nil, err
		}
		p.train, p.test = concat(all[:len(set.train)]), all[len(set.train)]
	} else {
		if p.train, err = set.format.readFiles(ctx, at.train); err != nil {
			return nil, err
		}
		if p.test, err = set.format.readFiles(ctx, at.test); err != nil {
			return nil, err
		}
		if have, all := len(at.train), len(set.train); have < all {
			p.warnings = append(p.warnings, fmt.Sprintf("%s: %d of %d training batches are there", name, have, all))
		}
	}
	p.compare(nTrain, nTest)
	if filepath.Base(at.folder) == "cifar10-subset" {
		p.name = name + " (subset)"
	}
	return p, nil
}

// compare warns where the number of images is not the published one and marks
// the name, so that no result on fewer images passes for one on all.
func (p *parts) compare(nTrain, nTest int) {
	short := append(countWarning(p.name, "training", p.train.n, nTrain), countWarning(p.name, "test", p.test.n, nTest)...)
	p.warnings = append(p.warnings, short...)
	if short != nil {
		p.name += " (subset)"
	}
}
