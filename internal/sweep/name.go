// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"slices"
	"strconv"
	"strings"
)

// longestName bounds the readable part of a directory's name.
const longestName = 80

// nameRuns gives runs the names of their directories, such as gn-lr0.1-seed3-1a2b3c4d5e: the optimizer, the options of which there are several values, the id.
// An option that not every run reads varies even with one value.
func nameRuns(runs []Run) {
	values, count := map[Setting]bool{}, map[string]int{}
	several := map[string]int{}
	for _, r := range runs {
		for _, s := range r.Varies {
			if count[s.Name]++; !values[s] {
				values[s] = true
				several[s.Name]++
			}
		}
	}
	for i := range runs {
		r := &runs[i]
		r.Varies = slices.DeleteFunc(r.Varies, func(s Setting) bool { return several[s.Name] == 1 && count[s.Name] == len(runs) })
		r.Name = readable(*r) + "-" + r.ID
	}
}

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
