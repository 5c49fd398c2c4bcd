// SPDX-License-Identifier: Apache-2.0

package claims

import "math"

// names are the arms of a variation.
type names struct{ gn, adam, sgd string }

func (v Variation) names() names {
	switch v {
	case ByPublished:
		return names{"split-preset", "adam-preset", "sgd-preset"}
	case ByTruncated:
		return names{"truncated", "adam", "sgd"}
	case ByReleased:
		return names{"released", "adam-preset", "sgd-preset"}
	case ByNarrow:
		return names{"split-narrow", "adam", "sgd"}
	}
	return names{"split", "adam", "sgd"}
}

// two is what "far" and "hardly" are taken to mean of a ratio, tenth the least difference of losses that a curve on a logarithmic axis shows, both in log units.
func two() float64   { return math.Ln2 }
func tenth() float64 { return math.Log(1.1) }

const (
	whyTwo   = "far: no plot is needed to see a factor of two"
	whyTenth = "a tenth is the least that curves on a logarithmic axis show, and more than seeds differ by"
)

// Claims are those of the paper and the open questions, in the order in which they are reported.
func Claims() []Claim {
	var all []Claim
	for _, v := range []Variation{ByExact, ByPublished, ByTruncated, ByReleased} {
		n := v.names()
		all = append(all, fullBatchClaim(v, n), miniBatchClaim(v, n))
		if v == ByExact || v == ByPublished {
			all = append(all, longer(v, n))
		}
		all = append(all, overfits(v, n), lazy(v, n), keepsRepresentations(v, n))
		if v == ByExact || v == ByTruncated {
			all = append(all, notRescued(v, n))
		}
		if v == ByPublished || v == ByReleased {
			all = append(all, switches(v))
		}
	}
	all = append(all, narrow())
	return append(all, openQuestions()...)
}

// faster are the parts of claim 1.
func faster(setting string, n names) []Part {
	var parts []Part
	for _, base := range []string{n.adam, n.sgd} {
		parts = append(parts,
			Part{"lower than " + base, setting, finalRatio("train", base, n.gn), Above, two(), whyTwo},
			Part{"in fewer steps than " + base, setting, speedUp(base, n.gn), Above, two(), "faster by a factor is a claim about steps; two, as for losses"})
	}
	return parts
}

func fullBatchClaim(v Variation, n names) Claim {
	return Claim{ID: "1", Variation: v, Statement: "Full batch: Gauss-Newton lowers the training loss far faster than Adam and SGD.", Parts: faster(FullBatch, n),
		Refuted: "a baseline whose loss after as many steps is less than twice that of Gauss-Newton, or which comes to the loss that both reach in less than twice its steps"}
}

// saturates are the parts of claim 2.
func saturates(setting string, n names) []Part {
	return []Part{
		{"fast at first", setting, earlyRatio(n.adam, n.gn), Above, 0, "the claim is an order, at one epoch, and gives no size"},
		{"then saturates", setting, falls(n.gn), Below, -math.Log(0.9), "less than a tenth of the loss in a quarter of all training is a curve that looks flat"},
		{"while Adam goes on", setting, fallsMore(n.adam, n.gn), Above, 0, "to saturate means to fall less than what still can fall"},
		{"Adam ends lower", setting, finalRatio("train", n.gn, n.adam), Above, tenth(), whyTenth},
	}
}

func miniBatchClaim(v Variation, n names) Claim {
	return Claim{ID: "2", Variation: v, Statement: "Mini-batch: Gauss-Newton is fast at first, then saturates even on the training loss; Adam ends lower.", Parts: saturates(MiniBatch, n),
		Refuted: "Gauss-Newton ending within a tenth of Adam or below, or still falling in the last quarter, or being behind after the first epoch"}
}

// longer has the parts of claim 2 that speak of the end, but that Adam goes on: by then it may have no loss left to lose.
func longer(v Variation, n names) Claim {
	n = names{gn: n.gn + "-longer", adam: n.adam + "-longer"}
	parts := saturates(MiniBatch, n)
	return Claim{ID: "2-longer", Variation: v, Statement: "Mini-batch, four times the epochs: Gauss-Newton saturates even on the training loss; Adam ends lower.", Parts: []Part{parts[1], parts[3]},
		Refuted: "Gauss-Newton ending within a tenth of Adam or below, or still falling in the last quarter"}
}

func overfits(v Variation, n names) Claim {
	const small = "5 % of the loss a step: far above the noise of a median over steps, far below one Gauss-Newton step"
	return Claim{ID: "3", Variation: v,
		Statement: "Each Gauss-Newton update overfits its mini-batch: the change of the loss on the batch just used is largest for Gauss-Newton, after saturation too.",
		Parts: []Part{
			{"more than Adam on its own batch", MiniBatch, ownMore(n.gn, n.adam), Above, math.Log(1.05), small},
			{"more than SGD on its own batch", MiniBatch, ownMore(n.gn, n.sgd), Above, math.Log(1.05), small},
			{"more than Adam is missing elsewhere", MiniBatch, excessMore(n.gn, n.adam), Above, math.Log(1.05), small},
			{"less than half of it elsewhere", MiniBatch, heldShort(n.gn), Above, 0, "overfitting is most of the gain staying on the batch; half is most"},
		},
		Refuted: "an update of Adam or SGD that changes its own batch as much, or a gain on held-out samples of more than half of that on the batch"}
}

func lazy(v Variation, n names) Claim {
	return Claim{ID: "4", Variation: v, Statement: "Lazy regime: the tangent kernel hardly changes under Gauss-Newton.",
		Parts: []Part{
			{"hardly turns", MiniBatch, turned(n.gn), Below, 0.1, "a cosine above 0.9: 26 degrees, what kernel regression with the start's kernel can stand for"},
			{"at most half of Adam's change", MiniBatch, kernelRatio(n.adam, n.gn), Above, two(), whyTwo},
			{"and of Adam's at the same training loss", MiniBatch, kernelRatioMatched(n.adam, n.gn), Above, two(), "who trains farther changes more; at the same loss that is no reason"},
		},
		Refuted: "a centred alignment below 0.9, or a relative change of more than half of Adam's, at the end or at the same training loss"}
}

func keepsRepresentations(v Variation, n names) Claim {
	return Claim{ID: "5", Variation: v,
		Statement: "Representations hardly change: CKA to the start stays near 1 for Gauss-Newton and SGD and falls for Adam, in the first, the middle and the last block.",
		Premises: []Part{{"CKA could show a change", MiniBatch, visible(n.adam), Above, 0.05,
			"where another seed's start is as similar as 0.95, CKA near 1 says nothing: the stream is mostly the input"}},
		Parts: []Part{
			{"near 1 for Gauss-Newton", MiniBatch, keeps(n.gn), Above, 0.9, "near 1: nine tenths"},
			{"near 1 for SGD", MiniBatch, keeps(n.sgd), Above, 0.9, "near 1: nine tenths"},
			{"Adam falls below Gauss-Newton", MiniBatch, keepsMore(n.gn, n.adam), Above, 0.05, "half of the way from 1 to what still counts as near 1"},
			{"Adam falls below SGD", MiniBatch, keepsMore(n.sgd, n.adam), Above, 0.05, "half of the way from 1 to what still counts as near 1"},
		},
		Refuted: "a CKA below 0.9 under Gauss-Newton or SGD in one of the blocks, or an Adam that keeps as much"}
}

func notRescued(v Variation, n names) Claim {
	rescues := []string{"split-init1e-2", "split-init1e-6", "split-spring"}
	if v == ByTruncated {
		rescues = []string{"truncated-init1e-2", "truncated-init1e-6", "cut1e-3", "cut1e-1", "tikhonov", "noise"}
	}
	c := Claim{ID: "6", Variation: v, Statement: "Nothing rescues it: initial scale, truncation, damping, noise on the inverse, other rates.",
		Premises: []Part{{"there is a gap to close", MiniBatch, finalRatio("train", n.gn, n.adam), Above, tenth(), whyTenth}},
		Refuted:  "a remedy, at a rate of its own, that closes more than half of the gap between Gauss-Newton and Adam"}
	for _, r := range rescues {
		c.Parts = append(c.Parts, Part{"not by " + r, MiniBatch, beyondHalf(r, n.gn, n.adam), Above, 0, "a rescue is what closes most of the gap in log loss; half is most"})
	}
	return c
}

func switches(v Variation) Claim {
	gn, to, from := "split-preset", "adam-then-split", "split-then-adam"
	if v == ByReleased {
		gn, to, from = "released", "adam-then-released", "released-then-adam"
	}
	return Claim{ID: "7", Variation: v, Statement: "Half way, switching from Adam to Gauss-Newton saturates; from Gauss-Newton to Adam recovers.",
		Parts: []Part{
			{"Adam to Gauss-Newton is flat", MiniBatch, falls(to), Below, -math.Log(0.9), "less than a tenth of the loss in a quarter of all training is a curve that looks flat"},
			{"and ends above Adam", MiniBatch, finalRatio("train", to, "adam-preset"), Above, tenth(), whyTenth},
			{"Gauss-Newton to Adam ends below Gauss-Newton", MiniBatch, finalRatio("train", gn, from), Above, tenth(), whyTenth},
		},
		Refuted: "a run switched to Gauss-Newton that goes on falling or ends within a tenth of Adam, or one switched to Adam that ends no lower than Gauss-Newton"}
}

func narrow() Claim {
	n := ByNarrow.names()
	return Claim{ID: "8", Variation: ByNarrow, Statement: "The same trends without the inverted bottleneck, where steps are projections: faster on the full batch, saturating on mini-batches.",
		Parts: append([]Part{
			{"full batch: lower than Adam", NarrowFullBatch, finalRatio("train", n.adam, n.gn), Above, tenth(), "a trend is an order; " + whyTenth},
			{"full batch: lower than SGD", NarrowFullBatch, finalRatio("train", n.sgd, n.gn), Above, tenth(), "a trend is an order; " + whyTenth},
		}, saturates(NarrowMiniBatch, n)...),
		Refuted: "one of the orders of claims 1 and 2 the other way round"}
}
