// SPDX-License-Identifier: Apache-2.0

package config

import (
	"slices"
	"strings"
	"testing"
)

func TestDevices(t *testing.T) {
	for _, tt := range []struct {
		devices, hidden int
		backend         string
		want            string // "": allowed
	}{
		{1, 2000, "auto", ""},
		{1, 7, "go", ""},
		{4, 2000, "xla:cpu", ""},
		{2000, 2000, "auto", "allowed: 1 to 1024"},
		{0, 2000, "auto", "got 0; allowed: 1 to 1024"},
		{-2, 2000, "auto", "got -2"},
		{2, 2000, "go", "got 2 with backend go, which has one"},
		{3, 2000, "xla:cpu", "got 3, which does not divide hidden 2000; nearest: --hidden 1998 or 2001, or --devices 2 or 4"},
		{6, 2000, "auto", "--hidden 1998 or 2004, or --devices 5 or 8"},
		{8, 5, "auto", "--hidden 8, or --devices 5"},
		{4, 7, "xla:cuda", "--hidden 4 or 8, or --devices 1 or 7"},
		{1000, 2003, "auto", "--hidden 2000 or 3000, or --devices 1"}, // a prime
	} {
		o := Default()
		o.Devices, o.Hidden, o.Backend = tt.devices, tt.hidden, tt.backend
		err := o.checkDevices()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%d devices, hidden %d, backend %s: %v, want %q", tt.devices, tt.hidden, tt.backend, err, tt.want)
		}
	}
}

// A batch above the number of features is solved for in another form, which devices share badly; others are not warned about.
func TestDevicesWarning(t *testing.T) {
	for _, tt := range []struct {
		devices, batch int
		optimizer      Optimizer
		want           bool
	}{
		{2, 102, GN, true}, {2, 102, KFAC, true}, {2, 101, GN, false}, {1, 102, GN, false}, {2, 102, Adam, false},
	} {
		o := Default()
		o.Hidden, o.Devices, o.BatchSize, o.Optimizer = 100, tt.devices, tt.batch, tt.optimizer
		told := slices.ContainsFunc(o.Warnings(), func(w string) bool { return strings.HasPrefix(w, "devices: a batch of 102 is above the 101 features") })
		if told != tt.want {
			t.Errorf("%d devices, batch %d, %s: %q", tt.devices, tt.batch, tt.optimizer, o.Warnings())
		}
	}
}

// The check is one of those that every way to options goes through.
func TestDevicesAreValidated(t *testing.T) {
	o := Default()
	o.Devices = 3
	if err := o.Validate(); err == nil || !strings.HasPrefix(err.Error(), "devices: got 3") {
		t.Errorf("got %v", err)
	}
}
