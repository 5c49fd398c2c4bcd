// SPDX-License-Identifier: Apache-2.0

package train

import (
	"revgn/internal/mirror"
	"revgn/internal/record"
)

// beginMirrors writes TensorBoard's and MLflow's forms of metrics.jsonl anew from the lines there, and has every later line added to them. The manifest's
// start is that of the run, not of its resumption: times and the run's id in MLflow follow from it.
func (r *runner) beginMirrors() error {
	reader, err := record.Open(r.run.Dir())
	if err != nil {
		return err
	}
	yaml, err := reader.Config()
	if err != nil {
		return err
	}
	run := mirror.Run{Dir: r.run.Dir(), Name: r.opts.RunName(), Config: yaml, Manifest: r.manifest}
	r.mirrors, err = mirror.Begin(run, mirror.Options{TensorBoard: r.opts.TensorBoard, MLflow: r.opts.MLflow})
	if err == nil {
		r.run.SetMirror(r.mirrors)
	}
	return err
}

// endMirrors tells the mirrors how the run stands.
func (r *runner) endMirrors(status record.Status) error {
	if r.mirrors == nil {
		return nil
	}
	r.run.SetMirror(nil)
	return r.mirrors.End(status)
}
