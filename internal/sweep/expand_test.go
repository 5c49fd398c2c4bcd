// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"revgn/internal/config"
)

// axis is one as a command line gives it.
func axis(t interface{ Fatal(...any) }, name, text string) Axis {
	f := Options().Lookup(name)
	if err := f.Value.Set(text); err != nil {
		t.Fatal(err)
	}
	return Axis{Name: name, Values: f.Value.(*config.List).Values(), Where: "--" + name}
}

// crossed is what flags such as "optimizer=gn,adam seed=0..1" come to.
func crossed(t interface{ Fatal(...any) }, flags string) Definition {
	var axes []Axis
	for _, f := range strings.Fields(flags) {
		name, text, _ := strings.Cut(f, "=")
		axes = append(axes, axis(t, name, text))
	}
	d, err := Definition{}.Override(axes)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func expanded(t interface{ Fatal(...any) }, d Definition) Expansion {
	e, err := d.Expand()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func names(runs []Run) []string {
	var all []string
	for _, r := range runs {
		all = append(all, strings.TrimSuffix(r.Name, "-"+r.ID))
	}
	return all
}

func TestCrossed(t *testing.T) {
	e := expanded(t, crossed(t, "optimizer=gn,adam lr=0.1,1e-5 hidden=64 seed=0..1"))
	want := []string{
		"gn-lr0.1-seed0", "gn-lr0.1-seed1", "gn-lr1e-5-seed0", "gn-lr1e-5-seed1",
		"adam-lr0.1-seed0", "adam-lr0.1-seed1", "adam-lr1e-5-seed0", "adam-lr1e-5-seed1",
	}
	if diff := cmp.Diff(want, names(e.Runs)); diff != "" {
		t.Error(diff)
	}
	if e.Combined != 8 || e.Invalid != nil || e.Unread != nil {
		t.Errorf("%+v", e)
	}
}

// An option that an optimizer does not read multiplies the runs of those alone that do.
func TestConditionalByKnowledge(t *testing.T) {
	e := expanded(t, crossed(t, "optimizer=gn,adam curvature=identity,damped curvature-damping=0.1,1 beta1=0.8,0.9 kfac-damping=0.1"))
	want := []string{
		"gn-curvature-identity", "gn-curvature-damped-curvature-damping0.1", "gn-curvature-damped-curvature-damping1", "adam-beta10.8", "adam-beta10.9",
	}
	if diff := cmp.Diff(want, names(e.Runs)); diff != "" {
		t.Error(diff)
	}
	if e.Combined != 16 || !slices.Equal(e.Unread, []string{"kfac-damping"}) {
		t.Errorf("combined %d, unread %q", e.Combined, e.Unread)
	}
}

func TestFileGroups(t *testing.T) {
	_, err := ParseDefinition("s.yaml", []byte(`
fixed: {hidden: 64, optimizer: sgd}
axes:
  optimizer: [gn, adam]
  seed: 0..1
zip:
  - batch-size: [32, 64]
    epochs: [1, 2]
when:
  - if: {optimizer: gn}
    axes: {lr: [0.5, 1]}
  - if: {optimizer: [adam, adamw], seed: 1}
    fixed: {lr: 1e-3, steps: 7}
`))
	if err == nil {
		t.Fatal("an option stands in fixed and in axes of one group")
	}
	d, err := ParseDefinition("s.yaml", []byte(`
fixed: {hidden: 64}
axes:
  optimizer: [gn, adam]
  seed: 0..1
zip:
  - batch-size: [32, 64]
    epochs: [1, 2]
when:
  - if: {optimizer: gn}
    axes: {lr: [0.5, 1]}
  - if: {optimizer: [adam, adamw], seed: 1}
    fixed: {lr: 1e-3, eval-every: 7}
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range expanded(t, d).Runs {
		o := r.Options
		got = append(got, fmt.Sprint(o.Optimizer, " ", o.Seed, " ", o.BatchSize, " ", o.Epochs, " ", o.LR, " ", o.EvalEvery))
	}
	want := []string{
		"gn 0 32 1 0.5 0", "gn 0 32 1 1 0", "gn 0 64 2 0.5 0", "gn 0 64 2 1 0", "gn 1 32 1 0.5 0", "gn 1 32 1 1 0", "gn 1 64 2 0.5 0", "gn 1 64 2 1 0",
		"adam 0 32 1 0.001 0", "adam 0 64 2 0.001 0", "adam 1 32 1 0.001 7", "adam 1 64 2 0.001 7",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	again, err := ParseDefinition("again.yaml", []byte(d.Text()))
	if err != nil {
		t.Fatalf("%v in\n%s", err, d.Text())
	}
	if diff := cmp.Diff(names(expanded(t, d).Runs), names(expanded(t, again).Runs)); diff != "" {
		t.Errorf("%s\n%s", d.Text(), diff)
	}
	over, err := d.Override([]Axis{axis(t, "seed", "5..7"), axis(t, "hidden", "80")})
	if err != nil || len(expanded(t, over).Runs) != 18 || expanded(t, over).Runs[0].Options.Hidden != 80 {
		t.Errorf("%v, %q", err, names(expanded(t, over).Runs))
	}
	for _, name := range []string{"lr", "batch-size"} {
		if _, err := d.Override([]Axis{axis(t, name, "3")}); err == nil || !strings.Contains(err.Error(), "change the file") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFileRefusals(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "names no axis"},
		{"lr: 1", `line 1: unknown key "lr"; allowed: fixed, axes, zip, when; options of train stand below fixed:`},
		{"axis: {lr: 1}", `line 1: unknown key "axis"; allowed: fixed, axes, zip, when; did you mean "axes"?`},
		{"axes:\n  lrr: 1", `line 2: unknown option "lrr"; did you mean "lr"?`},
		{"axes:\n  lr: [1, x]", `line 2: lr: got "x"; want a number`},
		{"axes:\n  lr: {a: 1}", "line 2: lr: want a value or a list"},
		{"axes: {lr: [[1]]}", "want a value in the list"},
		{"axes: [1]", "want lines of"},
		{"axes: {out: x}", "out is decided by the sweep"},
		{"axes: {resume: true}", "resume is decided by the sweep"},
		{"fixed: {lr: [1, 2]}", "got 2 values for a fixed option; move it to axes"},
		{"axes: {data-dir: [a, b]}", "it decides no number"},
		{"axes: {lr: 1}\nzip: [{lr: [1, 2]}]", "lr stands twice"},
		{"zip: [{lr: [1, 2], seed: [1, 2, 3]}]", "lr has 2 values and seed has 3"},
		{"axes: {lr: 1}\nwhen: {if: {}}", "want a list"},
		{"axes: {lr: 1}\nwhen: [{axes: {seed: 1}}]", "want an if"},
		{"axes: {lr: 1}\naxes: {lr: 2}", "already defined"},
		{"axes: {seed: 0..999, lr: 1e-5..1:log200}", "more than 100000 combinations"},
	} {
		d, err := ParseDefinition("f.yaml", []byte(c.text))
		if err == nil {
			_, err = d.Expand()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %v, want %q", c.text, err, c.want)
		}
	}
}

func TestInvalidCombinations(t *testing.T) {
	e := expanded(t, crossed(t, "legacy=true,false inverse=split,last"))
	if len(e.Runs) != 3 || len(e.Invalid) != 1 || e.Invalid[0].What != "legacy=true inverse=last" || !strings.Contains(e.Invalid[0].Err.Error(), "legacy: it fixes") {
		t.Errorf("%q, %+v", names(e.Runs), e.Invalid)
	}
}

// Ids know nothing of the order in which options stand, of how numbers are written, and of what is no option of the numbers.
func TestIDs(t *testing.T) {
	a := expanded(t, crossed(t, "lr=0.10 seed=1 hidden=64")).Runs[0]
	b := expanded(t, crossed(t, "hidden=64 seed=1 lr=1e-1 data-dir=x tensorboard=true memory-limit=1GiB")).Runs[0]
	c := expanded(t, crossed(t, "hidden=64 seed=1 lr=0.2")).Runs[0]
	if a.ID != b.ID || a.ID == c.ID || len(a.ID) != idDigits {
		t.Errorf("%s %s %s", a.ID, b.ID, c.ID)
	}
	if a.ID != "18c1057c5b" {
		t.Errorf("the id of a run changed to %s: sweeps that were made before would be made again", a.ID)
	}
}

// Crossing gives each combination of what is read once, in whatever order the axes stand; names are as distinct as ids.
func TestExpandProperties(t *testing.T) {
	all := map[string][]string{
		"optimizer": {"gn", "adam", "sgd"}, "curvature": {"identity", "exact"}, "seed": {"0", "1"}, "lr": {"0.1", "0.2"}, "beta1": {"0.8", "0.9"},
		"inverse": {"split", "weights:0.5,0.5"}, "momentum": {"0.5", "0.9"}, "augment": {"none", "crop,flip"},
	}
	var options []string
	for name := range all {
		options = append(options, name)
	}
	slices.Sort(options)
	rapid.Check(t, func(t *rapid.T) {
		chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(options), 1, 3, rapid.ID).Draw(t, "axes")
		d := Definition{[]Group{{}}}
		for _, name := range chosen {
			d.Groups[0].Axes = append(d.Groups[0].Axes, axis(t, name, strings.Join(all[name], ";")+";"))
		}
		e := expanded(t, d)
		slices.Reverse(d.Groups[0].Axes)
		ids := func(runs []Run) []string {
			var ids []string
			for _, r := range runs {
				ids = append(ids, r.ID)
			}
			slices.Sort(ids)
			return ids
		}
		mine, theirs := ids(e.Runs), ids(expanded(t, d).Runs)
		if !slices.Equal(mine, theirs) || len(slices.Compact(mine)) != len(e.Runs) {
			t.Fatalf("%q and %q", mine, theirs)
		}
		seen := map[string]bool{}
		for _, name := range names(e.Runs) {
			if seen[name] {
				t.Fatalf("%s stands for two runs", name)
			}
			seen[name] = true
		}
		for _, r := range e.Runs {
			if w := r.Options.Warnings(); len(w) > 0 {
				t.Fatalf("%s: %q", r.Name, w)
			}
		}
	})
}

func FuzzDefinition(f *testing.F) {
	f.Add("axes: {lr: [0.1, 1], seed: 0..4}\nwhen:\n  - if: {optimizer: gn}\n    zip: {hidden: [1, 2], blocks: [1, 2]}\n")
	f.Add("fixed: {preset: digits}\naxes:\n  inverse: [split, \"weights:0.5,0.5\"]\n")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDefinition("f.yaml", []byte(text))
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
			return
		}
		combinations := 1
		for _, g := range d.Groups {
			for _, a := range g.all() {
				combinations *= max(1, len(a.Values))
			}
		}
		if combinations > 100 || strings.Contains(text, "config") {
			return
		}
		e, err := d.Expand()
		if err != nil {
			return
		}
		again, err := ParseDefinition("again.yaml", []byte(d.Text()))
		if err != nil {
			t.Fatalf("%v in\n%s", err, d.Text())
		}
		if diff := cmp.Diff(names(e.Runs), names(expanded(t, again).Runs)); diff != "" {
			t.Errorf("%s\n%s", d.Text(), diff)
		}
	})
}
