// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"math"
	"strings"

	"revgn/internal/number"
	"revgn/internal/progress"
	"revgn/internal/record"
	"revgn/internal/sweep"
)

func eventObject(e sweep.Event, dir sweep.Directory) map[string]any {
	o := map[string]any{"kind": "end", "id": e.Run.ID, "name": e.Run.Name, "worker": e.Worker, "try": e.Try, "status": e.State.Status, "steps": e.State.Steps, "seconds": e.Took.Seconds()}
	if e.Begun {
		o["kind"] = "start"
		delete(o, "seconds")
	} else if e.State.Message != "" {
		o["error"], o["again"], o["log"] = e.State.Message, e.Again, dir.Log(e.Run)
	}
	return o
}

// eventLine is the line that stays of an event.
func (v *sweepView) eventLine(e sweep.Event) string {
	if e.Begun {
		return "begun      " + e.Run.Name
	}
	line := fmt.Sprintf("%-10s %s", e.State.Status, e.Run.Name)
	switch e.State.Status {
	case sweep.Done:
		return fmt.Sprintf("%s  %s  (%d of %d)", line, endText(e), countStates(v.states).of[sweep.Done], len(v.runs))
	case sweep.Failed:
		if e.Again {
			return line + ": " + brief(e.State.Message, 100) + "; it is tried again"
		}
		return line + ": " + brief(e.State.Message, 100) + " (" + record.Short(v.g.dir.Log(e.Run)) + ")"
	case sweep.Interrupted:
		return fmt.Sprintf("%s  after step %d", line, e.State.Steps)
	}
	return line + ": " + brief(e.State.Message, 100)
}

func endText(e sweep.Event) string {
	text := number.Plural(e.State.Steps, "step")
	if acc := e.State.Summary.Last.TestAcc; acc.Set {
		text += fmt.Sprintf("  acc %.4f", float64(acc.Value))
	}
	return text + "  " + progress.Clock(e.Took)
}

func stepsText(s sweep.State) string {
	switch {
	case s.Total > 0:
		return fmt.Sprintf("%d/%d", s.Steps, s.Total)
	case s.Steps > 0:
		return fmt.Sprint(s.Steps)
	}
	return ""
}

func number4(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return fmt.Sprintf("%.4g", x)
}

// brief keeps the beginning of a message: run directories and logs have all of it.
func brief(text string, columns int) string {
	r := []rune(text)
	if len(r) <= columns {
		return text
	}
	return strings.TrimRight(string(r[:columns-3]), " ,:;(") + "..."
}

// shortName keeps the ends of a name that is too long.
func shortName(name string, columns int) string {
	if len(name) <= columns {
		return name
	}
	return name[:columns-14] + "..." + name[len(name)-11:]
}
