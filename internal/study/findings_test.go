// SPDX-License-Identifier: Apache-2.0

package study

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"revgn/internal/claims"
	"revgn/internal/section"
)

// What docs/findings.md says of every part is what docs/findings/verdicts.json does. REVGN_UPDATE=1 in the environment writes it.
func TestFindings(t *testing.T) {
	const document, source = "../../docs/findings.md", "../../docs/findings"
	v, err := Read(source)
	if err != nil {
		t.Fatal(err)
	}
	part := section.Section{Begin: "<!-- verdicts: written by go test ./internal/study with REVGN_UPDATE=1 -->", End: "<!-- verdicts: end -->"}
	written, err := part.Read(document)
	if err != nil {
		t.Fatal(err)
	}
	want := found(v)
	if written == want {
		return
	}
	if os.Getenv("REVGN_UPDATE") == "" {
		t.Fatalf("%s does not say what the verdicts do; REVGN_UPDATE=1 go test ./internal/study writes it", document)
	}
	if err := part.Write(document, want); err != nil {
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
