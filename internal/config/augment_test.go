// SPDX-License-Identifier: Apache-2.0

package config

import (
	"math"
	"strings"
	"testing"
)

func TestParseAugment(t *testing.T) {
	for _, c := range []struct {
		text string
		want Augment
		form string
	}{
		{"none", Augment{}, "none"},
		{"crop", Augment{Crop: true}, "crop"},
		{"noise:1e-2,flip,crop", Augment{true, true, 0.01}, "crop,flip,noise:0.01"},
	} {
		got, err := ParseAugment(c.text)
		if err != nil || got != c.want || got.String() != c.form {
			t.Errorf("%s: %v, %v, want %v", c.text, got, err, c.want)
		}
	}
	for text, want := range map[string]string{
		"": `got ""`, "corp": `did you mean "crop"`, "crop,": `got ""`, "crop:1": `got "crop:1"`, "noise": `did you mean "noise:0.1"`, "flip,flip": "flip stands twice",
		"noise:1,noise:1": "noise stands twice", "noise:0": "above 0", "noise:-1": "above 0", "noise:NaN": "finite", "noise:x": "want a number", "none,crop": `got "none"`,
	} {
		if _, err := ParseAugment(text); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error %v, want one line with %q", text, err, want)
		}
	}
}

func FuzzParseAugment(f *testing.F) {
	for _, seed := range []string{"none", "crop,flip,noise:0.1", "noise:1e308", "crop,,", "noise:0x1p-2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAugment(s)
		if err != nil {
			return
		}
		if again, err := ParseAugment(a.String()); err != nil || again != a || !(a.Noise >= 0) || math.IsInf(a.Noise, 0) {
			t.Fatalf("%q is %+v, which reads back as %+v, %v", s, a, again, err)
		}
	})
}

func TestSampleOptions(t *testing.T) {
	o, err := resolve("--dataset=teacher:width=32,seed=2", "--whiten=zca", "--augment=noise:0.1", "--label-noise=0.25")
	if err != nil || o.Whiten != WhitenZCA || o.Augment.Noise != 0.1 || o.LabelNoise != 0.25 || o.Dataset != "teacher:width=32,seed=2" {
		t.Errorf("%+v, %v", o, err)
	}
	for name, spoil := range map[string]func(o *Options){
		"label noise NaN": func(o *Options) { o.LabelNoise = math.NaN() },
		"noise Inf":       func(o *Options) { o.Augment.Noise = math.Inf(1) },
		"noise negative":  func(o *Options) { o.Augment.Noise = -1 },
		"whiten":          func(o *Options) { o.Whiten = "" },
	} {
		o := Default()
		spoil(&o)
		if o.Validate() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
