// SPDX-License-Identifier: Apache-2.0

package data

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestList(t *testing.T) {
	dir := t.TempDir()
	smallMNIST(t, filepath.Join(dir, "mnist"), ".gz", func(b []byte) []byte { return b })
	write(t, filepath.Join(dir, "cifar100", "cifar-100-binary.tar.gz"), nil)
	want := map[string]string{
		"digits": "embedded", "mnist": filepath.Join(dir, "mnist"), "fashion-mnist": "", "cifar10": "",
		"teacher": "computed", "synthetic": "computed",
		"cifar100": filepath.Join(dir, "cifar100", "cifar-100-binary.tar.gz"),
	}
	for _, e := range List(dir) {
		if e.Place != want[e.Name] || e.Present != (e.Place != "") || !e.Present && !strings.Contains(e.Why, "data get "+e.Name) {
			t.Errorf("%+v, want place %q", e, want[e.Name])
		}
		delete(want, e.Name)
	}
	if len(want) != 0 {
		t.Errorf("not listed: %v", want)
	}
}

func TestDir(t *testing.T) {
	t.Setenv("REVGN_DATA", "/from/environment")
	t.Setenv("XDG_CACHE_HOME", "/cache")
	t.Setenv("HOME", "/home/user")
	for _, c := range []struct{ explicit, environment, end string }{
		{"/given", "/from/environment", "/given"},
		{"", "/from/environment", "/from/environment"},
		{"", "", filepath.Join("revgn", "data")},
	} {
		t.Setenv("REVGN_DATA", c.environment)
		if got, err := Dir(c.explicit); err != nil || !strings.HasSuffix(got, c.end) {
			t.Errorf("Dir(%q) with REVGN_DATA=%q is %q, %v", c.explicit, c.environment, got, err)
		}
	}
}
