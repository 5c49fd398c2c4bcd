// SPDX-License-Identifier: Apache-2.0

package progress

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"
)

// line writes a status as text, the parts that matter most first, since the end
// may be clipped.
func line(s Status) string {
	unit := cmp.Or(s.Unit, "step")
	parts := []string{fmt.Sprintf("%s %d/%d", unit, s.Step, s.Steps)}
	if s.Epochs > 0 {
		parts = []string{fmt.Sprintf("epoch %d/%d", s.Epoch, s.Epochs), parts[0]}
	}
	add := func(x float64, format string) {
		if !math.IsNaN(x) {
			parts = append(parts, fmt.Sprintf(format, x))
		}
	}
	add(s.Loss, "loss %.4g")
	add(s.Acc, "acc %.4f")
	add(s.Cert, "cert %.1e")
	if s.StepsPerSecond > 0 {
		parts = append(parts, fmt.Sprintf("%.3g %ss/s", s.StepsPerSecond, unit))
	}
	if s.Left > 0 {
		parts = append(parts, duration(s.Left)+" left")
	}
	return strings.Join(parts, "  ")
}

// scoresLine writes the result of an evaluation as text.
func scoresLine(s Scores) string {
	text := fmt.Sprintf("step %d (%s):", s.Step, Epochs(s.Epoch))
	if s.Step == 0 {
		text = "initial network:"
	}
	for _, set := range []struct {
		name      string
		loss, acc float64
	}{{"train", s.TrainLoss, s.TrainAcc}, {"test", s.TestLoss, s.TestAcc}} {
		if !math.IsNaN(set.loss) || !math.IsNaN(set.acc) {
			text += fmt.Sprintf("  %s loss %.4g acc %.4f", set.name, set.loss, set.acc)
		}
	}
	return text
}

// Epochs is a number of epochs, which need not be whole.
func Epochs(n float64) string {
	if n == 1 {
		return "1 epoch"
	}
	return fmt.Sprintf("%.4g epochs", n)
}

// Clock writes a span of time as h:mm:ss, or m:ss below an hour.
func Clock(d time.Duration) string { return duration(d) }

// duration writes h:mm:ss, or m:ss below an hour.
func duration(d time.Duration) string {
	seconds := int(d.Round(time.Second) / time.Second)
	h, m, s := seconds/3600, seconds/60%60, seconds%60
	if h > 0 {
		return fmt.Sprintf("%d:%02d:%02d", h, m, s)
	}
	return fmt.Sprintf("%d:%02d", m, s)
}

// oneLine formats and folds line breaks, which would break the live line.
func oneLine(format string, a ...any) string {
	return strings.NewReplacer("\r", "", "\n", " ").Replace(strings.TrimRight(fmt.Sprintf(format, a...), "\r\n"))
}
