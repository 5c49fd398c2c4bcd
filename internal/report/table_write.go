// SPDX-License-Identifier: Apache-2.0

package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
)

// csvText is the table as RFC 4180 has it, numbers with all their digits.
func (t Table) csvText() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	write := func(row []string) { _ = w.Write(row) } // into memory: it cannot fail
	write(t.Columns)
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = c.Exact()
			if !c.IsNum {
				cells[i] = unformula(cells[i])
			}
		}
		write(cells)
	}
	w.Flush()
	return b.Bytes()
}

// unformula keeps a spreadsheet from taking text of a run directory as a formula.
func unformula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// latexText is the table as a tabular that needs no package.
func (t Table) latexText() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%% %s\n\\begin{tabular}{%s}\n\\hline\n", latexEscape(t.Caption), t.alignment())
	for i, c := range t.Columns {
		b.WriteString(cellSeparator(i) + latexEscape(c))
	}
	b.WriteString(" \\\\\n\\hline\n")
	for _, row := range t.Rows {
		for i, c := range row {
			b.WriteString(cellSeparator(i))
			if c.IsNum {
				b.WriteString(latexNumber(c.Text))
				if c.Half != "" {
					b.WriteString(` $\pm$ ` + latexNumber(c.Half))
				}
			} else {
				b.WriteString(latexEscape(c.Text))
			}
		}
		b.WriteString(" \\\\\n")
	}
	b.WriteString("\\hline\n\\end{tabular}\n")
	return b.Bytes()
}

func cellSeparator(i int) string {
	if i == 0 {
		return ""
	}
	return " & "
}

// alignment is r for columns of numbers, l for others.
func (t Table) alignment() string {
	var b strings.Builder
	for i := range t.Columns {
		side := "l"
		for _, row := range t.Rows {
			if row[i].IsNum {
				side = "r"
			}
		}
		b.WriteString(side)
	}
	return b.String()
}

// latexNumber writes 1.2e-05 as a power of ten.
func latexNumber(s string) string {
	mantissa, exponent, ok := strings.Cut(s, "e")
	if !ok {
		return "$" + s + "$"
	}
	sign := ""
	if strings.HasPrefix(exponent, "-") {
		sign = "-"
	}
	exponent = strings.TrimLeft(exponent, "+-0")
	if exponent == "" {
		exponent = "0"
	}
	return fmt.Sprintf("$%s \\times 10^{%s%s}$", mantissa, sign, exponent)
}

// latexEscape keeps text from being taken as commands; line ends become blanks.
func latexEscape(s string) string {
	return strings.NewReplacer(
		`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "#", `\#`, "_", `\_`, "%", `\%`,
		"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "\n", " ", "\r", " ",
	).Replace(s)
}
