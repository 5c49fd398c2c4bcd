// SPDX-License-Identifier: Apache-2.0

package schematest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// comparison walks a schema and a Go type together.
type comparison struct {
	document any
	more     map[string]reflect.Type
	found    []string
}

func (c *comparison) differ(where, format string, a ...any) {
	c.found = append(c.found, strings.TrimSpace(where+" "+fmt.Sprintf(format, a...)))
}

// compare tells what of the schema is not the type's.
func (c *comparison) compare(where string, schema any, t reflect.Type) {
	schema = c.resolve(schema)
	if t == Any() {
		return
	}
	want, ok := leaf(t)
	if ok {
		if got := fmt.Sprint(member(schema, "type")); got != want && !isEnum(schema, want) {
			c.differ(where, "has type %s, want %s", got, want)
		}
		return
	}
	switch t.Kind() {
	case reflect.Pointer:
		c.compare(where, schema, t.Elem())
	case reflect.Slice, reflect.Array:
		c.wantType(where, schema, "array")
		if t.Kind() == reflect.Array && (fmt.Sprint(member(schema, "minItems")) != fmt.Sprint(t.Len()) || fmt.Sprint(member(schema, "maxItems")) != fmt.Sprint(t.Len())) {
			c.differ(where, "has not just %d items", t.Len())
		}
		c.compare(where+"[]", member(schema, "items"), t.Elem())
	case reflect.Map:
		c.wantType(where, schema, "object")
		c.compare(where+"{}", member(schema, "additionalProperties"), t.Elem())
	case reflect.Struct:
		c.wantType(where, schema, "object")
		c.compareFields(where, schema, t)
	default:
		c.differ(where, "is a %s, whose JSON is not known here", t)
	}
}

func (c *comparison) compareFields(where string, schema any, t reflect.Type) {
	f := fieldsOf(t)
	properties, _ := member(schema, "properties").(map[string]any)
	for name, property := range properties {
		fieldType, ok := f.types[name]
		if more, is := c.more[name]; ok && is && (fieldType.Kind() == reflect.Interface || fieldType == reflect.TypeFor[json.RawMessage]()) {
			fieldType = more
		}
		if !ok {
			c.differ(where, "has %q, which the type has not", name)
			continue
		}
		c.compare(where+"."+name, property, fieldType)
	}
	for _, name := range f.names {
		if properties[name] == nil {
			c.differ(where, "has no %q", name)
		}
	}
	if got := words(member(schema, "required")); !sameSet(got, f.required) {
		c.differ(where, "requires %v, want %v", got, f.required)
	}
	for name, others := range f.together {
		if got := words(member(member(schema, "dependentRequired"), name)); !sameSet(got, others) {
			c.differ(where, "has %q together with %v, want %v", name, got, others)
		}
	}
	if member(schema, "additionalProperties") != false {
		c.differ(where, "allows fields that it does not name")
	}
}

func (c *comparison) wantType(where string, schema any, want string) {
	if got := member(schema, "type"); got != want {
		c.differ(where, "has type %v, want %s", got, want)
	}
}

// resolve follows a reference to a definition of the same file.
func (c *comparison) resolve(schema any) any {
	if ref, ok := member(schema, "$ref").(string); ok {
		return member(member(c.document, "$defs"), strings.TrimPrefix(ref, "#/$defs/"))
	}
	return schema
}

// leaf is the JSON type of a Go type that is no object and no array.
func leaf(t reflect.Type) (string, bool) {
	_, marshals := reflect.Zero(t).Interface().(json.Marshaler)
	switch {
	case t == reflect.TypeFor[time.Time]():
		return "string", true
	case marshals && t.Name() == "Number", marshals && t.Name() == "Optional":
		return "[number null]", true
	}
	switch t.Kind() {
	case reflect.Float64:
		return "number", true
	case reflect.Int, reflect.Int64, reflect.Uint64:
		return "integer", true
	case reflect.String:
		return "string", true
	case reflect.Bool:
		return "boolean", true
	}
	return "", false
}

// isEnum tells whether the schema lists texts, or is one, where a text is wanted.
func isEnum(schema any, want string) bool {
	_, constant := member(schema, "const").(string)
	return want == "string" && (constant || len(words(member(schema, "enum"))) > 0)
}

func words(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, item := range list {
		if s, ok := item.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
