// SPDX-License-Identifier: Apache-2.0

package claims

// openQuestions are 9 to 14. A question is put as a statement that the runs may support or refute; neither answer is the expected one.
func openQuestions() []Claim {
	minNorm, curvature, damped := names{"min-norm", "adam", "sgd"}, names{"exact-curvature", "adam", "sgd"}, names{"damped-curvature", "adam", "sgd"}
	last := names{"last", "adam", "sgd"}
	return []Claim{
		{ID: "9", Variation: ByExact, Statement: "The saturation on mini-batches survives the minimum-norm inverse in place of the split.", Parts: saturates(MiniBatch, minNorm),
			Refuted: "what refutes claim 2, of minimum-norm steps"},
		{ID: "9-fullbatch", Variation: ByExact, Statement: "The advantage on the full batch survives the minimum-norm inverse in place of the split.", Parts: faster(FullBatch, minNorm),
			Refuted: "what refutes claim 1, of minimum-norm steps"},
		{ID: "9-last", Variation: ByExact, Statement: "The saturation on mini-batches survives where the last block alone makes the change.", Parts: saturates(MiniBatch, last),
			Refuted: "what refutes claim 2, of steps of the last block"},
		{ID: "10", Variation: ByExact, Statement: "The saturation on mini-batches survives the true curvature of the cross-entropy.", Parts: saturates(MiniBatch, curvature),
			Refuted: "what refutes claim 2, of steps with the exact curvature"},
		{ID: "10-damped", Variation: ByExact, Statement: "The saturation on mini-batches survives the damped curvature of the cross-entropy, H + 0.1 I.", Parts: saturates(MiniBatch, damped),
			Refuted: "what refutes claim 2, of steps with the damped curvature"},
		loads(), shares(), linearised(), logits(), generalises(),
	}
}

func loads() Claim {
	var gaps []gapAt
	for _, x := range Loads() {
		gaps = append(gaps, gapAt{x, loadArm("split", x), loadArm("adam", x)})
	}
	return Claim{ID: "11", Variation: ByExact, Statement: "The gap between Gauss-Newton and Adam on mini-batches grows with B/(h+1), at the same batch size.",
		Parts: growing("B/(h+1)", gaps), Refuted: "a gap that shrinks where B/(h+1) doubles"}
}

func shares() Claim {
	var gaps []gapAt
	for _, x := range Shares() {
		gaps = append(gaps, gapAt{x, shareArm("split", x), shareArm("adam", x)})
	}
	return Claim{ID: "11-size", Variation: ByExact, Statement: "The gap between Gauss-Newton and Adam on mini-batches grows with the size of the training set, at as many epochs.",
		Parts: growing("share of the samples", gaps), Refuted: "a gap that shrinks where the samples double"}
}

// linearised asks for equivalence: the difference lies between two thresholds.
func linearised() Claim {
	c := Claim{ID: "12", Variation: ByExact, Statement: "Gauss-Newton trains lazily: the linearised network, trained by the same steps, comes to the same losses.",
		Refuted: "a loss of the network that differs from that of its linearisation by more than a tenth, on the training or the test part"}
	for _, split := range []string{"train", "test"} {
		c.Parts = append(c.Parts, withinTenth(split+" loss", MiniBatch, finalRatio(split, "linearised", "split"))...)
	}
	return c
}

// withinTenth asks for equivalence: a log ratio lies within a tenth on both sides.
func withinTenth(what, setting string, s Statistic) []Part {
	return []Part{{what + " not lower by a tenth", setting, s, Above, -tenth(), whyTenth}, {what + " not higher by a tenth", setting, s, Below, tenth(), whyTenth}}
}

// logits asks for equivalence with what needs no network.
func logits() Claim {
	return Claim{ID: "13", Variation: ByPublished, Statement: "On the full batch exact steps train as gradient descent in the logits does, whatever the data and the network.",
		Parts:   withinTenth("loss", FullBatch, besideLogits("split-preset")),
		Refuted: "a loss that differs by more than a tenth from that of gradient descent in the logits with the same rate, after as many steps"}
}

// generalises asks for no inferiority, at a rate that nobody chose.
func generalises() Claim {
	const fewer = 0.005
	return Claim{ID: "14", Variation: ByExact, Statement: "With the minimum norm and whole steps, of rate 1, exact Gauss-Newton generalises on mini-batches no worse than Adam at its best rate.",
		Parts: []Part{{"test loss not higher by a tenth", MiniBatch, finalRatio("test", "min-norm-whole", "adam"), Below, tenth(), whyTenth},
			{"test accuracy not lower by half a percent", MiniBatch, finalAccuracy("test", "min-norm-whole", "adam"), Above, -fewer, "one sample in 200: as many as seeds differ by"}},
		Refuted: "a test loss above Adam's by more than a tenth, or a test accuracy below it by more than half a percent"}
}
