// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func TestGoHasOneDevice(t *testing.T) {
	_, err := Open(context.Background(), Options{Name: "go", Devices: 2})
	if err == nil || !strings.Contains(err.Error(), "go has 1 device and 2 are asked for (use --devices 1, or --backend xla:cpu") {
		t.Errorf("got %v", err)
	}
	b, err := Open(context.Background(), Options{Name: "go", Devices: 1})
	if err != nil {
		t.Fatal(err)
	}
	b.Finalize()
}

// Where the GPU plugin has too few devices, auto does not fall back to the CPU's, which only look like several.
func TestAutoKeepsToTheDevicesThatAreAskedFor(t *testing.T) {
	few := &devicesError{"xla:cuda", 2, 8}
	w := world{
		xla: true, find: func(string) (string, bool) { return "plugin.so", true }, hasGPU: func() bool { return true },
		open: func(_ context.Context, kind, _ string, _ Options) (*Backend, error) {
			if kind == "xla:cuda" {
				return nil, few
			}
			return nil, errors.New("the CPU was tried")
		},
	}
	_, err := openAuto(context.Background(), Options{Devices: 8, Logf: t.Logf}, w)
	if !errors.Is(err, few) || !strings.Contains(err.Error(), "xla:cuda has 2 devices and 8 are asked for (use --devices 2 or less") {
		t.Errorf("got %v", err)
	}
}

// Without a plugin auto has the Go backend alone, which cannot be several devices.
func TestAutoWithoutPluginRefusesDevices(t *testing.T) {
	w := world{xla: false}
	if _, err := openAuto(context.Background(), Options{Devices: 2, Logf: t.Logf}, w); err == nil || !strings.Contains(err.Error(), "go has 1 device") {
		t.Errorf("got %v", err)
	}
}
