// SPDX-License-Identifier: Apache-2.0

package task

import (
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"teacher", "teacher:width=64,classes=10,blocks=2,hidden=128,gain=1,train=4000,test=1000,seed=1"},
		{"teacher:seed=7,gain=0.5", "teacher:width=64,classes=10,blocks=2,hidden=128,gain=0.5,train=4000,test=1000,seed=7"},
		{"synthetic", "synthetic:kind=powerlaw,width=64,classes=10,rule=linear,alpha=1,beta=1,rotate=true,train=4000,test=1000,seed=1"},
		{"synthetic:alpha=1.5,rule=quadratic", "synthetic:kind=powerlaw,width=64,classes=10,rule=quadratic,alpha=1.5,beta=1,rotate=true,train=4000,test=1000,seed=1"},
		{"synthetic:k=5,kind=parity", "synthetic:kind=parity,width=64,k=5,train=4000,test=1000,seed=1"},
		{"synthetic:kind=staircase,width=16", "synthetic:kind=staircase,width=16,k=3,train=4000,test=1000,seed=1"},
		{"synthetic:kind=random,classes=2", "synthetic:kind=random,width=64,classes=2,train=4000,test=1000,seed=1"},
	} {
		got, err := Parse(c.name)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if text := fmt.Sprint(got); text != c.want {
			t.Errorf("%s reads as\n%s, want\n%s", c.name, text, c.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"teacher:", "nothing stands after the colon"},
		{"teacher:widht=64", `did you mean "width"?`},
		{"teacher:width", "want key=value"},
		{"teacher:width=64,", "want key=value"},
		{"teacher:width=64,width=64", "stands twice"},
		{"teacher:width=63", "even"},
		{"teacher:width=0", "width: got 0; allowed: 2 to 4096"},
		{"teacher:width=4,classes=5", "classes: got 5; allowed: 2 to 4"},
		{"teacher:train=0", "train: got 0"},
		{"teacher:train=10000000,width=4096", "at most 500000000"},
		{"teacher:hidden=x", "whole number"},
		{"teacher:seed=-1", "seed: got \"-1\""},
		{"teacher:gain=NaN", "finite"},
		{"teacher:gain=-1", "gain: got -1"},
		{"teacher:k=3", "unknown key \"k\""},
		{"synthetic:kind=parety", `did you mean "parity"?`},
		{"synthetic:kind=parity,alpha=1", "kind=parity does not read it; allowed: kind, width, k, train, test, seed"},
		{"synthetic:kind=parity,classes=2", "classes: kind=parity does not read it"},
		{"synthetic:k=3", "kind=powerlaw does not read it"},
		{"synthetic:kind=staircase,k=4", "odd"},
		{"synthetic:kind=parity,k=65", "k: got 65; allowed: 1 to 64"},
		{"synthetic:alpha=-1", "alpha: got -1"},
		{"synthetic:rotate=yes", "true, false"},
		{"digits", "teacher or synthetic"},
	} {
		_, err := Parse(c.name)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want one line with %q", c.name, err, c.want)
		}
	}
}

func TestIs(t *testing.T) {
	for name, want := range map[string]bool{"teacher": true, "teacher:x": true, "synthetic:": true, "teachers": false, "csv:teacher": false, "": false} {
		if Is(name) != want {
			t.Errorf("Is(%q) is %v", name, !want)
		}
	}
}

// What is accepted is in bounds and reads back as itself; what is not is refused in one line.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"teacher", "teacher:width=64,gain=1e-3", "synthetic:kind=parity,k=3", "synthetic:kind=powerlaw,alpha=0x1p-2,rotate=false", "teacher:=,=="} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		parsed, err := Parse(name)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Fatalf("more than one line: %q", err)
			}
			return
		}
		again, err := Parse(fmt.Sprint(parsed))
		if err != nil || again != parsed {
			t.Fatalf("%v reads back as %v, %v", parsed, again, err)
		}
		size := DefaultTeacher().Size
		switch p := parsed.(type) {
		case Teacher:
			size = p.Size
		case Synthetic:
			size = p.Size
		}
		if size.Width%2 != 0 || size.Width > maxWidth || size.Classes < 2 || size.Classes > size.Width || size.Train < 1 || size.Width*(size.Train+size.Test) > maxValues {
			t.Fatalf("%q was accepted as %+v", name, size)
		}
	})
}
