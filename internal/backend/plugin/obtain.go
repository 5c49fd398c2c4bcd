// SPDX-License-Identifier: Apache-2.0

package plugin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// obtain writes the plugin to staged, from the source that the options name, and returns its receipt.
func (o *InstallOptions) obtain(ctx context.Context, stage, staged string) (*Receipt, error) {
	var r *Receipt
	var err error
	switch {
	case o.FromSO != "":
		r, err = o.fromSO(staged)
	case o.FromWheel != "":
		r, err = o.fromWheel(o.FromWheel, staged)
	default:
		r, err = o.fromPip(ctx, stage, staged)
	}
	if err != nil {
		return nil, err
	}
	if err := checkLibrary(staged); err != nil {
		return nil, fmt.Errorf("%s gave no usable plugin: %s", r.Source, strings.ReplaceAll(err.Error(), staged, "its library"))
	}
	if r.SHA256, err = fileSum(staged); err != nil {
		return nil, err
	}
	r.Device, r.Installed = o.Device, time.Now().UTC().Truncate(time.Second)
	return r, nil
}

func (o *InstallOptions) fromSO(staged string) (*Receipt, error) {
	in, err := os.Open(o.FromSO)
	if err != nil {
		return nil, fmt.Errorf("cannot read --from-so: %w", err)
	}
	defer in.Close()
	if err := writeSynced(staged, in); err != nil {
		return nil, fmt.Errorf("cannot copy %s: %w", o.FromSO, err)
	}
	return &Receipt{Source: "so " + filepath.Base(o.FromSO)}, nil
}

// fromWheel takes a wheel on disk. A sum among the pinned ones proves it; any other needs AllowUnverified.
func (o *InstallOptions) fromWheel(wheel, staged string) (*Receipt, error) {
	sum, err := fileSum(wheel)
	if err != nil {
		return nil, fmt.Errorf("cannot read the wheel: %w", err)
	}
	for _, w := range o.wheels {
		if w.SHA256 != sum {
			continue
		}
		r := &Receipt{Package: w.Package, Version: w.Version, WheelSHA256: sum, License: w.License, Pinned: true,
			Source: "wheel " + filepath.Base(wheel)}
		return r, unpack(wheel, w.Member, staged)
	}
	if !o.AllowUnverified {
		return nil, fmt.Errorf("%s has SHA-256 %s, known for %s on %s: %s; give --allow-unverified if you trust this file",
			wheel, sum, o.Device, runtime.GOARCH, o.known())
	}
	name, version := wheelName(wheel)
	return &Receipt{Package: name, Version: version, WheelSHA256: sum, Source: "wheel " + filepath.Base(wheel)}, unpack(wheel, "", staged)
}

// known lists the pinned wheels for an error message.
func (o *InstallOptions) known() string {
	var s []string
	for _, w := range o.wheels {
		s = append(s, w.String()+" "+w.SHA256)
	}
	if s == nil {
		return "none"
	}
	return strings.Join(s, ", ")
}

// wheelName reads package and version off a wheel's file name (NAME-VERSION-TAGS.whl).
func wheelName(wheel string) (name, version string) {
	parts := strings.Split(filepath.Base(wheel), "-")
	if len(parts) < 5 {
		return filepath.Base(wheel), ""
	}
	return strings.ReplaceAll(parts[0], "_", "-"), parts[1]
}

// fromPip tries the pinned wheels in order.
func (o *InstallOptions) fromPip(ctx context.Context, stage, staged string) (*Receipt, error) {
	if o.Offline {
		return nil, fmt.Errorf("offline: %s cannot be downloaded; give a file with --from-wheel or --from-so", o.known())
	}
	if len(o.wheels) == 0 {
		return nil, fmt.Errorf("no wheel with a %s plugin is known for %s: give a library built for this machine with --from-so", o.Device, runtime.GOARCH)
	}
	var failed []error
	for i, w := range o.wheels {
		o.Logf("downloading %s (about %d MB, licence: %s) with pip", w, w.MiB, w.License)
		dir := filepath.Join(stage, fmt.Sprint("pip", i))
		if err := os.Mkdir(dir, 0o755); err != nil {
			return nil, err
		}
		r, err := o.downloaded(ctx, w, dir, staged)
		if err == nil {
			return r, nil
		}
		if ctx.Err() != nil {
			return nil, fmt.Errorf("download of %s stopped: %w", w, ctx.Err())
		}
		failed = append(failed, err)
		_ = os.Remove(staged) // what a bad wheel left; the stage is cleared at the end anyway
	}
	return nil, fmt.Errorf("cannot install the %s plugin: %s; on a machine without network give --from-wheel or --from-so",
		o.Device, strings.ReplaceAll(errors.Join(failed...).Error(), "\n", "; "))
}

func (o *InstallOptions) downloaded(ctx context.Context, w Wheel, dir, staged string) (*Receipt, error) {
	wheel, err := pipDownload(ctx, w, dir)
	if err != nil {
		return nil, err
	}
	sum, err := fileSum(wheel)
	if err != nil {
		return nil, err
	}
	if sum != w.SHA256 {
		return nil, fmt.Errorf("%s came with SHA-256 %s, expected %s: refused", w, sum, w.SHA256)
	}
	r := &Receipt{Package: w.Package, Version: w.Version, WheelSHA256: sum, License: w.License, Pinned: true, Source: "pip"}
	return r, unpack(wheel, w.Member, staged)
}
