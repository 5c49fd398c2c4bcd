// SPDX-License-Identifier: Apache-2.0

//go:build !noxla

package backend

import (
	"fmt"

	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
)

func openXLA(kind, path string, o Options) (*Backend, error) {
	xla.EnableAutoInstall(false)
	options := pjrt.NamedValuesMap{}
	if kind == "xla:cpu" {
		options["cpu_device_count"] = int64(max(1, o.Devices))
	}
	b, err := xla.NewWithOptions(path+",tf32=false", options)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", kind, err)
	}
	return &Backend{Backend: b, Kind: kind, PluginPath: path, Description: b.Description()}, nil
}
