// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/spf13/cobra"

	"revgn/internal/backend"
	"revgn/internal/progress"
	"revgn/internal/verify"
)

// verifyOptions are the options of `revgn verify`.
type verifyOptions struct {
	backend string
	offline bool
	dtypes  []string
	json    string
	quick   bool
}

// newVerifyCommand is `revgn verify`.
func newVerifyCommand() *cobra.Command {
	var o verifyOptions
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the exactness of the mathematics on this machine's backend",
		Long: `Run the exactness checks of docs/mathematics.md on a backend: every function of the
network and every part of the Gauss-Newton step, on a table of small problems,
against dense linear algebra in float64 that shares no code with them.

It prints one row a check and dtype: the section, the worst figure, its tolerance,
whether it holds, and the problem that is worst. The exit code is 3 if any fails.`,
		Example: "  revgn verify\n  revgn verify --backend go --quick\n  revgn verify --dtype f64 --json verify.json",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			kinds, err := o.validate()
			if err != nil {
				return usageError(err)
			}
			return runVerify(cmd.Context(), o, kinds, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&o.backend, "backend", "auto", strings.Join(backend.Names(), ", ")+" or a plugin's path")
	cmd.Flags().BoolVar(&o.offline, "offline", false, "do not use the network (also $"+backend.OfflineVariable+")")
	cmd.Flags().StringSliceVar(&o.dtypes, "dtype", []string{"f64", "f32"}, "dtypes to check")
	cmd.Flags().StringVar(&o.json, "json", "", "also write the rows to this file")
	cmd.Flags().BoolVar(&o.quick, "quick", false, "a few problems that still ask every check")
	return cmd
}

// validate returns the dtypes, each once, in the order given.
func (o verifyOptions) validate() ([]dtypes.DType, error) {
	if err := backend.CheckName(o.backend); err != nil {
		return nil, err
	}
	var kinds []dtypes.DType
	for _, name := range o.dtypes {
		kind, ok := map[string]dtypes.DType{"f32": dtypes.Float32, "f64": dtypes.Float64}[name]
		if !ok {
			return nil, fmt.Errorf("dtype: got %q; allowed: f32, f64", name)
		}
		if !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return nil, errors.New("dtype: got none; allowed: f32, f64")
	}
	return kinds, nil
}

// verifyFile is what --json writes.
type verifyFile struct {
	Kind        string       `json:"kind"`
	Description string       `json:"description"`
	Plugin      string       `json:"plugin,omitempty"`
	SHA256      string       `json:"sha256,omitempty"`
	Devices     []string     `json:"devices"`
	Quick       bool         `json:"quick"`
	Holds       bool         `json:"holds"`
	Rows        []verify.Row `json:"rows"`
}

// runVerify prints the table; progress goes to stderr.
func runVerify(ctx context.Context, o verifyOptions, kinds []dtypes.DType, stdout, stderr io.Writer) error {
	if err := checkTarget(o.json); err != nil {
		return err
	}
	b, err := backend.Open(ctx, backend.Options{
		Name: o.backend, Offline: o.offline, Logf: func(format string, a ...any) { fmt.Fprintf(stderr, format+"\n", a...) },
	})
	if err != nil {
		return err
	}
	defer b.Finalize()
	file := verifyFile{Kind: b.Kind, Description: b.Description, Plugin: b.PluginPath, SHA256: b.PluginSHA256, Quick: o.quick}
	for i := range b.NumDevices() {
		file.Devices = append(file.Devices, b.DeviceDescription(compute.DeviceNum(i)))
	}
	fmt.Fprintln(stdout, file.device())
	if file.Rows, err = verifyWithProgress(ctx, b, verify.Options{DTypes: kinds, Quick: o.quick}, stderr); err != nil {
		return err
	}
	if err := verify.Print(stdout, file.Rows); err != nil {
		return err
	}
	file.Holds = verify.Failing(file.Rows) == 0
	if o.json != "" {
		if err := writeJSON(o.json, file); err != nil {
			return err
		}
	}
	return file.verdict()
}

// verdict is an error with the exit code of a failed check where one failed.
func (f verifyFile) verdict() error {
	if f.Holds {
		return nil
	}
	return &exitError{exitCheck, fmt.Errorf("verify: %s on %s; the table names the figures and the problems", verify.Summary(f.Rows), f.Kind)}
}

// device is the first line: the backend, its plugin and its devices.
func (f verifyFile) device() string {
	line := "device: " + f.Kind
	if f.Plugin != "" {
		line += ", plugin " + f.Plugin
	}
	return line + ", " + strings.Join(f.Devices, ", ")
}

// verifyWithProgress runs the checks and tells how far they are. Compiling takes most of the time.
func verifyWithProgress(ctx context.Context, b *backend.Backend, o verify.Options, stderr io.Writer) ([]verify.Row, error) {
	reporter := progress.New(stderr, false)
	defer reporter.Stop()
	begin := time.Now()
	o.Progress = func(done, total int) {
		if done == 0 {
			reporter.Start(total, "problem", "verify")
			return
		}
		rate := float64(done) / time.Since(begin).Seconds()
		reporter.Step(progress.Status{
			Step: done, Steps: total, Unit: "problem", Loss: math.NaN(), Acc: math.NaN(), Cert: math.NaN(), StepsPerSecond: rate,
			Left: time.Duration(float64(total-done) / rate * float64(time.Second)),
		})
	}
	return verify.Run(ctx, b, o)
}

// writeJSON writes the file whole or not at all.
func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return writeTarget(path, append(text, '\n'))
}
