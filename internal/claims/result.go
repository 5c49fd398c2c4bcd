// SPDX-License-Identifier: Apache-2.0

package claims

import "revgn/internal/number"

// Outcome is a verdict.
type Outcome string

// The outcomes.
const (
	Holds        Outcome = "HOLDS"
	Fails        Outcome = "FAILS"
	Inconclusive Outcome = "INCONCLUSIVE"
)

// Verdict is what runs say of a claim on a task.
type Verdict struct {
	Claim     string        `json:"claim"`
	Variation Variation     `json:"variation"`
	Task      string        `json:"task"`
	Statement string        `json:"statement"`
	Refuted   string        `json:"refuted_by"`
	Verdict   Outcome       `json:"verdict"`
	Reason    string        `json:"reason,omitempty"` // why it is no other
	Premises  []PartResult  `json:"premises,omitempty"`
	Parts     []PartResult  `json:"parts"`
	P         number.Number `json:"p"`      // the largest one-sided p of all premises and parts: of holding wrongly
	PHolm     number.Number `json:"p_holm"` // the same, corrected for all verdicts of the file
	Seeds     []uint64      `json:"seeds"`
	Exact     ExactShare    `json:"exact"`
	Runs      []RunUsed     `json:"runs"`
	Warnings  []string      `json:"warnings,omitempty"`
}

// ExactShare is the share of certified-exact steps among the Gauss-Newton steps behind a verdict.
type ExactShare struct {
	Certificates
	Share number.Optional `json:"share,omitzero"` // absent where there is no such step
}

// RunUsed is a run behind a verdict.
type RunUsed struct {
	Setting string        `json:"setting"`
	Arm     string        `json:"arm"`
	Seed    uint64        `json:"seed"`
	Run     string        `json:"run"`
	Rate    number.Number `json:"lr"` // of the first step
	Class   Class         `json:"class"`
	Certificates
}

// PartResult is what runs say of a part.
type PartResult struct {
	Name       string           `json:"name"`
	Setting    string           `json:"setting"`
	Definition string           `json:"definition"`
	Claimed    Direction        `json:"claimed"` // the side of the threshold
	Threshold  number.Number    `json:"threshold"`
	Why        string           `json:"why"`
	Outcome    Outcome          `json:"outcome"`
	Reason     string           `json:"reason,omitempty"`
	Effect     number.Number    `json:"effect"`         // mean over seeds
	Low        number.Number    `json:"low"`            // 95 % t interval
	High       number.Number    `json:"high"`           //
	Ratio      number.Optional  `json:"ratio,omitzero"` // exp(effect), where the statistic is a difference of logarithms
	T          number.Number    `json:"t"`              // of the paired test against the threshold
	DF         number.Number    `json:"df"`             //
	P          number.Number    `json:"p"`              // two-sided
	PHolds     number.Number    `json:"p_holds"`        // one-sided, of an effect so far on the claimed side where the true one is at the threshold
	PFails     number.Number    `json:"p_fails"`        // the same for the other side
	PFailsHolm number.Number    `json:"p_fails_holm"`   // corrected for the parts of the claim
	Bootstrap  [2]number.Number `json:"bca"`            // 95 % BCa interval, for comparison: no verdict depends on it
	SignedRank number.Number    `json:"p_signed_rank"`  // Wilcoxon's against the threshold, for comparison; never below 1/16 with five seeds
	Values     []SeedValue      `json:"values"`
	measured   bool             // all seeds have a value, and these differ
}

// SeedValue is the statistic of a seed.
type SeedValue struct {
	Seed  uint64        `json:"seed"`
	Value number.Number `json:"value"`
}
