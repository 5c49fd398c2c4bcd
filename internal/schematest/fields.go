// SPDX-License-Identifier: Apache-2.0

package schematest

import (
	"reflect"
	"slices"
	"strings"
)

// fields are what JSON makes of a struct.
type fields struct {
	names    []string
	types    map[string]reflect.Type
	required []string
	// together are the required fields of an embedded pointer, for each of its fields: one of them is not there without these.
	together map[string][]string
}

func fieldsOf(t reflect.Type) fields {
	f := fields{types: map[string]reflect.Type{}, together: map[string][]string{}}
	f.add(t)
	return f
}

func (f *fields) add(t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "-", !field.IsExported() && !field.Anonymous:
		case field.Anonymous && name == "" && field.Type.Kind() == reflect.Pointer:
			f.addOptional(fieldsOf(field.Type.Elem()))
		case field.Anonymous && name == "":
			f.add(field.Type)
		default:
			f.names = append(f.names, name)
			f.types[name] = field.Type
			if options == "" {
				f.required = append(f.required, name)
			}
		}
	}
}

// addOptional adds the fields of an embedded pointer, which stand together or not at all.
func (f *fields) addOptional(part fields) {
	for _, name := range part.names {
		f.names = append(f.names, name)
		f.types[name] = part.types[name]
		f.together[name] = slices.DeleteFunc(slices.Clone(part.required), func(other string) bool { return other == name })
	}
}
