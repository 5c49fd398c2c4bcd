// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// ListSyntax tells in a few lines of help how several values of an option are written.
const ListSyntax = `Several values have commas between: --lr 0.1,0.3,1. Whole numbers may be a
range, --seed 0..4 or 0..20:5 (every fifth), and any numbers so many of equal
ratio or distance: --lr 1e-3..1:log5, --label-noise 0..0.4:lin3. Where a value
holds commas itself, semicolons stand between values, and one at the end after
a single value: --augment "none;crop,flip".`

// List is the value of a flag that takes several values of an option; each is read and checked by the option's own parser and kept as that writes it.
type List struct {
	one    pflag.Value
	values []string // nil: not given
}

// NewList returns the list of values of an option.
func NewList(one pflag.Value) *List { return &List{one: one} }

// Values returns the values that were given.
func (l *List) Values() []string { return l.values }

// Type names the form of one value.
func (l *List) Type() string { return l.one.Type() }

// String writes the values as Set reads them, or the option's default.
func (l *List) String() string {
	if l.values == nil {
		return l.one.String()
	}
	if !slices.ContainsFunc(l.values, func(v string) bool { return strings.Contains(v, ",") }) {
		return strings.Join(l.values, ",")
	}
	return strings.Join(l.values, ";") + ";"
}

// Allowed lists the values for completion, none where any text may stand.
func (l *List) Allowed() []string {
	if values, ok := l.one.(interface{ Allowed() []string }); ok {
		return values.Allowed()
	}
	return nil
}

// Set reads a list, ListSyntax.
func (l *List) Set(text string) error {
	l.values = nil
	for _, part := range l.split(text) {
		values, err := l.expand(part)
		if err != nil {
			return err
		}
		for _, value := range values {
			if err := l.add(value); err != nil {
				return err
			}
		}
	}
	return nil
}

// Add appends one value as it is: no list and no range.
func (l *List) add(value string) error {
	if err := l.one.Set(value); err != nil {
		return err
	}
	value = l.one.String()
	if slices.Contains(l.values, value) {
		return fmt.Errorf("got %q twice", value)
	}
	l.values = append(l.values, value)
	return nil
}

// SetEach reads values that stand apart already, as in a list of YAML; each may be a range.
func (l *List) SetEach(values []string) error {
	l.values = nil
	for _, value := range values {
		each, err := l.expand(value)
		if err != nil {
			return err
		}
		for _, value := range each {
			if err := l.add(value); err != nil {
				return err
			}
		}
	}
	return nil
}

// split cuts text at semicolons, or where there are none at those commas that no value holds.
func (l *List) split(text string) []string {
	if strings.Contains(text, ";") {
		return strings.Split(strings.TrimSuffix(text, ";"), ";")
	}
	var parts []string
	for part := range strings.SplitSeq(text, ",") {
		if len(parts) > 0 && l.continues(part) {
			parts[len(parts)-1] += "," + part
		} else {
			parts = append(parts, part)
		}
	}
	return parts
}

// continues says whether the text after a comma belongs to the value before it: a weight of weights:0.3,0.7, an option of synthetic:kind=parity,k=3 or the
// rest of a file's name, another augmentation.
func (l *List) continues(part string) bool {
	switch v := l.one.(type) {
	case augmentValue:
		return true
	case inverseValue:
		_, err := strconv.ParseFloat(part, 64)
		return err == nil
	case stringValue:
		return v.form == datasetForms && checkDataset(part) != nil
	}
	return false
}
