// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// InstallOptions says what Install installs, from where and to where.
type InstallOptions struct {
	Device          string // cpu, cuda or tpu
	Dir             string // "" means InstallDir()
	Offline         bool   // never call pip
	Force           bool   // install again over an intact plugin
	FromWheel       string // a wheel on disk instead of pip
	FromSO          string // a library on disk instead of a wheel
	AllowUnverified bool   // accept a wheel whose SHA-256 is none of the pinned ones
	CUDA            int    // major version for Device cuda: 12 or 13; 0 means 13
	NVIDIADir       string // where NVIDIA's Python wheels unpacked their libraries; "" asks Python
	Logf            func(format string, a ...any)

	wheels []Wheel // the pinned wheels, replaced in tests
}

// Validate tells which option is wrong.
func (o *InstallOptions) Validate() error {
	switch {
	case !slices.Contains(Devices(), o.Device):
		return fmt.Errorf("unknown device %q: allowed are cpu, cuda, tpu", o.Device)
	case o.FromWheel != "" && o.FromSO != "":
		return fmt.Errorf("both --from-wheel %s and --from-so %s given: give one", o.FromWheel, o.FromSO)
	case o.CUDA != 0 && o.CUDA != 12 && o.CUDA != 13:
		return fmt.Errorf("no plugin for CUDA %d: allowed are 12 and 13", o.CUDA)
	case runtime.GOOS != "linux":
		return fmt.Errorf("plugins can be installed on linux only, this is %s: use --backend go", runtime.GOOS)
	}
	return nil
}

// Install puts a device's plugin in its place and returns its path and receipt. An intact plugin that lies there
// already is left alone unless Force, FromWheel or FromSO is given. On an error nothing that was there has changed.
func Install(ctx context.Context, o InstallOptions) (path string, r *Receipt, err error) {
	if err := o.prepare(); err != nil {
		return "", nil, err
	}
	target := filepath.Join(o.Dir, FileName(o.Device))
	if o.Device == "cuda" {
		target = filepath.Join(o.Dir, "nvidia", FileName(o.Device))
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return "", nil, fmt.Errorf("cannot make the plugin directory: %w", err)
	}
	unlock, err := lock(ctx, o)
	if err != nil {
		return "", nil, err
	}
	defer unlock()
	if r, ok := o.present(target); ok {
		o.Logf("%s is installed already", target)
		return target, r, nil
	}
	if err := o.foreign(target); err != nil {
		return "", nil, err
	}
	stage, err := makeStage(o.Dir)
	if err != nil {
		return "", nil, err
	}
	defer os.RemoveAll(stage)
	var nvidia string
	if o.Device == "cuda" {
		if nvidia, err = nvidiaDir(ctx, o, stage); err != nil {
			return "", nil, err
		}
	}
	staged := filepath.Join(stage, FileName(o.Device))
	if r, err = o.obtain(ctx, stage, staged); err != nil {
		return "", nil, err
	}
	if nvidia != "" {
		if err := linkNVIDIA(nvidia, filepath.Dir(target), o.CUDA); err != nil {
			return "", nil, err
		}
	}
	return target, r, commit(staged, target, r)
}

func (o *InstallOptions) prepare() (err error) {
	if err := o.Validate(); err != nil {
		return err
	}
	if o.Logf == nil {
		o.Logf = func(string, ...any) {}
	}
	if o.CUDA == 0 {
		o.CUDA = 13
	}
	if o.wheels == nil {
		o.wheels = pinned(o.Device, runtime.GOARCH, o.CUDA)
	}
	if o.Dir == "" {
		o.Dir, err = InstallDir()
	} else {
		o.Dir, err = filepath.Abs(o.Dir)
	}
	return err
}

// lock waits until no other installer works in the directory.
func lock(ctx context.Context, o InstallOptions) (unlock func(), err error) {
	l := flock.New(filepath.Join(o.Dir, ".revgn-install.lock"))
	got, err := l.TryLock()
	if err == nil && !got {
		o.Logf("waiting for another installer in %s", o.Dir)
		_, err = l.TryLockContext(ctx, 200*time.Millisecond)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot lock %s: %w", l.Path(), err)
	}
	return func() { _ = l.Unlock() }, nil // the lock ends with the process anyway
}

// present tells whether an intact plugin with a receipt lies at target and nothing asks to replace it.
func (o *InstallOptions) present(target string) (*Receipt, bool) {
	if o.Force || o.FromWheel != "" || o.FromSO != "" {
		return nil, false
	}
	_, r, err := Verify(target)
	if err != nil || r == nil {
		return nil, false
	}
	if len(o.wheels) > 0 && !slices.ContainsFunc(o.wheels, func(w Wheel) bool { return w.SHA256 == r.WheelSHA256 }) && r.Pinned {
		return nil, false // another pinned version, or another CUDA
	}
	return r, true
}

// foreign refuses to replace a plugin that has no receipt: somebody put it there by hand.
func (o *InstallOptions) foreign(target string) error {
	if o.Force {
		return nil
	}
	if _, err := os.Lstat(target); err != nil {
		return nil
	}
	if _, r, err := Verify(target); err != nil || r != nil {
		return nil
	}
	return fmt.Errorf("%s is there already and was not installed by revgn: it stays (use --force to replace it)", target)
}

const stagePrefix = ".revgn-stage-"

// makeStage makes a directory for half-done work on the same file system as the target, and clears what an interrupted
// installer left: under the lock nothing else can be using it.
func makeStage(dir string) (string, error) {
	old, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	for _, e := range old {
		if strings.HasPrefix(e.Name(), stagePrefix) {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return "", fmt.Errorf("cannot clear an interrupted install: %w", err)
			}
		}
	}
	return os.MkdirTemp(dir, stagePrefix)
}

// commit moves a staged plugin into place. The old receipt goes first and the new one comes last, so that a kill in
// between leaves a whole plugin without a receipt, never a receipt of another plugin.
func commit(staged, target string, r *Receipt) error {
	if err := os.Remove(receiptPath(target)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("cannot replace the plugin: %w", err)
	}
	if err := os.Rename(staged, target); err != nil {
		return fmt.Errorf("cannot put the plugin in place: %w", err)
	}
	if err := syncDir(filepath.Dir(target)); err != nil {
		return fmt.Errorf("cannot put the plugin in place: %w", err)
	}
	if err := writeReceipt(target, *r); err != nil {
		return fmt.Errorf("the plugin is in place, but its receipt cannot be written: %w", err)
	}
	return nil
}
