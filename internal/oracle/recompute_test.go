// SPDX-License-Identifier: Apache-2.0

package oracle

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"revgn/internal/npy"
)

// stepCase is a step made by SplitStep, exact or truncated.
type stepCase struct {
	problem
	solver Solver
	alpha  float64
}

func stepCases() []stepCase {
	return []stepCase{
		{lowerShort(2), nil, 0.2},
		{problem{Config{8, 3, 24, 3, "gelu", "silu", false}, MSE, 9, 2}, nil, 0.5},
		{problem{Config{8, 1, 24, 3, "tanh", "leaky-relu", true}, CrossEntropy, 9, 3}, nil, 1},
		{lowerShort(3), PseudoInverse(Cut{Rtol: 0.2}), 0.2},
	}
}

func TestRecomputeAgreesWithTheStep(t *testing.T) {
	for _, c := range stepCases() {
		n, x, y := c.draw()
		s := step(t, n, x, y, Options{Loss: c.loss, Carry: true, Solver: c.solver})
		got, err := Recompute(n, n.Apply(s.DZ, c.alpha), x, y, c.loss, c.alpha)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "cert", got.Stream.Rel, s.Cert, 1e-7)
		near(t, "cert of logits", got.Logits.Rel, s.CertLogits, 1e-7)
		near(t, "gain", got.Gain, s.Gain, 1e-7)
		near(t, "linearisation", got.Linearisation, n.Linearisation(x, s.DZ, s.JDZLogits, c.alpha), 1e-6)
	}
	n, x, y := lowerShort(2).draw()
	if _, err := Recompute(n, n, x, y, MSE, 0); err == nil {
		t.Error("α = 0 gave no error")
	}
}

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if d := got - want; !(d <= tol && d >= -tol) {
		t.Errorf("%s is %.9g, want %.9g up to %g", what, got, want, tol)
	}
}

// TestScriptAgreesWithTheStep runs docs/recompute_step.py on arrays written here.
func TestScriptAgreesWithTheStep(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("skipped: no python3 on the path")
	}
	if err := exec.Command(python, "-c", "import numpy").Run(); err != nil {
		t.Skip("skipped: python3 has no numpy")
	}
	for _, c := range stepCases() {
		n, x, y := c.draw()
		s := step(t, n, x, y, Options{Loss: c.loss, Carry: true, Solver: c.solver})
		dir := t.TempDir()
		before, after := filepath.Join(dir, "before.npz"), filepath.Join(dir, "after.npz")
		if err := npy.WriteFile(before, export(n, nil, nil)); err != nil {
			t.Fatal(err)
		}
		if err := npy.WriteFile(after, export(n.Apply(s.DZ, c.alpha), x, y)); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(python, "../../docs/recompute_step.py", before, after, "--alpha", strconv.FormatFloat(c.alpha, 'g', -1, 64),
			"--loss", c.loss, "--activation", c.Act, "--first-activation", c.FirstAct, "--tol", "1e-6")
		out, err := cmd.CombinedOutput()
		if exact := s.Cert < 1e-6; exact != (err == nil) {
			t.Fatalf("cert %g: %v\n%s", s.Cert, err, out)
		}
		near(t, "cert", figure(t, out, "cert"), s.Cert, 1e-3*s.Cert+1e-9)
		near(t, "cert_logits", figure(t, out, "cert_logits"), s.CertLogits, 1e-3*s.CertLogits+1e-9)
		near(t, "difference", figure(t, out, "difference"), s.CertLogits, 1e-3*s.CertLogits+1e-6)
		near(t, "gain", figure(t, out, "gain"), s.Gain, 1e-8)
		linear := n.Linearisation(x, s.DZ, s.JDZLogits, c.alpha)
		near(t, "linear", figure(t, out, "linear"), linear, 1e-3*linear)
	}
}

// figure returns the number that ends the line of that name.
func figure(t *testing.T, out []byte, name string) float64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^` + name + ` .* (\S+)$`).FindSubmatch(out)
	if m == nil {
		t.Fatalf("no line %q in\n%s", name, out)
	}
	v, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
