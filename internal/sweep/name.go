// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"slices"
	"strconv"
	"strings"

	"revgn/internal/config"
)

// longestName bounds the readable part of a directory's name.
const longestName = 80

// vary tells what of the named options is not the same in all runs: those that have several values, or that some runs do not read.
func vary(runs []Run, names []string) {
	for _, name := range names {
		values, read := map[string]bool{}, 0
		for i := range runs {
			if o := &runs[i].Options; !o.Ignores(name) {
				values[o.Value(name)] = true
				read++
			}
		}
		if slices.Contains(config.Placing(), name) || len(values) == 0 || len(values) == 1 && read == len(runs) {
			continue
		}
		for i := range runs {
			if o := &runs[i].Options; !o.Ignores(name) {
				runs[i].Varies = append(runs[i].Varies, Setting{name, o.Value(name)})
			}
		}
	}
}

// readable is what people know a run by, such as gn-lr0.1-seed3: the optimizer and what varies.
func readable(r Run) string {
	parts := []string{plain(string(r.Options.Optimizer))}
	for _, s := range r.Varies {
		if s.Name == "optimizer" {
			continue
		}
		value := plain(Short(s.Value))
		if value == "" || (value[0] < '0' || value[0] > '9') && value[0] != '.' {
			value = "-" + value
		}
		parts = append(parts, s.Name+value)
	}
	name := strings.Join(parts, "-")
	if len(name) > longestName {
		name = strings.TrimRight(name[:longestName], "-.")
	}
	return name
}

// plain replaces what a shell or a file system could take amiss.
func plain(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '_', c == '-', c == '+':
			return c
		}
		return '_'
	}, s)
}

// Short writes numbers as people do: 1e-5 for 1.0e-05.
func Short(value string) string {
	x, err := strconv.ParseFloat(value, 64)
	if err != nil || !strings.ContainsAny(value, ".e") {
		return value
	}
	s := strconv.FormatFloat(x, 'g', -1, 64)
	mantissa, exponent, ok := strings.Cut(s, "e")
	if !ok {
		return s
	}
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return s
	}
	return mantissa + "e" + strconv.Itoa(n)
}
