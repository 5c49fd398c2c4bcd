// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
)

func TestValidate(t *testing.T) {
	good := Config{8, 2, 5, 3, "relu", "identity", true}
	for want, spoil := range map[string]func(n *Net){
		"":                   func(*Net) {},
		"width is 7":         func(n *Net) { n.Width = 7 },
		"blocks 0":           func(n *Net) { n.Blocks = 0 },
		"hidden 0":           func(n *Net) { n.Hidden = 0 },
		"classes is 9":       func(n *Net) { n.Classes = 9 },
		"first activation":   func(n *Net) { n.FirstAct = "Relu" },
		`activation is "x"`:  func(n *Net) { n.Act = "x" },
		"want 4 each":        func(n *Net) { n.W = n.W[:3] },
		"block0.f.C":         func(n *Net) { n.C[0] = mat.NewDense(5, 4, nil) },
		"block1.g.W":         func(n *Net) { n.W[3] = nil },
		"block1.f.b has 3":   func(n *Net) { n.B[2] = n.B[2][:3] },
		"readout.U is (8, 2": func(n *Net) { n.U = mat.NewDense(8, 2, nil) },
	} {
		n := RandomNet(good, 1)
		spoil(n)
		err := n.Validate()
		if (err == nil) != (want == "") || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
}

func TestRandomNetDependsOnTheSeedAlone(t *testing.T) {
	cfg := Config{8, 2, 5, 3, "relu", "identity", true}
	a, b, c := RandomNet(cfg, 1), RandomNet(cfg, 1), RandomNet(cfg, 2)
	if same, _ := CompareAll(a.W, b.W); same.Rel != 0 {
		t.Errorf("one seed, two networks: %v", same)
	}
	if other, _ := CompareAll(a.W, c.W); other.Rel < 0.1 {
		t.Errorf("two seeds, one network: %v", other)
	}
	var gram mat.Dense
	gram.Mul(a.U.T(), a.U)
	within(t, "UᵀU", &gram, Dense(3, 3, []float64{1, 0, 0, 0, 1, 0, 0, 0, 1}), tolRound)
}

func TestFlattenIsUndone(t *testing.T) {
	n := RandomNet(Config{8, 2, 5, 3, "relu", "identity", true}, 1)
	dZ := RandomDirection(n.Config, 3)
	if c, i := CompareAll(n.Unflatten(n.Flatten(dZ)), dZ); c.Rel != 0 {
		t.Errorf("coupling %d: %v", i, c)
	}
}
