// SPDX-License-Identifier: Apache-2.0

package cka

// Watch compares a representation, while a network trains, with what it was at the start: the linear kernel matrix of then is kept. It costs n² operations a
// comparison, beside the matrix itself, which is LastStream's.
type Watch struct{ start *Centred }

// NewWatch begins with the kernel matrix (n x n) of the start, which it takes over.
func NewWatch(n int, start []float64) (*Watch, error) {
	c, err := centredOnly(n, start)
	return &Watch{c}, err
}

// Compare is the biased and the debiased linear CKA of the kernel matrix with that of the start, without errors.
func (w *Watch) Compare(now []float64) (biased, debiased float64, err error) {
	c, err := centredOnly(w.start.n, now)
	if err != nil {
		return 0, 0, err
	}
	cross := between(w.start, c)
	biased, _ = ratio(cross.biased, w.start.self.biased, c.self.biased)
	debiased, _ = ratio(cross.debiased, w.start.self.debiased, c.self.debiased)
	return biased, debiased, nil
}

func centredOnly(n int, values []float64) (*Centred, error) {
	g, err := NewGram(n, values)
	if err != nil {
		return nil, err
	}
	return Centre(g, 0)
}
