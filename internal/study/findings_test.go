// SPDX-License-Identifier: Apache-2.0

package study

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"revgn/internal/claims"
)

const (
	findings       = "../../docs/findings.md"
	findingsBegin  = "<!-- verdicts: written by go test ./internal/study with REVGN_UPDATE=1 -->\n"
	findingsEnd    = "<!-- verdicts: end -->"
	findingsSource = "../../docs/findings"
)

// What docs/findings.md says of every part is what docs/findings/verdicts.json does. REVGN_UPDATE=1 in the environment writes it.
func TestFindings(t *testing.T) {
	v, err := Read(findingsSource)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(findings)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), findingsBegin)
	written, after, closed := strings.Cut(rest, findingsEnd)
	if !ok || !closed {
		t.Fatalf("%s has no part between %q and %q", findings, findingsBegin, findingsEnd)
	}
	want := found(v)
	if written == want {
		return
	}
	if os.Getenv("REVGN_UPDATE") == "" {
		t.Fatalf("%s does not say what the verdicts do; REVGN_UPDATE=1 go test ./internal/study writes it", findings)
	}
	if err := os.WriteFile(findings, []byte(before+findingsBegin+want+findingsEnd+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

// found is a table of verdicts with their parts.
func found(v claims.Verdicts) string {
	var b strings.Builder
	b.WriteString("\n| claim | variation | data | verdict | part | effect, 95 % interval | claimed | part | exact steps |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, one := range v.Verdicts {
		exact := "no Gauss-Newton"
		if one.Exact.Share.Set {
			exact = fmt.Sprintf("%d of %d", one.Exact.Certificates.Exact, one.Exact.Certified)
		}
		head := fmt.Sprintf("%s | %s | %s | **%s** |", one.Claim, one.Variation, one.Task, one.Verdict)
		for i, p := range one.Premises {
			fmt.Fprintf(&b, "| %s premise: %s | |\n", firstCells(head, i), foundPart(p))
		}
		for i, p := range one.Parts {
			count := ""
			if i == 0 {
				count = exact
			}
			fmt.Fprintf(&b, "| %s %s | %s |\n", firstCells(head, i+len(one.Premises)), foundPart(p), count)
		}
	}
	for _, w := range v.Waiting {
		fmt.Fprintf(&b, "| %s | %s | %s | waits | %d of %d runs | | | | |\n", w.Claim, w.Variation, w.Task, w.Made, w.Of)
	}
	b.WriteString("\n")
	return b.String()
}

// firstCells is the first cells of a row, blank from the second row of a verdict on.
func firstCells(head string, row int) string {
	if row > 0 {
		return "| | | |"
	}
	return head
}

func foundPart(p claims.PartResult) string {
	sign := map[claims.Direction]string{claims.Above: ">", claims.Below: "<"}[p.Claimed]
	value := func(x float64) string { return fmt.Sprintf("%.3g", x) }
	if p.Ratio.Set {
		value = func(x float64) string { return "× " + fmt.Sprintf("%.3g", math.Exp(x)) }
	}
	return fmt.Sprintf("%s | %s (%s to %s) | %s %s | %s", p.Name, value(float64(p.Effect)), value(float64(p.Low)), value(float64(p.High)), sign, value(float64(p.Threshold)), p.Outcome)
}
