// SPDX-License-Identifier: Apache-2.0

package backend

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"revgn/internal/backend/plugin"
)

// world is what openAuto asks of the machine; tests replace it.
type world struct {
	xla       bool                                                                      // XLA is part of this build
	find      func(device string) (path string, ok bool)                                // an installed plugin
	hasGPU    func() bool                                                               // an NVIDIA GPU is present
	install   func(ctx context.Context, logf func(string, ...any)) (string, error)      // the CPU plugin
	open      func(ctx context.Context, kind, path string, o Options) (*Backend, error) // a plugin
	tryMark   func() (recent bool)                                                      // a failed install of the last day
	markTried func()                                                                    // remember a failed install
}

func machine() world {
	mark := installMark()
	return world{
		xla:    xlaBuilt,
		find:   func(device string) (string, bool) { return plugin.Find(plugin.Dirs(), device) },
		hasGPU: hasGPU,
		install: func(ctx context.Context, logf func(string, ...any)) (string, error) {
			path, _, err := plugin.Install(ctx, plugin.InstallOptions{Device: "cpu", Logf: logf})
			return path, err
		},
		open:      openPlugin,
		tryMark:   mark.recent,
		markTried: mark.set,
	}
}

// openAuto opens the fastest backend at hand. Each step down is told in one line.
func openAuto(ctx context.Context, o Options, w world) (*Backend, error) {
	const slow = "using the embedded Go backend, which is 2 to 4 times slower"
	if !w.xla {
		o.Logf("this build has no XLA (-tags noxla): %s; build without that tag to get it back", slow)
		return openGo(o)
	}
	if err := checkFlagSyntax(os.Getenv(flagsVariable)); err != nil {
		return nil, err // the user's mistake, not a reason to run slower
	}
	if path, ok := w.find("cuda"); ok {
		b, err := openCUDA(ctx, path, o, w)
		if b != nil || isUsersMistake(err) {
			return b, err
		}
		o.Logf("the CUDA plugin %s is not used: %v; trying the CPU", path, err)
	}
	path, ok := w.find("cpu")
	if !ok {
		var err error
		if path, err = installCPU(ctx, o, w); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			o.Logf("no XLA plugin (%v): %s; 'revgn backend install xla:cpu' gets it back", err, slow)
			return openGo(o)
		}
	}
	b, err := w.open(ctx, "xla:cpu", path, o)
	if err == nil || isUsersMistake(err) || ctx.Err() != nil {
		return b, err
	}
	o.Logf("%v: %s; 'revgn backend install xla:cpu --force' gets it back", err, slow)
	return openGo(o)
}

func openCUDA(ctx context.Context, path string, o Options, w world) (*Backend, error) {
	if !w.hasGPU() {
		return nil, errors.New("this machine shows no NVIDIA GPU")
	}
	return w.open(ctx, "xla:cuda", path, o)
}

// installCPU installs the CPU plugin where that is allowed. After a failure it waits a day, so that a machine without
// network does not wait for pip at every start.
func installCPU(ctx context.Context, o Options, w world) (string, error) {
	if o.Offline {
		return "", errors.New("none is installed and the network is forbidden")
	}
	if w.tryMark() {
		return "", errors.New("none is installed and the last attempt to install one failed")
	}
	o.Logf("no XLA plugin is installed: installing the one for the CPU, once")
	path, err := w.install(ctx, o.Logf)
	if err != nil && ctx.Err() == nil {
		w.markTried()
	}
	return path, err
}

// markFile is an empty file whose age tells when an automatic install last failed.
type markFile string

// installMark is "" where the user has no cache directory; then nothing is remembered.
func installMark() markFile {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return markFile(filepath.Join(dir, "revgn", "plugin-install-failed"))
}

func (m markFile) recent() bool {
	st, err := os.Stat(string(m))
	return err == nil && time.Since(st.ModTime()) < 24*time.Hour
}

func (m markFile) set() {
	if m == "" || os.MkdirAll(filepath.Dir(string(m)), 0o755) != nil {
		return // without the mark the next start tries again
	}
	_ = os.Remove(string(m))
	_ = os.WriteFile(string(m), nil, 0o644) // as above
}
