// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"fmt"

	"gonum.org/v1/gonum/mat"
)

// Config holds the sizes of a network and its activations: FirstAct in block 0, Act in all others.
type Config struct {
	Width, Blocks, Hidden, Classes int
	Act, FirstAct                  string
	Bias                           bool
}

// Half returns d = D/2.
func (c Config) Half() int { return c.Width / 2 }

// Couplings returns 2L.
func (c Config) Couplings() int { return 2 * c.Blocks }

// Rows returns the rows of Z_c, which are the columns of Φ_c: h+1, or h without bias.
func (c Config) Rows() int {
	if c.Bias {
		return c.Hidden + 1
	}
	return c.Hidden
}

// Params returns P, the number of trainable parameters.
func (c Config) Params() int { return c.Couplings() * c.Rows() * c.Half() }

// CouplingName returns the name of coupling i as the exported arrays spell it, such as "block0.f".
func CouplingName(i int) string { return fmt.Sprintf("block%d.%c", i/2, "fg"[i%2]) }

func (c Config) activation(coupling int) string {
	if coupling < 2 {
		return c.FirstAct
	}
	return c.Act
}

// Validate says what is wrong with the settings, if anything is.
func (c Config) Validate() error {
	if c.Width < 2 || c.Width%2 != 0 {
		return fmt.Errorf("oracle: width is %d, want an even number of at least 2", c.Width)
	}
	if c.Blocks < 1 || c.Hidden < 1 {
		return fmt.Errorf("oracle: blocks %d and hidden %d, want at least 1 each", c.Blocks, c.Hidden)
	}
	if c.Classes < 1 || c.Classes > c.Width {
		return fmt.Errorf("oracle: classes is %d, want 1 to the width %d (the readout has orthonormal columns)", c.Classes, c.Width)
	}
	if err := checkActivation("first activation", c.FirstAct); err != nil {
		return fmt.Errorf("oracle: %w", err)
	}
	if err := checkActivation("activation", c.Act); err != nil {
		return fmt.Errorf("oracle: %w", err)
	}
	return nil
}

// Net is a reversible network: per coupling c the frozen C[c] (d × h), the trainable W[c] (h × d) and B[c] (d; unused
// without bias), and the frozen readout U (D × K).
type Net struct {
	Config
	C, W []*mat.Dense
	B    [][]float64
	U    *mat.Dense

	Anchor *Anchor // nil for a network that is neither linearised nor scaled
}

// Validate checks the settings and the shape of every array.
func (n *Net) Validate() error {
	if err := n.Config.Validate(); err != nil {
		return err
	}
	m, d := n.Couplings(), n.Half()
	if len(n.C) != m || len(n.W) != m || (n.Bias && len(n.B) != m) {
		return fmt.Errorf("oracle: %d, %d and %d arrays C, W and B, want %d each", len(n.C), len(n.W), len(n.B), m)
	}
	for c := range m {
		if err := checkDims(CouplingName(c)+".C", n.C[c], d, n.Hidden); err != nil {
			return err
		}
		if err := checkDims(CouplingName(c)+".W", n.W[c], n.Hidden, d); err != nil {
			return err
		}
		if n.Bias && len(n.B[c]) != d {
			return fmt.Errorf("oracle: %s.b has %d entries, want %d", CouplingName(c), len(n.B[c]), d)
		}
	}
	if err := n.checkAnchor(); err != nil {
		return err
	}
	return checkDims("readout.U", n.U, n.Width, n.Classes)
}

func checkDims(name string, a *mat.Dense, rows, cols int) error {
	if a == nil {
		return fmt.Errorf("oracle: %s is missing, want (%d, %d)", name, rows, cols)
	}
	if r, c := a.Dims(); r != rows || c != cols {
		return fmt.Errorf("oracle: %s is (%d, %d), want (%d, %d)", name, r, c, rows, cols)
	}
	return nil
}

// Z returns a copy of all that coupling c trains, [W_c; b_c] ((h+1) × d), or W_c (h × d) without bias.
func (n *Net) Z(c int) *mat.Dense {
	z := mat.NewDense(n.Rows(), n.Half(), nil)
	z.Slice(0, n.Hidden, 0, n.Half()).(*mat.Dense).Copy(n.W[c])
	if n.Bias {
		z.SetRow(n.Hidden, n.B[c])
	}
	return z
}

// Apply returns the network at Z - α ΔZ; n is left as it is and the frozen arrays are shared. dZ[c] is (h+1) × d, or
// h × d without bias.
func (n *Net) Apply(dZ []*mat.Dense, alpha float64) *Net {
	out := *n
	out.W, out.B = make([]*mat.Dense, len(n.W)), make([][]float64, len(n.W))
	for c := range n.W {
		z := n.Z(c)
		var step mat.Dense
		step.Scale(alpha, dZ[c])
		z.Sub(z, &step)
		out.W[c] = mat.DenseCopyOf(z.Slice(0, n.Hidden, 0, n.Half()))
		if n.Bias {
			out.B[c] = mat.Row(nil, n.Hidden, z)
		}
	}
	return &out
}
