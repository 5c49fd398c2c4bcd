// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"revgn/internal/claims"
	"revgn/internal/config"
)

// newReproduceListCommand is `revgn reproduce list`.
func newReproduceListCommand() *cobra.Command {
	o := config.Default()
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Tell which claims there are, and what would refute them",
		Long: `Tell which claims there are: 1 to 8 are the paper's, 9 and on are questions that it leaves
open. docs/claims.md has what is measured, the thresholds and the rule.`,
		Example: "  revgn reproduce list",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.LogFormat == config.LogJSON {
				return printClaimsJSON(cmd.OutOrStdout())
			}
			printClaims(cmd.OutOrStdout())
			return nil
		},
	}
	o.AddLogFlag(cmd.Flags())
	return cmd
}

// printClaims lists each statement once, with its variations.
func printClaims(w io.Writer) {
	for _, group := range claimsByID() {
		c := group[0]
		fmt.Fprintf(w, "%-12s %s\n", c.ID, c.Statement)
		for _, v := range group {
			fmt.Fprintf(w, "%-12s   %s, %s\n", "", v.Name(), variationText(v.Variation))
		}
		fmt.Fprintf(w, "%-12s   refuted by %s\n", "", c.Refuted)
	}
}

func claimsByID() [][]claims.Claim {
	var groups [][]claims.Claim
	at := map[string]int{}
	for _, c := range claims.Claims() {
		i, ok := at[c.ID]
		if !ok {
			i = len(groups)
			at[c.ID], groups = i, append(groups, nil)
		}
		groups[i] = append(groups[i], c)
	}
	return groups
}

func variationText(v claims.Variation) string {
	switch v {
	case claims.ByExact:
		return "steps certified EXACT, every optimizer's rate tuned"
	case claims.ByPublished:
		return "steps certified EXACT, at the published rates"
	case claims.ByTruncated:
		return "the released truncation, rates tuned"
	case claims.ByReleased:
		return "the released truncation and the published rates"
	}
	return "without the inverted bottleneck, rates tuned"
}

// claimObject is a claim for machines.
type claimObject struct {
	ID        string           `json:"claim"`
	Variation claims.Variation `json:"variation"`
	Statement string           `json:"statement"`
	Refuted   string           `json:"refuted_by"`
}

func printClaimsJSON(w io.Writer) error {
	var all []claimObject
	for _, c := range claims.Claims() {
		all = append(all, claimObject{c.ID, c.Variation, c.Statement, c.Refuted})
	}
	return printJSON(w, all)
}
