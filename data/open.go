// SPDX-License-Identifier: Apache-2.0

package data

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"revgn/internal/task"
)

// Options says how much of a data set to use.
type Options struct {
	// TrainSize keeps the first TrainSize training samples; 0 keeps all. The
	// moments that normalise digits, csv and npz are those of the whole training
	// part, so that TrainSize does not change the test set.
	TrainSize int
}

// Names are the data sets by name, as --dataset takes them, besides csv:FILE and npz:FILE. teacher and synthetic may carry options, see [Open].
func Names() []string {
	return append([]string{"digits", "mnist", "fashion-mnist", "cifar10", "cifar100"}, task.Names()...)
}

// Open reads a data set: digits, mnist, fashion-mnist, cifar10, cifar100,
// csv:FILE or npz:FILE. dir is the data directory ("" for [Dir]'s choice); FILE
// is a path of its own. teacher and synthetic, alone or with options after a
// colon (see the package comment), are computed.
//
// A published set that is not there gives a [MissingError], a file
// that is not what its format asks for a [FileError] (npz: the array's name).
func Open(ctx context.Context, name, dir string, o Options) (*Source, error) {
	if o.TrainSize < 0 {
		return nil, fmt.Errorf("%s: train size %d, want 0 (all) or more", name, o.TrainSize)
	}
	p, err := read(ctx, name, dir)
	if err != nil {
		return nil, err
	}
	if o.TrainSize > p.train.n {
		return nil, &SizeError{name, o.TrainSize, p.train.n}
	}
	return p.source(o), nil
}

// read finds and reads a data set by name.
func read(ctx context.Context, name, dir string) (*parts, error) {
	switch kind, file, _ := strings.Cut(name, ":"); {
	case name == "digits":
		return readDigits(ctx)
	case task.Is(name):
		return readTask(ctx, name)
	case kind == "csv" && file != "":
		all, err := readCSVFile(ctx, file)
		if err != nil {
			return nil, fmt.Errorf("csv: %w", err)
		}
		return tabular(name, file, all, nil)
	case kind == "npz" && file != "":
		train, test, err := readNPZFile(ctx, file)
		if err != nil {
			return nil, fmt.Errorf("npz: %w", err)
		}
		return tabular(name, file, train, test)
	}
	p, at, err := readPublished(ctx, name, dir)
	if err != nil {
		return nil, err
	}
	p.place = at.place()
	return p, nil
}

// readPublished reads one of the sets that lie under the data directory.
func readPublished(ctx context.Context, name, dir string) (*parts, files, error) {
	at, err := locate(name, dir)
	if err != nil {
		return nil, files{}, err
	}
	var p *parts
	if set, ok := idxSets(name); ok {
		p, err = set.read(ctx, name, at)
	} else {
		set, _ := cifarSets(name)
		p, err = set.read(ctx, name, at)
	}
	if err != nil {
		return nil, files{}, fmt.Errorf("%s: %w", name, err)
	}
	return p, at, nil
}

// locate finds the files of a published set.
func locate(name, dir string) (files, error) {
	dir, err := Dir(dir)
	if err != nil {
		return files{}, err
	}
	if set, ok := idxSets(name); ok {
		return locateIDX(name, dir, set.folders)
	}
	if set, ok := cifarSets(name); ok {
		return locateCIFAR(name, dir, set)
	}
	return files{}, fmt.Errorf("data set %q is unknown, want %s, csv:FILE or npz:FILE", name, strings.Join(Names(), ", "))
}

// readDigits reads the embedded set. The split is Split's: 1,437 and 360 images.
func readDigits(ctx context.Context) (*parts, error) {
	s, err := newStream(ctx, "digits.csv.gz", bytes.NewReader(digitsCSV), int64(len(digitsCSV)))
	if err != nil {
		return nil, err
	}
	all, err := readCSV(s)
	if err != nil {
		return nil, err
	}
	all.image = [3]int{1, 8, 8}
	return tabular("digits", "embedded", all, nil)
}

// tabular makes the parts of a set that brings no published constants; a nil
// test is split off by Split.
func tabular(name, place string, train, test *samples) (*parts, error) {
	p := &parts{name: name, place: place, train: train, test: test}
	if test == nil {
		if train.n < 5 {
			return nil, fmt.Errorf("%s: %d samples, want at least 5 to split off a test set", name, train.n)
		}
		a, b := Split(train.y)
		p.train, p.test = train.pick(a), train.pick(b)
	}
	p.classes = int(max(slices.Max(p.train.y), slices.Max(p.test.y))) + 1
	if p.classes < 2 {
		return nil, fmt.Errorf("%s: every label is 0, want at least two classes", name)
	}
	mean, std := p.train.moments()
	if !(std > 0) {
		return nil, fmt.Errorf("%s: every feature of the training part is %v, want values that differ", name, mean)
	}
	p.mean, p.std = []float64{mean}, []float64{std}
	return p, nil
}

// source cuts, hashes and normalises.
func (p *parts) source(o Options) *Source {
	src := &Source{Name: p.name, Place: p.place, Mean: p.mean, Std: p.std, Warnings: p.warnings, Notes: p.notes}
	src.Train = p.set(p.train.head(o.TrainSize))
	if n := missingClasses(src.Train); n > 0 {
		src.Warnings = append(src.Warnings, fmt.Sprintf("%s: %d of %d classes have no training sample", p.name, n, p.classes))
	}
	src.Test = p.set(p.test)
	src.Train.Warnings, src.Test.Warnings = src.Warnings, src.Warnings
	sum := sha256.Sum256([]byte(src.Train.Hash + src.Test.Hash))
	src.Hash = hex.EncodeToString(sum[:])
	return src
}

func (p *parts) set(s *samples) *Set {
	return &Set{
		Name: p.name, X: s.normalise(p.mean, p.std), Y: s.y, D: s.d, Classes: p.classes, Hash: s.hash(),
		Channels: s.image[0], Height: s.image[1], Width: s.image[2],
	}
}

func missingClasses(s *Set) int {
	n := 0
	for _, count := range s.Counts() {
		if count == 0 {
			n++
		}
	}
	return n
}
