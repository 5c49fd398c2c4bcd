// SPDX-License-Identifier: Apache-2.0

package cluster

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// limitForms are what ParseLimit reads.
const limitForms = "want a duration such as 90m or 4h, or a time as sbatch writes it: H:MM:SS, MM:SS, D-HH, D-HH:MM or D-HH:MM:SS; 0 is what the cluster gives"

// ParseLimit reads the time of a task: a duration such as 90m, or one of the forms of sbatch that hold a colon or a hyphen. A bare number,
// which sbatch takes for minutes, is refused: other programs take it for seconds.
func ParseLimit(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil {
		d, err = slurmLimit(text)
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("got %q; %s", text, limitForms)
	}
	return d, nil
}

// slurmLimit reads [HOURS:]MINUTES:SECONDS and DAYS-HOURS[:MINUTES[:SECONDS]]. The first number may be of any size, those after it carry over.
func slurmLimit(text string) (time.Duration, error) {
	type unit struct {
		length time.Duration
		below  uint64
	}
	units := []unit{{24 * time.Hour, 0}, {time.Hour, 24}, {time.Minute, 60}, {time.Second, 60}}
	days, rest, dated := strings.Cut(text, "-")
	fields := append([]string{days}, strings.Split(rest, ":")...)
	if !dated {
		fields = strings.Split(text, ":")
		units = units[max(1, len(units)-len(fields)):]
	}
	if len(fields) < 2 || len(fields) > len(units) {
		return 0, fmt.Errorf("%d numbers", len(fields))
	}
	var total time.Duration
	for i, field := range fields {
		n, err := strconv.ParseUint(field, 10, 14)
		if err != nil {
			return 0, err
		}
		if i > 0 && n >= units[i].below {
			return 0, fmt.Errorf("%d is %d or more", n, units[i].below)
		}
		total += time.Duration(n) * units[i].length
	}
	return total, nil
}
