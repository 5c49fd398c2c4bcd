// SPDX-License-Identifier: Apache-2.0

package task

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"revgn/internal/nearest"
)

// field is one key of a task, bound to the value that it sets.
type field struct {
	key  string
	set  func(text string) error
	text func() string
}

// pair is a key=value as it was given.
type pair struct{ key, value string }

// pairs cuts the text after the colon, and refuses keys that are not known or stand twice.
func pairs(text string, known []string) ([]pair, error) {
	var out []pair
	for item := range strings.SplitSeq(text, ",") {
		key, value, ok := strings.Cut(item, "=")
		switch {
		case !ok:
			return nil, fmt.Errorf("got %.60q; want key=value, with keys %s%s", item, strings.Join(known, ", "), nearest.Hint(item, known))
		case !slices.Contains(known, key):
			return nil, fmt.Errorf("unknown key %.60q; allowed: %s%s", key, strings.Join(known, ", "), nearest.Hint(key, known))
		case slices.ContainsFunc(out, func(p pair) bool { return p.key == key }):
			return nil, fmt.Errorf("key %q stands twice", key)
		}
		out = append(out, pair{key, value})
	}
	return out, nil
}

// keys lists the keys of fields.
func keys(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.key
	}
	return names
}

// assign sets the fields that pairs name.
func assign(given []pair, fields []field) error {
	for _, p := range given {
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == p.key })
		if err := fields[i].set(p.value); err != nil {
			return fmt.Errorf("%s: %w", p.key, err)
		}
	}
	return nil
}

// write is NAME:KEY=VALUE,... with every field.
func write(name string, fields []field) string {
	items := make([]string, len(fields))
	for i, f := range fields {
		items[i] = f.key + "=" + f.text()
	}
	return name + ":" + strings.Join(items, ",")
}

func intField(key string, p *int) field {
	return field{key, func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("got %.60q; want a whole number", text)
		}
		*p = n
		return nil
	}, func() string { return strconv.Itoa(*p) }}
}

func seedField(key string, p *uint64) field {
	return field{key, func(text string) error {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return fmt.Errorf("got %.60q; want a whole number from 0 to %d", text, uint64(math.MaxUint64))
		}
		*p = n
		return nil
	}, func() string { return strconv.FormatUint(*p, 10) }}
}

func floatField(key string, p *float64) field {
	return field{key, func(text string) error {
		x, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("got %.60q; want a finite number", text)
		}
		*p = x
		return nil
	}, func() string { return strconv.FormatFloat(*p, 'g', -1, 64) }}
}

func boolField(key string, p *bool) field {
	return field{key, func(text string) error {
		if text != "true" && text != "false" {
			return fmt.Errorf("got %.60q; allowed: true, false", text)
		}
		*p = text == "true"
		return nil
	}, func() string { return strconv.FormatBool(*p) }}
}

// wordField is a value out of a closed list.
func wordField[T ~string](key string, p *T, allowed []T) field {
	return field{key, func(text string) error {
		if !slices.Contains(allowed, T(text)) {
			return fmt.Errorf("got %.60q; allowed: %s%s", text, list(allowed), nearest.Hint(text, strings.Split(list(allowed), ", ")))
		}
		*p = T(text)
		return nil
	}, func() string { return string(*p) }}
}

func list[T ~string](words []T) string {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = string(w)
	}
	return strings.Join(names, ", ")
}
