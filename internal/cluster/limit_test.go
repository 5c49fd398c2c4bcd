// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"strings"
	"testing"
	"time"
)

func TestParseLimit(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "90m": 90 * time.Minute, "1h30m": 90 * time.Minute,
		"4:00:00": 4 * time.Hour, "100:30:05": 100*time.Hour + 30*time.Minute + 5*time.Second, "90:30": 90*time.Minute + 30*time.Second,
		"2-12": 60 * time.Hour, "0-4": 4 * time.Hour, "1-06:30": 30*time.Hour + 30*time.Minute, "1-00:00:01": 24*time.Hour + time.Second,
	} {
		if got, err := ParseLimit(text); got != want || err != nil {
			t.Errorf("%q: %v (%v), want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "4", "90", "-1h", "4:60:00", "4:00:60", "90:60", "1:2:3:4", "1-24", "1-2:3:4:5", "1-", "-4", "-4:00", ":30", "4:", "1:-2:00", "+4:00", "99999:00:00", "4h:00", "UNLIMITED"} {
		if got, err := ParseLimit(text); err == nil || !strings.Contains(err.Error(), "want a duration such as 90m") {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

// What a job file says is read back as the same time.
func TestParseLimitReadsSlurmTime(t *testing.T) {
	for _, d := range []time.Duration{time.Minute, 90 * time.Minute, 24 * time.Hour, 50*time.Hour + 61*time.Second} {
		if got, err := ParseLimit(slurmTime(d)); got != d || err != nil {
			t.Errorf("%s: %v (%v), want %v", slurmTime(d), got, err, d)
		}
	}
}
