// SPDX-License-Identifier: Apache-2.0

package config

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/spf13/pflag"

	"revgn/internal/memtest"
	"revgn/internal/yamltext"
)

func TestFileRefusals(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"lrr: 1\n", `line 1: unknown key "lrr"; did you mean "lr"?`},
		{"# c\nseed: 1\n\nbatchsize: 10\n", `line 4: unknown key "batchsize"; did you mean "batch-size"?`},
		{"seed: 1\naugment: corp\n", `line 2: augment: got "corp"`},
		{"seed: 1\naugmet: crop\n", `line 2: unknown key "augmet"; did you mean "augment"?`},
		{"seed: 1\nblocks: two\n", `line 2: blocks: got "two"; want a whole number`},
		{"blocks: 2.0\n", "whole number"},
		{"lr: .nan\n", "line 1: lr"},
		{"lr: .inf\n", "line 1: lr"},
		{"bias: yes\n", `line 1: bias: got "yes"; allowed: true, false`},
		{"lr:\n", "line 1: lr: want a single value"},
		{"lr: [1, 2]\n", "want a single value"},
		{"lr: {a: 1}\n", "want a single value"},
		{"seed: 1\nlr: 1\nseed: 2\n", "line 3"},
		{"- lr\n", "option: value"},
		{"just text\n", "option: value"},
		{"lr: 1\n---\nlr: 2\n", "2 YAML documents"},
		{"lr: &a 1\nseed: *a\n", "want a single value"},
		{"out: runs/x\n", `unknown key "out": it belongs to the command line, as --out`},
		{"config: x\n", `unknown key "config"`},
		{"lr: \"1\nseed: 2\n", "not YAML"},
		{"a\x00b", "NUL"},
		{"lr: -1\n", "lr: got -1"},
		{"optimizer: gm\n", `line 1: optimizer: got "gm"`},
		{"preset: digit\n", `did you mean "digits"`},
	} {
		path := writeConfig(t, c.text)
		_, err := resolve("--config", path)
		if err == nil {
			t.Errorf("%q: no error", c.text)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: got %q, want %q in one line", c.text, err, c.want)
		}
		if strings.Contains(c.want, "line") && !strings.Contains(err.Error(), path) {
			t.Errorf("%q does not name the file", err)
		}
	}
	if _, err := resolve("--config", "no-such-file.yaml"); err == nil || !strings.Contains(err.Error(), "no-such-file.yaml") {
		t.Errorf("missing file: got %v", err)
	}
}

func TestFileForms(t *testing.T) {
	o, err := resolve("--config", writeConfig(t, "# comment\nlr: 1e-3   # plain\nseed: 18446744073709551615\nname: \"1e3\"\nbias: false\ninverse: weights:0.25,0.75\ntrain-size: all\ndata-dir: 'a b: c'\n"))
	if err != nil {
		t.Fatal(err)
	}
	if o.LR != 1e-3 || o.Seed != math.MaxUint64 || o.Name != "1e3" || o.Bias || o.Inverse.String() != "weights:0.25,0.75" || o.DataDir != "a b: c" {
		t.Errorf("got %+v", o)
	}
	for _, empty := range []string{"", "\n", "# only a comment\n", "{}\n"} {
		o, err := resolve("--config", writeConfig(t, empty))
		if err != nil {
			t.Errorf("%q: %v", empty, err)
		}
		o.Config = ""
		if diff := cmp.Diff(Default(), o); diff != "" {
			t.Errorf("%q: %s", empty, diff)
		}
	}
}

// Every option of the struct is a flag of the same name, and the other way round.
func TestFlagsAreTheStruct(t *testing.T) {
	o := Default()
	fs := o.flagSet()
	tags := map[string]bool{"config": true, "out": true, "resume": true, "mlflow": true}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Options]()) {
		if tag := f.Tag.Get("yaml"); tag != "-" {
			tags[tag] = true
			if fs.Lookup(tag) == nil {
				t.Errorf("option %q has no flag", tag)
			}
		}
	}
	fs.VisitAll(func(f *pflag.Flag) {
		if !tags[f.Name] {
			t.Errorf("flag %q has no option", f.Name)
		}
	})
}

func FuzzParseFile(f *testing.F) {
	o := Default()
	text, err := o.Resolved()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	for _, s := range []string{"lr: 1", "? a\n: b", "a: |\n  x\n", "{lr: 1, seed: 2}", "&a lr: *a", "!!int lr: 1", "- 1", "<<: {lr: 1}", "\"", "a:\n\tb"} {
		f.Add([]byte(s))
	}
	path := filepath.Join(f.TempDir(), "c.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		memtest.Within(t, func() { resolveFile(t, path) })
	})
}

// resolveFile resolves a file as train does: what it takes it writes down so that it reads back to the same.
func resolveFile(t *testing.T, path string) {
	o, err := resolve("--config", path)
	if err != nil {
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("more than one line: %q", err)
		}
		return
	}
	text, err := o.Resolved()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
	again, err := resolve("--config", path)
	if err != nil {
		t.Fatalf("%v; in\n%s", err, text)
	}
	again.Out, o.Out = "", ""
	if diff := cmp.Diff(o, again); diff != "" {
		t.Error(diff)
	}
}

// Text that goes deep costs the parser time and memory by the square of its depth.
func TestDeepTextIsRefused(t *testing.T) {
	for _, c := range []struct{ unit, want string }{{"[", "100"}, {"a: [{", "100"}, {"- ", "option: value"}, {":", "unknown key"}, {"# a page is 80 lines\n", "larger than"}} {
		text := strings.Repeat(c.unit, yamltext.MaxFile/len(c.unit))
		if c.want == "larger than" {
			text += c.unit
		}
		memtest.Within(t, func() {
			_, err := resolve("--config", writeConfig(t, text))
			if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 400 {
				t.Errorf("%q many times: got %.500v, want %q", c.unit, err, c.want)
			}
		})
	}
}
