// SPDX-License-Identifier: Apache-2.0

package claims

// JudgeBriefly is Judge without what no verdict depends on.
func JudgeBriefly(c Claim, task string, runs Runs, seeds []uint64) Verdict {
	b := newBench(runs, seeds)
	b.brief = true
	return b.judge(c, task)
}
