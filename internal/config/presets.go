// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strings"

	"revgn/internal/nearest"
)

// preset is one row of the table: the task, the network and the length of a
// run, with one learning rate an optimizer.
type preset struct {
	name      string
	dataset   string
	trainSize int // 0: all
	blocks    int
	hidden    int
	batch     int // 0: the full batch
	epochs    int
	lr        rates
}

// rates are the learning rates; gn is the step α.
type rates struct{ gn, sgd, momentum, adam, adamw, muon, kfac float64 }

// presets returns the table, the default first.
//
// The mnist and cifar10 rows are the settings published with arXiv 2411.07979,
// with two changes. Its released update lacks the 1/L of an equal split, so its
// rate is L times the α here: α = rate · L, and at most 1, the whole step. And
// batch sizes are the same for every seed. Momentum and adamw are not in the
// paper: momentum has a tenth of sgd's rate, which is the same effective rate
// lr/(1-0.9), adamw has adam's. Nor are muon and kfac: muon's rates were tried on short
// runs (a step changes the outputs of every coupling by about the rate), kfac scales
// each step itself.
func presets() []preset {
	return []preset{
		{"digits", "digits", 0, 2, 2000, 479, 20, rates{gn: 0.5, sgd: 0.1, momentum: 0.01, adam: 1e-3, adamw: 1e-3, muon: 0.05, kfac: 1}},
		{"mnist-minibatch", "mnist", 0, 2, 8000, 1000, 100, rates{gn: 0.2, sgd: 0.1, momentum: 0.01, adam: 1e-4, adamw: 1e-4, muon: 0.03, kfac: 1}},
		{"mnist-fullbatch", "mnist", 1024, 2, 8000, 0, 100, rates{gn: 1, sgd: 0.1, momentum: 0.01, adam: 1e-4, adamw: 1e-4, muon: 0.03, kfac: 1}},
		{"cifar10-minibatch", "cifar10", 0, 6, 8000, 1000, 100, rates{gn: 0.6, sgd: 0.01, momentum: 0.001, adam: 1e-4, adamw: 1e-4, muon: 0.01, kfac: 1}},
		{"cifar10-fullbatch", "cifar10", 1024, 6, 8000, 0, 100, rates{gn: 1, sgd: 0.01, momentum: 0.001, adam: 1e-5, adamw: 1e-5, muon: 0.01, kfac: 1}},
	}
}

// DefaultPreset is the preset of a bare `revgn train`.
const DefaultPreset = "digits"

// PresetNames lists the presets, the default first.
func PresetNames() []string {
	var names []string
	for _, p := range presets() {
		names = append(names, p.name)
	}
	return names
}

// Preset returns the options of a preset for an optimizer.
func Preset(name string, optimizer Optimizer) (Options, error) {
	for _, p := range presets() {
		if p.name == name {
			o := common()
			p.apply(&o, optimizer)
			return o, nil
		}
	}
	return Options{}, unknownPreset(name)
}

func unknownPreset(name string) error {
	return fmt.Errorf("got preset %q; allowed: %s%s", name, strings.Join(PresetNames(), ", "), nearest.Hint(name, PresetNames()))
}

func (p preset) apply(o *Options, optimizer Optimizer) {
	o.Preset, o.Dataset, o.TrainSize = p.name, p.dataset, p.trainSize
	o.Blocks, o.Hidden = p.blocks, p.hidden
	o.BatchSize, o.FullBatch, o.Epochs = p.batch, p.batch == 0, p.epochs
	o.Optimizer, o.LR = optimizer, p.lr.of(optimizer)
	switch optimizer {
	case AdamW:
		o.WeightDecay = 0.01 // PyTorch's default; 0 for the others
	case Muon:
		o.Momentum = 0.95 // PyTorch's default
	}
}

// of returns the rate of an optimizer.
func (r rates) of(optimizer Optimizer) float64 {
	switch optimizer {
	case SGD:
		return r.sgd
	case Momentum:
		return r.momentum
	case Adam:
		return r.adam
	case AdamW:
		return r.adamw
	case Muon:
		return r.muon
	case KFAC:
		return r.kfac
	default:
		return r.gn
	}
}
