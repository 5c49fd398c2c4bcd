// SPDX-License-Identifier: Apache-2.0

// Package nearest finds the known name that a mistyped one most likely meant.
// It refuses to guess: where no name is close, it returns "".
package nearest

import (
	"slices"
	"strings"
)

// Name returns the element of known with the smallest edit distance to got
// (case ignored; ties go to the earlier one), or "" when even that one differs
// in more than a third of got's letters. A known name that got is a prefix of
// counts as close, and so does one whose first word, up to a hyphen, got is close
// to. Names that begin with a number are numbered: 13 is no slip for 1. A known
// name that other programs call got comes before those that got is close to.
func Name(got string, known []string) string {
	got = strings.ToLower(got)
	number := leadingDigits(got)
	if got == "" {
		return ""
	}
	if slices.Contains(known, elsewhere(got)) {
		return elsewhere(got)
	}
	best, bestDistance := "", 1+max(1, len(got)/3)
	for _, k := range known {
		if len(got)-len(k) >= bestDistance {
			continue // as many letters at least must go
		}
		if number != "" && leadingDigits(k) != number {
			continue
		}
		d := distance(got, strings.ToLower(k))
		if len(got) >= 3 && strings.HasPrefix(strings.ToLower(k), got) {
			d = min(d, 1)
		}
		if word, _, several := strings.Cut(strings.ToLower(k), "-"); several && len(got) >= 4 {
			d = min(d, distance(got, word))
		}
		if d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// elsewhere is what this program calls a thing that others call name, "" where it is not known.
func elsewhere(name string) string {
	return map[string]string{
		"learning-rate": "lr", "device": "backend", "num-epochs": "epochs", "max-steps": "steps", "wd": "weight-decay",
		"cpu": "xla:cpu", "cuda": "xla:cuda", "gpu": "xla:cuda", "xla:gpu": "xla:cuda", "tpu": "xla:tpu",
	}[strings.ReplaceAll(name, "_", "-")]
}

func leadingDigits(s string) string {
	return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
}

// Hint returns `; did you mean "NAME"?` for the nearest name, or "".
func Hint(got string, known []string) string {
	if n := Name(got, known); n != "" {
		return `; did you mean "` + n + `"?`
	}
	return ""
}

// distance is the optimal string alignment distance: insertions, deletions,
// replacements and swaps of neighbours cost 1 each.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last := make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row := make([]int, len(t)+1)
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(t)]
}
