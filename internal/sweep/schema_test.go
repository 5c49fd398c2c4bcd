// SPDX-License-Identifier: Apache-2.0

package sweep

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"revgn/internal/schematest"
)

// What a sweep writes is what its schemas say, in every field.
func TestSchemas(t *testing.T) {
	whole, attempts := schematest.Load(t, "../../docs/schemas/sweep.json"), schematest.Load(t, "../../docs/schemas/sweep-attempt.json")
	whole.Agrees(t, "", reflect.TypeFor[stored](), nil)
	attempts.Agrees(t, "", reflect.TypeFor[attempt](), nil)

	b := newBed(t, 2)
	b.order(0, "fail x")
	b.execute(b.work())
	text, err := os.ReadFile(b.dir.file())
	if err != nil {
		t.Fatal(err)
	}
	whole.Follows(t, b.dir.file(), text)
	files, err := filepath.Glob(filepath.Join(string(b.dir), "attempts", "*.jsonl"))
	if err != nil || len(files) != 2 {
		t.Fatalf("attempts: %q, %v", files, err)
	}
	lines := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			attempts.Follows(t, file, line)
			lines++
		}
	}
	if lines != 6 { // begun and ended: one run twice, one once
		t.Errorf("%d lines, want 6", lines)
	}
}
