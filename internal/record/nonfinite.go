// SPDX-License-Identifier: Apache-2.0

package record

import (
	"fmt"
	"math"
	"reflect"
	"strings"
)

// nonFinite returns the JSON paths of a record's numbers that are NaN or infinite,
// and the same with their values for people to read.
func nonFinite(rec any) (fields []string, message string) {
	var parts []string
	walkNumbers(reflect.ValueOf(rec), "", func(path string, n Number) {
		if v := float64(n); math.IsNaN(v) || math.IsInf(v, 0) {
			fields = append(fields, path)
			parts = append(parts, fmt.Sprintf("%s is %v", path, v))
		}
	})
	return fields, strings.Join(parts, ", ")
}

// walkNumbers visits every Number and every present Optional. It goes by type, so
// that a field added to a record cannot be forgotten.
func walkNumbers(v reflect.Value, path string, visit func(string, Number)) {
	switch x := v.Interface().(type) {
	case Number:
		visit(path, x)
		return
	case Optional:
		if x.Set {
			visit(path, x.Value)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			walkNumbers(v.Elem(), path, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			walkNumbers(v.Index(i), fmt.Sprintf("%s[%d]", path, i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			walkNumbers(v.Field(i), joinPath(path, v.Type().Field(i)), visit)
		}
	}
}

func joinPath(path string, f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	switch {
	case f.Anonymous:
		return path
	case path == "":
		return name
	}
	return path + "." + name
}
