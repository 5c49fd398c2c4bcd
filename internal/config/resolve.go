// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"

	"github.com/spf13/pflag"
)

// setting is one option as it was given.
type setting struct {
	key, value string
	where      string // for messages: `FILE line 3`, `--lr`
}

// Resolve computes the options from flags that AddFlags declared and that are
// parsed: preset, then the file of --config, then the flags that were given. The
// result is valid.
func Resolve(flags *pflag.FlagSet) (Options, error) {
	var given []setting
	flags.Visit(func(f *pflag.Flag) {
		given = append(given, setting{f.Name, f.Value.String(), "--" + f.Name})
	})
	o, err := assemble(given)
	if err != nil {
		return Options{}, err
	}
	return o, o.Validate()
}

// Given is an option as it was given, and where, for messages.
type Given struct{ Name, Value, Where string }

// Assemble computes options as Resolve does; that they go together is left to Validate.
func Assemble(all []Given) (Options, error) {
	settings := make([]setting, len(all))
	for i, g := range all {
		settings[i] = setting{g.Name, g.Value, g.Where}
	}
	return assemble(settings)
}

func assemble(given []setting) (Options, error) {
	var file []setting
	path, named := last("config", given)
	if named {
		var err error
		if file, err = readFile(path.value); err != nil {
			return Options{}, err
		}
	}
	going, err := stored(given)
	if err != nil {
		return Options{}, err
	}
	if going != "" {
		return resumed(going, file, given)
	}
	o, err := base(file, given)
	if err != nil {
		return Options{}, err
	}
	o.Config = path.value
	for _, layer := range [][]setting{file, given} {
		if err := o.lay(layer); err != nil {
			return Options{}, err
		}
	}
	return o, nil
}

// base returns the preset for the optimizer, both as the strongest layer that
// names them has it.
func base(layers ...[]setting) (Options, error) {
	o := Default()
	fs := o.flagSet()
	for _, key := range []string{"preset", "optimizer"} {
		if s, ok := last(key, layers...); ok {
			if err := s.set(fs); err != nil {
				return Options{}, err
			}
		}
	}
	return Preset(o.Preset, o.Optimizer)
}

// last returns the setting of key in the strongest layer that has it.
func last(key string, layers ...[]setting) (found setting, ok bool) {
	for _, layer := range layers {
		for _, s := range layer {
			if s.key == key {
				found, ok = s, true
			}
		}
	}
	return found, ok
}

// lay sets one layer's options and clears the halves of pairs that it displaces.
func (o *Options) lay(layer []setting) error {
	fs := o.flagSet()
	for _, s := range layer {
		if fs.Lookup(s.key) == nil {
			continue // flags of the command that are not options of the run
		}
		if err := s.set(fs); err != nil {
			return err
		}
	}
	gave := func(key string) bool { _, ok := last(key, layer); return ok }
	if gave("batch-size") && o.BatchSize > 0 && !gave("full-batch") {
		o.FullBatch = false
	}
	if gave("full-batch") && o.FullBatch && !gave("batch-size") {
		o.BatchSize = 0
	}
	if gave("epochs") && o.Epochs > 0 && !gave("steps") {
		o.Steps = 0
	}
	if gave("steps") && o.Steps > 0 && !gave("epochs") {
		o.Epochs = 0
	}
	return nil
}

func (s setting) set(fs *pflag.FlagSet) error {
	if err := fs.Lookup(s.key).Value.Set(s.value); err != nil {
		return fmt.Errorf("%s: %s: %w", s.where, s.key, err)
	}
	return nil
}

// flagSet binds a fresh flag set to o: the one list of names and parsers.
func (o *Options) flagSet() *pflag.FlagSet {
	fs := pflag.NewFlagSet("train", pflag.ContinueOnError)
	o.AddFlags(fs)
	return fs
}
