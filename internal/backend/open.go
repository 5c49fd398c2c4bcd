// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"revgn/internal/backend/plugin"
)

// OfflineVariable names the environment variable that forbids the network; any value but "", "0" and "false" does.
const OfflineVariable = "REVGN_OFFLINE"

// Options says which backend Open opens and how.
type Options struct {
	Name    string                        // auto, go, xla:cpu, xla:cuda, xla:tpu or a plugin's path; "" means auto
	Offline bool                          // never use the network; REVGN_OFFLINE=1 does the same
	Devices int                           // devices that will be used: xla:cpu shows as many, others must have them; 0 means 1
	NoCache bool                          // compile everything anew and keep nothing; REVGN_COMPILE_CACHE=off does the same
	Logf    func(format string, a ...any) // receives notices of one line; nil discards them
}

// Open opens the named backend. Its errors are one line and name the way out. Only "auto" installs a plugin, and only
// where the network is allowed.
func Open(ctx context.Context, o Options) (*Backend, error) {
	if err := CheckName(o.Name); err != nil {
		return nil, err
	}
	if o.Devices < 0 {
		return nil, fmt.Errorf("cannot show %d devices: give at least 1", o.Devices)
	}
	if o.Logf == nil {
		o.Logf = func(string, ...any) {}
	}
	o.Offline = o.Offline || Offline()
	switch {
	case o.Name == "" || o.Name == "auto":
		return openAuto(ctx, o, machine())
	case o.Name == "go":
		return openGo(o)
	case IsPath(o.Name):
		return openPlugin(ctx, pathKind(o.Name), o.Name, o)
	}
	return openNamed(ctx, o)
}

// Offline tells whether the environment forbids the network.
func Offline() bool {
	switch strings.ToLower(os.Getenv(OfflineVariable)) {
	case "", "0", "false":
		return false
	}
	return true
}

// openNamed opens the installed plugin of one device.
func openNamed(ctx context.Context, o Options) (*Backend, error) {
	if !xlaBuilt {
		return openPlugin(ctx, o.Name, "", o)
	}
	dirs := plugin.Dirs()
	path, ok := plugin.Find(dirs, strings.TrimPrefix(o.Name, "xla:"))
	switch {
	case !ok && len(dirs) == 0:
		return nil, fmt.Errorf("no plugin for %s: %s is %q, want absolute directories", o.Name, plugin.PathVariable, os.Getenv(plugin.PathVariable))
	case !ok:
		return nil, fmt.Errorf("no plugin for %s in %s: run 'revgn backend install %s', or use --backend go", o.Name, strings.Join(dirs, ", "), o.Name)
	}
	return openPlugin(ctx, o.Name, path, o)
}

// openPlugin verifies a plugin and opens it, after XLA_FLAGS are known not to abort the process.
func openPlugin(ctx context.Context, kind, path string, o Options) (*Backend, error) {
	if !xlaBuilt {
		return nil, fmt.Errorf("this build has no XLA (-tags noxla): use --backend go, or build without that tag")
	}
	path, err := checkPath(path, kind)
	if err != nil {
		return nil, err
	}
	if !IsPath(o.Name) { // found, not named by the user
		if err := plugin.CheckPlace(path); err != nil {
			return nil, err
		}
	}
	sum, _, err := plugin.Verify(path)
	if err != nil {
		return nil, err
	}
	if err := checkXLAFlags(ctx, path, os.Getenv(flagsVariable)); err != nil {
		return nil, err
	}
	cache, uncached := openCache(kind, sum, o)
	var b *Backend
	if caught := Catch(func() { b, err = openXLA(kind, path, max(1, o.Devices), cache, o.Logf) }); caught != nil {
		err = caught
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open %s with %s: %s", kind, path, oneLine(err.Error()))
	}
	if n := b.NumDevices(); n < o.Devices {
		b.Finalize()
		return nil, &devicesError{kind, n, o.Devices}
	}
	b.Kind, b.PluginPath, b.PluginSHA256 = kind, path, sum
	if cache == nil {
		b.Uncached = uncached
	}
	return b, nil
}

// openGo opens the pure-Go backend. Its parallel executor (compute v0.1.2) deadlocks on several independent While
// loops, each holding a worker while its body waits for one, so operations run one after the other; matmuls stay
// parallel inside.
func openGo(o Options) (*Backend, error) {
	if o.Devices > 1 {
		return nil, &devicesError{"go", 1, o.Devices}
	}
	b, err := gobackend.New("ops_sequential")
	if err != nil {
		return nil, fmt.Errorf("cannot open the Go backend: %s", oneLine(err.Error()))
	}
	return &Backend{Backend: b, Kind: "go", Description: "go: " + describeDevices(b)}, nil
}

// describeDevices says how many devices a backend has and what the first one is.
func describeDevices(b compute.Backend) string {
	s := fmt.Sprintf("%d devices", b.NumDevices())
	if b.NumDevices() == 1 {
		s = "1 device"
	}
	return fmt.Sprintf("%s (%s)", s, oneLine(b.DeviceDescription(0)))
}
