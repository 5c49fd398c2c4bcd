// SPDX-License-Identifier: Apache-2.0

package schematest

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is a schema file.
type Schema struct {
	path     string
	document any
	compiled *jsonschema.Schema
}

// Load reads the schema at path. A file that is no schema of draft 2020-12 fails the test.
func Load(t testing.TB, path string) *Schema {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &Schema{path: path}
	if s.document, err = jsonschema.UnmarshalJSON(bytes.NewReader(b)); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if version := member(s.document, "$schema"); version != "https://json-schema.org/draft/2020-12/schema" {
		t.Fatalf("%s: $schema is %v", path, version)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(path, s.document); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if s.compiled, err = c.Compile(path); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return s
}

// Follows fails the test where text, one JSON value that stands in what, does not follow the schema.
func (s *Schema) Follows(t testing.TB, what string, text []byte) {
	t.Helper()
	if err := s.check(text); err != nil {
		t.Errorf("%s does not follow %s: %v\n%.2000s", what, s.path, err, text)
	}
}

func (s *Schema) check(text []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return s.compiled.Validate(v)
}

// Agrees fails the test where the part of the schema at pointer, "" or such as $defs/step, and the JSON of a Go type differ. More are the types of fields that
// hold anything, by their JSON name; Any is for those that are not to be looked into.
func (s *Schema) Agrees(t testing.TB, pointer string, typ reflect.Type, more map[string]reflect.Type) {
	t.Helper()
	part := s.document
	for key := range strings.SplitSeq(pointer, "/") {
		if key != "" {
			part = member(part, key)
		}
	}
	c := comparison{document: s.document, more: more}
	c.compare("", part, typ)
	for _, difference := range c.found {
		t.Errorf("%s %s and %s: %s", s.path, pointer, typ, difference)
	}
}

// Any stands for a type that is not looked into.
func Any() reflect.Type { return reflect.TypeFor[any]() }

// member is a member of a JSON object, nil where there is none.
func member(v any, key string) any {
	object, _ := v.(map[string]any)
	return object[key]
}
