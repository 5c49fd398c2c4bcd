// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"pgregory.net/rapid"
)

// listOf is the list of an option's values.
func listOf(t interface{ Fatalf(string, ...any) }, option string) *List {
	o := Default()
	f := o.flagSet().Lookup(option)
	if f == nil {
		t.Fatalf("no option %s", option)
	}
	return NewList(f.Value)
}

func TestList(t *testing.T) {
	for _, c := range []struct {
		option, text string
		want         []string
	}{
		{"lr", "0.1,0.30,1", []string{"0.1", "0.3", "1"}},
		{"lr", "1e-3..1:log4", []string{"0.001", "0.01", "0.1", "1"}},
		{"lr", "1e-3..1:log3", []string{"0.001", "0.03162", "1"}},
		{"lr", "0.1..0.7:lin3", []string{"0.1", "0.4", "0.7"}},
		{"lr", "1e-3..1e-1:log3,0.5", []string{"0.001", "0.01", "0.1", "0.5"}},
		{"seed", "0..4", []string{"0", "1", "2", "3", "4"}},
		{"seed", "18446744073709551614..18446744073709551615", []string{"18446744073709551614", "18446744073709551615"}},
		{"hidden", "10..20:5", []string{"10", "15", "20"}},
		{"hidden", "100..1600:log5", []string{"100", "200", "400", "800", "1600"}},
		{"train-size", "100,all", []string{"100", "all"}},
		{"optimizer", "gn,adam", []string{"gn", "adam"}},
		{"bias", "true,false", []string{"true", "false"}},
		{"inverse", "split,weights:0.3,0.7,min-norm", []string{"split", "weights:0.3,0.7", "min-norm"}},
		{"inverse", "weights:0.3,0.7;weights:0.5,0.5", []string{"weights:0.3,0.7", "weights:0.5,0.5"}},
		{"augment", "crop,flip", []string{"crop,flip"}},
		{"augment", "none;crop,flip;noise:0.1", []string{"none", "crop,flip", "noise:0.1"}},
		{"dataset", "digits,synthetic:kind=parity,k=3,mnist", []string{"digits", "synthetic:kind=parity,k=3", "mnist"}},
		{"dataset", "csv:a,b.csv;", []string{"csv:a,b.csv"}},
		{"memory-limit", "1GiB", []string{"1GiB"}},
		{"switch", "2:adam,3:adam", []string{"2:adam", "3:adam"}},
		{"config", "a.yaml,b.yaml", []string{"a.yaml", "b.yaml"}},
	} {
		l := listOf(t, c.option)
		if err := l.Set(c.text); err != nil || !slices.Equal(l.Values(), c.want) {
			t.Errorf("%s %s: got %q, %v; want %q", c.option, c.text, l.Values(), err, c.want)
		}
		again := listOf(t, c.option)
		if err := again.Set(l.String()); err != nil || !slices.Equal(again.Values(), c.want) {
			t.Errorf("%s: %q reads back as %q, %v", c.option, l.String(), again.Values(), err)
		}
	}
}

func TestListRefusals(t *testing.T) {
	for _, c := range []struct{ option, text, want string }{
		{"lr", "0.1,0.1", `got "0.1" twice`},
		{"lr", "0.1,0.10", `got "0.1" twice`},
		{"lr", "0.1,", "want a number"},
		{"lr", "0.1..1", "LOW..HIGH:logN"},
		{"lr", "1..0.1:log3", "the lower one"},
		{"lr", "0..1:log3", "start above 0"},
		{"lr", "0.1..1:log1", "want LOW..HIGH"},
		{"lr", "0.1..1:log99999999", "want LOW..HIGH"},
		{"seed", "4..0", "the lower one"},
		{"seed", "0..1e3", "want LOW..HIGH"},
		{"seed", "0..4:0", "want LOW..HIGH"},
		{"seed", "0..18446744073709551615", "at most 10000"},
		{"seed", "-1..3", "want LOW..HIGH"},
		{"hidden", "1..3:log9", "twice"},
		{"optimizer", "gn,adm", `got "adm"; allowed: gn, sgd`},
		{"augment", "crop;crop", `got "crop" twice`},
	} {
		if err := listOf(t, c.option).Set(c.text); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %s: got %v, want %q", c.option, c.text, err, c.want)
		}
	}
}

// Ranges by ratio go from one end to the other, grow, and are the same text wherever they are computed: four digits.
func TestSpacedProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 50).Draw(t, "n")
		low := rapid.SampledFrom([]string{"1e-6", "0.001", "0.5", "3"}).Draw(t, "low")
		l := listOf(t, "lr")
		if err := l.Set(low + "..7000:log" + formatUint(uint64(n))); err != nil {
			t.Fatal(err)
		}
		var last float64
		for i, v := range l.Values() {
			x, err := parseFloat(v)
			if err != nil || x <= last {
				t.Fatalf("%q: %v after %v", l.Values(), v, last)
			}
			if digits := strings.Trim(strings.NewReplacer(".", "", "-", "").Replace(strings.Split(v, "e")[0]), "0"); len(digits) > 4 {
				t.Fatalf("value %d is %s", i, v)
			}
			last = x
		}
		if len(l.Values()) != n || last != 7000 {
			t.Fatalf("got %d values up to %v", len(l.Values()), last)
		}
	})
}

func FuzzList(f *testing.F) {
	for _, text := range []string{"0.1,0.3", "0..4", "1e-3..1:log5", "a;b;", "split,weights:0.3,0.7", "crop,flip;none", "digits,csv:x", "0..9:3", ";;", ",", "..", "..:log"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o := Default()
		o.flagSet().VisitAll(func(flag *pflag.Flag) {
			l := NewList(flag.Value)
			if l.Set(text) != nil {
				return
			}
			values := slices.Clone(l.Values())
			if err := l.SetEach(values); err != nil || !slices.Equal(l.Values(), values) {
				t.Errorf("%s: %q became %q (%v)", flag.Name, values, l.Values(), err)
			}
		})
	})
}
