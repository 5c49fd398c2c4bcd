// SPDX-License-Identifier: Apache-2.0

package schematest

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"revgn/internal/number"
)

type inner struct {
	Name string        `json:"name"`
	Size number.Number `json:"size"`
}

type together struct {
	A int  `json:"a"`
	B bool `json:"b"`
	C int  `json:"c,omitempty"`
}

type outer struct {
	When time.Time       `json:"when"`
	Pair [2]int          `json:"pair"`
	Map  map[string]int  `json:"map,omitempty"`
	Left number.Optional `json:"left,omitzero"`
	In   []inner         `json:"in"`
	Free any             `json:"free"`
	Not  int             `json:"-"`
	_    int             // JSON has no field that is not exported
	*together
}

const good = `{
 "$schema": "https://json-schema.org/draft/2020-12/schema",
 "type": "object",
 "properties": {
  "when": {"type": "string", "format": "date-time"},
  "pair": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
  "map": {"type": "object", "additionalProperties": {"type": "integer"}},
  "left": {"$ref": "#/$defs/number"},
  "in": {"type": "array", "items": {"$ref": "#/$defs/inner"}},
  "free": {"type": "integer"},
  "a": {"type": "integer"}, "b": {"type": "boolean"}, "c": {"type": "integer"}
 },
 "required": ["when", "pair", "in", "free"],
 "dependentRequired": {"a": ["b"], "b": ["a"], "c": ["a", "b"]},
 "additionalProperties": false,
 "$defs": {
  "number": {"type": ["number", "null"]},
  "inner": {"type": "object", "properties": {"name": {"enum": ["x", "y"]}, "size": {"$ref": "#/$defs/number"}}, "required": ["name", "size"], "additionalProperties": false}
 }
}`

func load(t *testing.T, text string) *Schema {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s.json")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return Load(t, path)
}

func TestFollows(t *testing.T) {
	s := load(t, good)
	const file = `{"when": "2026-01-02T03:04:05Z", "pair": [1, 2], "in": [{"name": "x", "size": null}], "free": 1}`
	s.Follows(t, "a file", []byte(file))
	for _, edit := range [][2]string{
		{`"free": 1`, `"free": 1, "more": 2`}, {`"size": null`, `"size": "1"`}, {`, "free": 1`, ``}, {`[1, 2]`, `[1]`}, {`2026-01-02T`, `yesterday `}, {`"free": 1`, `"free": 1, "a": 1`},
		{`"x"`, `"z"`}, {`}`, ``},
	} {
		if s.check([]byte(strings.Replace(file, edit[0], edit[1], 1))) == nil {
			t.Errorf("%s in the place of %s follows the schema", edit[1], edit[0])
		}
	}
}

// Every difference between schema and type is found.
func TestAgrees(t *testing.T) {
	more := map[string]reflect.Type{"free": reflect.TypeFor[int]()}
	load(t, good).Agrees(t, "", reflect.TypeFor[outer](), more)
	load(t, good).Agrees(t, "$defs/inner", reflect.TypeFor[inner](), nil)
	for _, edit := range [][2]string{
		{`"a": {"type": "integer"}, `, ``}, {`"a": {"type": "integer"}`, `"a": {"type": "integer"}, "z": {}`}, {`"a": {"type": "integer"}`, `"a": {"type": "number"}`},
		{`"required": ["when", `, `"required": [`}, {`"required": ["when"`, `"required": ["left"`}, {`"a": ["b"]`, `"a": []`}, {`"additionalProperties": false,`, ``},
		{`"size": {"$ref": "#/$defs/number"}`, `"size": {"type": "number"}`}, {`"minItems": 2`, `"minItems": 1`}, {`{"type": "object", "additionalProperties": {"type": "integer"}}`, `{"type": "object"}`},
		{`"free": {"type": "integer"}`, `"free": {"type": "string"}`}, {`"enum": ["x", "y"]`, `"enum": [1]`},
	} {
		s := load(t, strings.Replace(good, edit[0], edit[1], 1))
		c := comparison{document: s.document, more: more}
		c.compare("", s.document, reflect.TypeFor[outer]())
		if len(c.found) == 0 {
			t.Errorf("%s in the place of %s is not found", edit[1], edit[0])
		}
	}
}
