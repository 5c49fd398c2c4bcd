// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"revgn/internal/nearest"
)

// The types below are pflag.Values over a field of Options. They parse the
// command line and the file alike, so both give the same message.

// enumValue is a string with a closed list of values.
type enumValue[T ~string] struct {
	p       *T
	allowed []T
}

func (v enumValue[T]) String() string { return string(*v.p) }
func (v enumValue[T]) Type() string   { return strings.Join(v.Allowed(), "|") }

// Allowed lists the values, for completion.
func (v enumValue[T]) Allowed() []string {
	names := make([]string, len(v.allowed))
	for i, a := range v.allowed {
		names[i] = string(a)
	}
	return names
}

func (v enumValue[T]) Set(s string) error {
	for _, a := range v.allowed {
		if s == string(a) {
			*v.p = a
			return nil
		}
	}
	list := strings.Join(v.Allowed(), ", ")
	return fmt.Errorf("got %q; allowed: %s%s", s, list, nearest.Hint(s, v.Allowed()))
}

type stringValue struct {
	p    *string
	form string
}

func (v stringValue) String() string     { return *v.p }
func (v stringValue) Type() string       { return v.form }
func (v stringValue) Set(s string) error { *v.p = s; return nil }

type floatValue struct{ p *float64 }

func (v floatValue) String() string { return formatFloat(*v.p) }
func (v floatValue) Type() string   { return "X" }
func (v floatValue) Set(s string) (err error) {
	x, err := parseFloat(s)
	if err == nil {
		*v.p = x
	}
	return err
}

// intValue is a whole number; all, where not empty, is the word for 0, which is then no number itself.
type intValue struct {
	p   *int
	all string
}

func (v intValue) String() string {
	if *v.p == 0 && v.all != "" {
		return v.all
	}
	return strconv.Itoa(*v.p)
}
func (v intValue) Type() string {
	if v.all != "" {
		return "N|" + v.all
	}
	return "N"
}
func (v intValue) Set(s string) error {
	if v.all != "" && s == v.all {
		*v.p = 0
		return nil
	}
	n, err := strconv.Atoi(s)
	if errors.Is(err, strconv.ErrRange) {
		return fmt.Errorf("got %s, which is beyond all measure", s)
	}
	if err != nil {
		return fmt.Errorf("got %q; want a whole number", s)
	}
	if n < 1 && v.all != "" {
		return fmt.Errorf("got %d; allowed: 1 or more, or %s", n, v.all)
	}
	*v.p = n
	return nil
}

type uintValue struct{ p *uint64 }

func (v uintValue) String() string { return formatUint(*v.p) }
func (v uintValue) Type() string   { return "N" }
func (v uintValue) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return fmt.Errorf("got %q; want a whole number from 0 to %d", s, uint64(math.MaxUint64))
	}
	*v.p = n
	return nil
}

type boolValue struct{ p *bool }

func (v boolValue) String() string   { return strconv.FormatBool(*v.p) }
func (v boolValue) Type() string     { return "bool" }
func (v boolValue) IsBoolFlag() bool { return true }
func (v boolValue) Set(s string) error {
	switch s {
	case "true":
		*v.p = true
	case "false":
		*v.p = false
	default:
		return fmt.Errorf("got %q; allowed: true, false", s)
	}
	return nil
}

type inverseValue struct{ p *Inverse }

func (v inverseValue) String() string { return v.p.String() }
func (v inverseValue) Type() string   { return inverseForms }
func (v inverseValue) Set(s string) error {
	inv, err := ParseInverse(s)
	if err == nil {
		*v.p = inv
	}
	return err
}

// parseFloat reads a finite number.
func parseFloat(s string) (float64, error) {
	x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) || strings.ContainsAny(s, "xX_") {
		return 0, fmt.Errorf("got %q; want a number, such as 0.1 or 1e-4", s)
	}
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
		return 0, fmt.Errorf("got %q; want a finite number", s)
	}
	return x, nil
}

// formatFloat writes the shortest text that reads back to the same bits, with a
// point in the mantissa so that every YAML reader takes it for a number.
func formatFloat(x float64) string {
	s := strconv.FormatFloat(x, 'g', -1, 64)
	if mantissa, exponent, ok := strings.Cut(s, "e"); ok && !strings.Contains(mantissa, ".") {
		return mantissa + ".0e" + exponent
	}
	return s
}

func formatUint(n uint64) string { return strconv.FormatUint(n, 10) }
