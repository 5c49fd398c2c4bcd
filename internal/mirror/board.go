// SPDX-License-Identifier: Apache-2.0

package mirror

import (
	"math"
	"time"

	"revgn/internal/record"
	"revgn/internal/tfevents"
)

// board is TensorBoard's event file in the run directory.
type board struct {
	run      Run
	settings map[string]any
	file     *tfevents.File
	last     int // step of the newest event
}

func (b *board) rebuild(lines func(func(time.Time, point) error) error) (err error) {
	start := b.run.Manifest.Started
	b.file, err = tfevents.Replace(b.run.Dir, start, func(add func(tfevents.Event) error) error {
		first := tfevents.Event{Time: start, Values: []tfevents.Value{
			tfevents.HParamsStart(start, b.settings),
			{Tag: "config.yaml", Kind: tfevents.KindText, Text: "```yaml\n" + string(b.run.Config) + "```\n"},
		}}
		if err := add(first); err != nil {
			return err
		}
		return lines(func(at time.Time, p point) error { return add(b.event(at, p)) })
	})
	return err
}

func (b *board) append(at time.Time, p point) error { return b.file.Append(b.event(at, p)) }

func (b *board) end(at time.Time, status record.Status) error {
	outcome := tfevents.Failure
	if status == record.Done {
		outcome = tfevents.Success
	}
	return b.file.Append(tfevents.Event{Time: at, Step: int64(b.last), Values: []tfevents.Value{tfevents.HParamsEnd(at, outcome)}})
}

func (b *board) close() error {
	if b.file == nil {
		return nil
	}
	return b.file.Close()
}

// event is a point as an event.
func (b *board) event(at time.Time, p point) tfevents.Event {
	b.last = max(b.last, p.step)
	e := tfevents.Event{Time: at, Step: int64(p.step)}
	for _, s := range p.scalars {
		e.Values = append(e.Values, tfevents.Value{Tag: s.name, Kind: tfevents.KindScalar, Scalar: float32(s.value)})
	}
	for _, h := range p.histograms {
		e.Values = append(e.Values, tfevents.Value{Tag: h.name, Kind: tfevents.KindHistogram, Histogram: bucketsOf(h)})
	}
	for _, t := range p.texts {
		e.Values = append(e.Values, tfevents.Value{Tag: t.name, Kind: tfevents.KindText, Text: t.body})
	}
	return e
}

// bucketsOf is a histogram as TensorBoard takes it. Its sums take every number of a bin at the bin's middle.
func bucketsOf(h histogram) *tfevents.Histogram {
	b := &tfevents.Histogram{Min: h.least, Max: h.most}
	for i, n := range h.counts.Counts {
		count, middle := float64(n), (h.counts.Edge(i)+h.counts.Edge(i+1))/2
		b.Num += count
		b.Sum += count * middle
		b.SumSquares += count * math.Pow(middle, 2)
		b.Limits = append(b.Limits, h.counts.Edge(i+1))
		b.Counts = append(b.Counts, count)
	}
	return b
}
