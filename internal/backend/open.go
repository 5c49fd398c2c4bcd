// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/compute/gobackend" // registers "go"
)

// Options says which backend Open opens and how.
type Options struct {
	Name    string                        // auto, go, xla:cpu, xla:cuda, xla:tpu or a plugin's path; "" means auto
	Offline bool                          // never use the network, as REVGN_OFFLINE=1 does
	Devices int                           // number of CPU devices of xla:cpu; 0 means 1
	Logf    func(format string, a ...any) // receives one-line notices; nil discards them
}

// Open opens the named backend.
func Open(ctx context.Context, o Options) (*Backend, error) {
	home, _ := os.UserHomeDir()
	path := filepath.Join(home, ".local", "lib", "go-xla", "pjrt_c_api_cpu_plugin.so")
	switch o.Name {
	case "", "auto":
		if b, err := openXLA("xla:cpu", path, o); err == nil {
			return b, nil
		}
		return openGo()
	case "go":
		return openGo()
	case "xla:cpu":
		return openXLA("xla:cpu", path, o)
	}
	return nil, fmt.Errorf("unknown backend %q: allowed are auto, go, xla:cpu, xla:cuda, xla:tpu or a path to a PJRT plugin (.so)", o.Name)
}

// openGo opens the pure-Go backend. Its parallel executor deadlocks on several independent While loops (each holds a
// worker while its body waits for one), so operations run one after the other; matmuls stay parallel inside.
func openGo() (*Backend, error) {
	b, err := compute.NewWithConfig("go:ops_sequential")
	if err != nil {
		return nil, fmt.Errorf("cannot open the Go backend: %w", err)
	}
	return &Backend{Backend: b, Kind: "go", Description: b.Description()}, nil
}
