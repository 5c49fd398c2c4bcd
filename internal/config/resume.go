// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// storedConfig is the file of a run directory that holds its options.
const storedConfig = "config.yaml"

// stored returns the path of the options of the run that is to go on, "" where there is none.
func stored(given []setting) (string, error) {
	resume, ok := last("resume", given)
	if !ok || resume.value != "true" {
		return "", nil
	}
	out, ok := last("out", given)
	if !ok || out.value == "" {
		return "", errors.New("resume: no run is named; give its directory with --out DIR")
	}
	path := filepath.Join(out.value, storedConfig)
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return path, err
}

// resumed returns the options of the run whose file is at path. What else was given must say the same, but for what decides no number.
func resumed(path string, layers ...[]setting) (Options, error) {
	file, err := readFile(path)
	if err != nil {
		return Options{}, err
	}
	o, err := base(file)
	if err != nil {
		return Options{}, err
	}
	if err := o.lay(file); err != nil {
		return Options{}, err
	}
	for _, layer := range layers {
		for _, s := range layer {
			if err := o.agree(s, path); err != nil {
				return Options{}, err
			}
		}
		if err := o.lengthen(layer); err != nil {
			return Options{}, err
		}
	}
	return o, o.Validate()
}

// lengthen takes over the length that a layer asks for. As where a run begins, one limit given alone displaces the other, but not where it stands already.
func (o *Options) lengthen(layer []setting) error {
	was := *o
	fs := o.flagSet()
	for _, s := range layer {
		if slices.Contains(lengths(), s.key) {
			if err := s.set(fs); err != nil {
				return err
			}
		}
	}
	gave := func(key string) bool { _, ok := last(key, layer); return ok }
	if o.Epochs != was.Epochs && o.Epochs > 0 && !gave("steps") {
		o.Steps = 0
	}
	if o.Steps != was.Steps && o.Steps > 0 && !gave("epochs") {
		o.Epochs = 0
	}
	return nil
}

// lengths are the options that say how long a run is.
func lengths() []string { return []string{"epochs", "steps"} }

// SameLength tells whether two runs that are else the same are asked to be as long.
func (o *Options) SameLength(other Options) bool {
	return o.Epochs == other.Epochs && o.Steps == other.Steps
}

// WithLength returns the options with the length of others, and with those of theirs that a file of options only notes.
func (o Options) WithLength(other Options) Options {
	o.Epochs, o.Steps = other.Epochs, other.Steps
	o.Config, o.Out, o.Resume, o.MLflow = other.Config, other.Out, other.Resume, other.MLflow
	return o
}

// Stored returns the options of the run in dir, as its config.yaml has them.
func Stored(dir string) (Options, error) { return resumed(filepath.Join(dir, storedConfig)) }

// agree refuses a setting that contradicts the options, and takes over one that is free.
func (o *Options) agree(s setting, path string) error {
	scratch := *o
	fs := scratch.flagSet()
	f := fs.Lookup(s.key)
	if f == nil || slices.Contains(lengths(), s.key) {
		return nil // of the command, not of the run; or for lengthen
	}
	was := f.Value.String()
	if err := s.set(fs); err != nil {
		return err
	}
	if slices.Contains(Placing(), s.key) {
		*o = scratch
		return nil
	}
	if now := f.Value.String(); now != was {
		return fmt.Errorf("resume: %s asks for %s %s, and the run in %s has %s (leave it out, or begin another run with another --out)",
			s.where, s.key, shown(now), filepath.Dir(path), shown(was))
	}
	return nil
}

// shown is a value as a person would write it.
func shown(value string) string {
	if value == "" {
		return "none"
	}
	return value
}
