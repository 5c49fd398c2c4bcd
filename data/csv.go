// SPDX-License-Identifier: Apache-2.0

package data

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
)

const (
	// maxClasses bounds labels in csv and npz files; a larger one is more likely
	// a feature or an index in the wrong column than a class.
	maxClasses = 10000
	// maxLine bounds one line of a csv file.
	maxLine = 16 << 20
)

// readCSV reads one sample a line: numbers separated by commas, the label (an
// integer from 0) last. A first line whose last column is no number is a header.
// Empty lines are skipped.
func readCSV(s *stream) (*samples, error) {
	limit := &io.LimitedReader{R: s, N: maxBytes}
	lines := bufio.NewScanner(limit)
	lines.Buffer(make([]byte, 1<<16), maxLine)
	lines.Split(scanWholeLines)
	out := &samples{}
	at, number := int64(0), 0
	for lines.Scan() {
		number++
		text := strings.TrimSpace(lines.Text())
		if number == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		fields := strings.Split(text, ",")
		header := number == 1 && text != "" && !numeric(fields[len(fields)-1])
		if header && strings.EqualFold(unquote(fields[0]), "label") {
			return nil, s.failAt(at, "line 1 names the first column the label, want the label in the last column")
		}
		if text != "" && !header {
			if err := out.addLine(s, fields, at, number); err != nil {
				return nil, err
			}
		}
		at += int64(len(lines.Bytes()))
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, s.failAt(at, "line %d is longer than %d bytes", number+1, maxLine)
	case err != nil:
		return nil, s.readError(err, "a line", 1, 0)
	case limit.N == 0:
		return nil, s.failAt(at, "more than %d bytes", maxBytes)
	case out.n == 0:
		return nil, s.failAt(at, "no sample, want lines of numbers with the label last")
	}
	return out, nil
}

// scanWholeLines is bufio.ScanLines with the newline kept, so that lengths add
// up to offsets.
func scanWholeLines(buf []byte, atEOF bool) (advance int, token []byte, err error) {
	advance, token, err = bufio.ScanLines(buf, atEOF)
	if token != nil {
		token = buf[:advance]
	}
	return advance, token, err
}

// addLine appends one sample, whose line starts at byte at.
func (out *samples) addLine(s *stream, fields []string, at int64, number int) error {
	last := len(fields) - 1
	if out.n == 0 {
		out.d = last
	}
	if last != out.d || last < 1 {
		return s.failAt(at, "line %d has %d columns, want %d (features, then the label, separated by commas)", number, last+1, max(out.d, 1)+1)
	}
	for i, field := range fields[:last] {
		v, err := strconv.ParseFloat(unquote(field), 32)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return s.failAt(at, "line %d, column %d: %s, want a finite number", number, i+1, quote(field))
		}
		out.f32 = append(out.f32, float32(v))
	}
	v, err := strconv.ParseFloat(unquote(fields[last]), 64)
	if err != nil || v != math.Trunc(v) || v < 0 || v >= maxClasses {
		return s.failAt(at, "line %d, column %d: label %s, want an integer from 0 to %d", number, last+1, quote(fields[last]), maxClasses-1)
	}
	out.y = append(out.y, int32(v))
	out.n++
	return nil
}

func numeric(field string) bool {
	_, err := strconv.ParseFloat(unquote(field), 64)
	return err == nil
}

func unquote(field string) string { return strings.Trim(strings.TrimSpace(field), `"`) }

// quote shows a field in a message, shortened.
func quote(field string) string {
	if field = unquote(field); len(field) > 20 {
		field = field[:20] + "..."
	}
	return strconv.Quote(field)
}

func readCSVFile(ctx context.Context, path string) (*samples, error) {
	s, f, err := openStream(ctx, path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return readCSV(s)
}
