// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"math"

	"revgn/gnstep"
	"revgn/internal/machine"
	"revgn/internal/record"
)

// Result is what was measured of one option set. Seconds and rates are spreads over rounds.
type Result struct {
	Name    string            `json:"name"` // as in Go's benchmark format, without Benchmark and the number of processors
	Keys    map[string]string `json:"keys"`
	Config  string            `json:"config"` // every option, as `revgn train --config` reads it
	Backend string            `json:"backend"`
	Device  string            `json:"device"`
	Devices int               `json:"devices"` // that share the network
	Inputs  string            `json:"inputs"`  // the data set, or why they are random
	Rate    float64           `json:"rate"`    // learning rate of the measured steps

	Batch   int `json:"batch"`
	Width   int `json:"width"`
	Hidden  int `json:"hidden"`
	Blocks  int `json:"blocks"`
	Classes int `json:"classes"`

	PrepareSeconds float64   `json:"prepare_seconds"` // initial weights, and what a step needs of the frozen ones
	CompileSeconds float64   `json:"compile_seconds"` // from the graph's functions to an executable
	Seconds        Spread    `json:"seconds"`         // of a step
	Samples        []float64 `json:"samples"`         // the seconds of every step

	Operations   float64            `json:"operations"` // counted from the shapes
	OperationsOf map[string]float64 `json:"operations_of,omitempty"`
	// PlainOperations are those of a kernel by its equation, when nothing is saved (ntk.PlainOperations); Operations are those that are made.
	PlainOperations float64       `json:"plain_operations,omitempty"`
	Matmul          Rate          `json:"matmul"`       // in the step's dtype, between the steps
	OtherMatmul     Rate          `json:"other_matmul"` // in the other dtype
	Share           Spread        `json:"share"`        // of the matmul rate that the step reaches: operations over seconds over rate
	Equivalent      Spread        `json:"equivalent"`   // operations that matmul would do in the step's time
	Memory          Memory        `json:"memory"`
	Phases          []Phase       `json:"phases,omitempty"`
	Finite          bool          `json:"finite"`
	Loss            record.Number `json:"loss"` // of the last step
	Certified       bool          `json:"certified"`
	Certificate     record.Number `json:"certificate"`
	Exact           bool          `json:"exact"`
	Refinements     float64       `json:"refinements"` // of the last step, over its couplings
	Iterations      float64       `json:"iterations"`  // of the solver for the whole kernel
}

// Rate is a matmul rate.
type Rate struct {
	DType     string `json:"dtype"`
	Size      int    `json:"size"`       // n of the (n, n) factors
	PerSecond Spread `json:"per_second"` // operations
}

// Memory is what a step needs.
type Memory struct {
	Compile machine.Usage     `json:"compile"`          // of the host: preparing and compiling
	Step    machine.Usage     `json:"step"`             // of the host: the first steps, weights included
	Device  *machine.Compiled `json:"device,omitempty"` // by the compiler's account, nil where the plugin does not tell
}

// Phase is what a phase takes of a step.
type Phase struct {
	Name       string  `json:"name"`
	Seconds    Spread  `json:"seconds"` // the prefix that ends with it less the one before, round by round; may come out below 0
	Operations float64 `json:"operations"`
}

// describe fills in what is known before measuring.
func (sub *subject) describe() (Result, error) {
	n := sub.vars.Config
	yaml, err := sub.Options.Resolved()
	r := Result{
		Name: name(sub.keys), Keys: map[string]string{}, Config: string(yaml), Backend: sub.backend.Kind, Device: sub.backend.Description, Devices: sub.devices.Count(),
		Inputs: sub.Options.Dataset, Rate: min(sub.Options.LR, highestRate),
		Batch: sub.batch, Width: n.Width, Hidden: n.Hidden, Blocks: n.Blocks, Classes: n.Classes,
		PrepareSeconds: sub.prepared.Seconds(), CompileSeconds: sub.compiled.Seconds(), Memory: sub.memory,
	}
	if sub.inputs.Note != "" {
		r.Inputs = sub.inputs.Note
	}
	for _, k := range sub.keys {
		r.Keys[k.Name] = k.Value
	}
	return r, err
}

// conclude fills in what the last step reported.
func (r *Result) conclude(sub *subject) {
	if sub.kernel != nil {
		r.Finite, r.Loss, r.Certificate = sub.kernel.finite(), record.Number(math.NaN()), record.Number(math.NaN())
		return
	}
	last := sub.report
	r.Finite, r.Loss = last.Finite, record.Number(last.Loss)
	r.Certified, r.Certificate, r.Iterations = last.Certified, record.Number(last.Cert), last.Iterations
	r.Exact = last.Exact(sub.vars.Config.DType)
	for _, c := range last.Couplings {
		r.Refinements += c.Refinements
	}
}

// operationsOf names the phases of a Gauss-Newton step's operations.
func operationsOf(o gnstep.Operations) map[string]float64 {
	if o.Total() == 0 {
		return nil
	}
	return map[string]float64{
		"forward": o.Forward, "pull-back": o.PullBack, "gram": o.Gram, "factor": o.Factor, "solve": o.Solve, "tangents": o.Tangents,
	}
}
