// SPDX-License-Identifier: Apache-2.0

package train

// ahead gives the batches of a run in order, and gathers the next one on the host while the step on the one before is made.
type ahead struct {
	stream *stream
	gather func(pick) (batch, error)
	left   int           // batches whose gathering has not begun
	coming chan gathered // the batch whose gathering has begun; nil for none
}

// gathered is a batch, or why there is none.
type gathered struct {
	batch batch
	err   error
}

// next is the next batch of those that are left; asking for more is a mistake of the program.
func (a *ahead) next() (batch, error) {
	if a.coming == nil {
		a.begin()
	}
	g := <-a.coming
	a.coming = nil
	if a.left > 0 {
		a.begin()
	}
	return g.batch, g.err
}

// begin gathers a batch aside.
func (a *ahead) begin() {
	a.left--
	p, coming := a.stream.next(), make(chan gathered, 1)
	a.coming = coming
	go func() {
		b, err := a.gather(p)
		coming <- gathered{b, err}
	}()
}
