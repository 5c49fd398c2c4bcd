// SPDX-License-Identifier: Apache-2.0

package task

import (
	"fmt"
	"slices"
	"strings"
)

// Kind is the family of a synthetic task.
type Kind string

// The kinds.
const (
	PowerLaw  Kind = "powerlaw"  // Gaussian inputs whose covariance has a power-law spectrum
	Parity    Kind = "parity"    // inputs of ±1, the label is the sign of a product of k features
	Staircase Kind = "staircase" // inputs of ±1, the label is the sign of x1 + x1·x2 + ... + x1···xk
	Random    Kind = "random"    // Gaussian inputs, labels that do not depend on them
)

func kinds() []Kind { return []Kind{PowerLaw, Parity, Staircase, Random} }

// Rule makes labels of a power-law task.
type Rule string

// The rules.
const (
	Linear    Rule = "linear"    // the largest of K linear forms
	Quadratic Rule = "quadratic" // the largest of K products of two linear forms, which no linear form of x correlates with
)

func rules() []Rule { return []Rule{Linear, Quadratic} }

// Synthetic is a task given by a formula.
type Synthetic struct {
	Size
	Kind   Kind
	Rule   Rule
	Alpha  float64
	Beta   float64
	Rotate bool
	K      int
}

// DefaultSynthetic is the task of the bare name.
func DefaultSynthetic() Synthetic {
	return Synthetic{Size: defaultSize(), Kind: PowerLaw, Rule: Linear, Alpha: 1, Beta: 1, Rotate: true, K: 3}
}

// ParseSynthetic reads what stands after `synthetic:`. The kind is looked up first, since it decides which keys are read.
func ParseSynthetic(text string) (Synthetic, error) {
	s := DefaultSynthetic()
	fields := s.all()
	given, err := pairs(text, keys(fields))
	if err != nil {
		return s, err
	}
	isKind := func(p pair) bool { return p.key == "kind" }
	if i := slices.IndexFunc(given, isKind); i >= 0 {
		if err := assign(given[i:i+1], fields); err != nil {
			return s, err
		}
	}
	read := s.fields()
	for _, p := range given {
		if !slices.Contains(keys(read), p.key) {
			return s, fmt.Errorf("%s: kind=%s does not read it; allowed: %s", p.key, s.Kind, strings.Join(keys(read), ", "))
		}
	}
	if err := assign(given, read); err != nil {
		return s, err
	}
	if s.onSigns() {
		s.Classes = 2
	}
	return s, s.Validate()
}

// onSigns says that the inputs are ±1 and the labels two.
func (s *Synthetic) onSigns() bool { return s.Kind == Parity || s.Kind == Staircase }

// Validate says what is out of range.
func (s *Synthetic) Validate() error {
	if err := s.validate(); err != nil {
		return err
	}
	if s.onSigns() {
		if err := inRange("k", s.K, 1, s.Width); err != nil {
			return err
		}
	}
	switch {
	case s.Kind == Staircase && s.K%2 == 0:
		return fmt.Errorf("k: got %d; allowed: odd numbers, since a sum of %d terms of ±1 can be 0, which has no sign", s.K, s.K)
	case !(s.Alpha >= 0 && s.Alpha <= 10):
		return fmt.Errorf("alpha: got %v; allowed: 0 (white) to 10", s.Alpha)
	case !(s.Beta >= 0 && s.Beta <= 10):
		return fmt.Errorf("beta: got %v; allowed: 0 (every mode alike) to 10", s.Beta)
	}
	return nil
}

// String is the name with every key that the kind reads, which ParseSynthetic reads back.
func (s Synthetic) String() string { return write(SyntheticName, s.fields()) }

// fields are the keys that the kind reads.
func (s *Synthetic) fields() []field {
	without := map[Kind][]string{
		PowerLaw: {"k"}, Random: {"k", "rule", "alpha", "beta", "rotate"},
		Parity: {"classes", "rule", "alpha", "beta", "rotate"}, Staircase: {"classes", "rule", "alpha", "beta", "rotate"},
	}
	return slices.DeleteFunc(s.all(), func(f field) bool { return slices.Contains(without[s.Kind], f.key) })
}

func (s *Synthetic) all() []field {
	return []field{
		wordField("kind", &s.Kind, kinds()), intField("width", &s.Width), intField("classes", &s.Classes), intField("k", &s.K),
		wordField("rule", &s.Rule, rules()), floatField("alpha", &s.Alpha), floatField("beta", &s.Beta), boolField("rotate", &s.Rotate),
		intField("train", &s.Train), intField("test", &s.Test), seedField("seed", &s.Seed),
	}
}
