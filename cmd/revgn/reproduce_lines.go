// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"

	"revgn/internal/reproduce"
	"revgn/internal/sweep"
)

// reproduceObject is an event for machines, reproduceLine for people.
func reproduceObject(e reproduce.Event) map[string]any {
	o := map[string]any{"kind": "end", "task": e.Task, "claim": e.Claim.Name(), "name": e.Sweep.Run.Name, "worker": e.Sweep.Worker, "analysis": e.CKA != ""}
	switch {
	case e.Sweep.Begun:
		o["kind"] = "start"
	case e.Err != nil:
		o["error"] = e.Err.Error()
	case e.CKA == "":
		o["status"], o["seconds"], o["error"] = e.Sweep.State.Status, e.Sweep.Took.Seconds(), e.Sweep.State.Message
	}
	return o
}

func reproduceLine(e reproduce.Event, what string) string {
	switch {
	case e.Err != nil:
		return fmt.Sprintf("%-10s %s: %s", "failed", what, brief(e.Err.Error(), 100))
	case e.CKA != "":
		return fmt.Sprintf("%-10s %s", "done", what)
	case e.Sweep.State.Status == sweep.Done:
		return fmt.Sprintf("%-10s %s  %s", "done", what, endText(e.Sweep))
	case e.Sweep.State.Message == "":
		return fmt.Sprintf("%-10s %s", e.Sweep.State.Status, what)
	}
	return fmt.Sprintf("%-10s %s: %s", e.Sweep.State.Status, what, brief(e.Sweep.State.Message, 100))
}
