// SPDX-License-Identifier: Apache-2.0

package benchmark

import (
	"fmt"
	"strings"

	"revgn/internal/config"
	"revgn/model"
)

// Case is one option set to measure.
type Case struct {
	Options config.Options
	Extra   []Key // what else tells it from others in its name
	Width   int   // D of random inputs; 0: that of the data set

	Analysis Analysis // what is measured of the batch in place of a step; empty or NoAnalysis: a step
}

// Key is a part of a benchmark's name, /Name=Value.
type Key struct{ Name, Value string }

// keys are what a case is called by: the step, where it runs, and its sizes.
func (c Case) keys(kind string, n model.Config, batch int) []Key {
	o := c.Options
	if !c.Analysis.ofStep() {
		return append([]Key{{"analysis", string(c.Analysis)}}, c.keysOfKernel(kind, n, batch)...)
	}
	keys := []Key{{"optimizer", string(o.Optimizer)}}
	if o.Optimizer == config.GN {
		keys = append(keys, Key{"inverse", o.Inverse.String()})
		if o.Curvature != config.CurvatureIdentity {
			keys = append(keys, Key{"curvature", string(o.Curvature)})
		}
		if o.Solver != config.SolverAuto {
			keys = append(keys, Key{"solver", string(o.Solver)})
		}
	}
	if o.Activations == config.ActivationsRecompute {
		keys = append(keys, Key{"activations", string(o.Activations)})
	}
	keys = append(keys, Key{"dtype", string(o.DType)}, Key{"backend", kind}, Key{"dataset", o.Dataset}, Key{"batch-size", fmt.Sprint(batch)},
		Key{"width", fmt.Sprint(n.Width)}, Key{"hidden", fmt.Sprint(n.Hidden)}, Key{"blocks", fmt.Sprint(n.Blocks)})
	return append(keys, c.Extra...)
}

// name writes keys as Go's benchmark format has them, without blanks and slashes inside.
func name(keys []Key) string {
	clean := strings.NewReplacer(" ", "_", "\t", "_", "/", "_")
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, "/%s=%s", k.Name, clean.Replace(k.Value))
	}
	return b.String()
}

// words writes keys for people.
func words(keys []Key) string {
	return strings.ReplaceAll(strings.TrimPrefix(name(keys), "/"), "/", " ")
}
