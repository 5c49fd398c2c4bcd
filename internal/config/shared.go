// SPDX-License-Identifier: Apache-2.0

package config

import "github.com/spf13/pflag"

// AddMachineFlags adds those options of train that a command has which only works with a device: where data lie, where the arithmetic runs, how much memory it may
// take, and the form of progress. o must hold defaults.
func (o *Options) AddMachineFlags(fs *pflag.FlagSet) {
	fs.Var(stringValue{&o.DataDir, "DIR"}, "data-dir", "where data sets lie (default where the run found them)")
	listed(fs, stringValue{&o.Backend, backendForms}, "backend", "where the arithmetic runs")
	boolFlag(fs, &o.Offline, "offline", "never use the network (also $REVGN_OFFLINE)")
	fs.Var(capacityValue{&o.MemoryLimit}, "memory-limit", "memory that the analysis may take; auto is most of what the host has left")
	o.AddLogFlag(fs)
}

// Choice is the value of a flag that is one of those allowed.
func Choice[T ~string](p *T, allowed ...T) pflag.Value { return enumValue[T]{p: p, allowed: allowed} }

// Capacity is the value of a flag that is a number of bytes, 0 for auto.
func Capacity(p *int64) pflag.Value { return capacityValue{p} }

// AddLogFlag adds the form of progress, results and errors.
func (o *Options) AddLogFlag(fs *pflag.FlagSet) {
	fs.Var(enumValue[LogFormat]{p: &o.LogFormat, allowed: logFormats()}, "log-format", "form of progress, results and errors")
}
