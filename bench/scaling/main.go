// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"revgn/internal/section"
)

// Exit codes, those of revgn.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// owned is the part of a document that the program writes.
func owned() section.Section {
	return section.Section{Begin: "<!-- tables: written by make scaling -->", End: "<!-- tables: end -->"}
}

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit code.
func run(args []string, stdout, stderr io.Writer) int {
	a := defaults()
	fs := pflag.NewFlagSet("scaling", pflag.ContinueOnError)
	fs.SortFlags = false
	fs.SetOutput(stderr)
	write := fs.String("write", "", "put the tables between the markers of this document, such as docs/scaling.md")
	fs.Float64Var(&a.share, "share", a.share, "share of peak rate and bandwidth that a step reaches, in (0, 1]")
	fs.Float64Var(&a.inside, "latency", a.inside, "seconds of a sum inside a node whatever its size")
	fs.Float64Var(&a.outside, "network-latency", a.outside, "seconds more between nodes")
	err := fs.Parse(args)
	if errors.Is(err, pflag.ErrHelp) {
		return exitDone
	}
	if err == nil {
		err = a.validate(fs.Args())
	}
	if err != nil {
		fmt.Fprintf(stderr, "scaling: %v\n", err)
		return exitUsage
	}
	text, err := tables(a)
	if err == nil && *write != "" {
		err = owned().Write(*write, text)
	} else if err == nil {
		_, err = io.WriteString(stdout, text)
	}
	if err != nil {
		fmt.Fprintf(stderr, "scaling: %v\n", err)
		return exitFailed
	}
	return exitDone
}

// defaults are the assumptions of docs/scaling.md.
func defaults() assumptions { return assumptions{share: 0.8, inside: 20e-6, outside: 40e-6} }

func (a assumptions) validate(rest []string) error {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q; options start with --", rest[0])
	case !(a.share > 0 && a.share <= 1):
		return fmt.Errorf("share: got %v; allowed: above 0 and up to 1", a.share)
	case !(a.inside >= 0 && a.outside >= 0):
		return fmt.Errorf("latency: got %v and %v; allowed: 0 or more", a.inside, a.outside)
	}
	return nil
}
