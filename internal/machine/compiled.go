// SPDX-License-Identifier: Apache-2.0

package machine

import (
	"reflect"

	"github.com/gomlx/compute"
)

// Compiled is the memory that a compiled graph takes of its device by the compiler's own account, in bytes.
type Compiled struct {
	Code      int64 `json:"code"`
	Inputs    int64 `json:"inputs"`
	Outputs   int64 `json:"outputs"`
	Aliases   int64 `json:"aliases"`   // outputs that lie where inputs lay
	Temporary int64 `json:"temporary"` // everything between
}

// Peak is what an execution needs at once: code, inputs, outputs where no input lay, and everything between.
func (c Compiled) Peak() int64 { return c.Code + c.Inputs + c.Outputs - c.Aliases + c.Temporary }

// CompiledMemory reads the account that XLA gives of an executable, which PJRT_Executable_GetCompiledMemoryStats returns and go-xla v0.4.1 keeps in unexported
// fields. ok is false where there is none, or where it names nothing between inputs and outputs.
func CompiledMemory(e compute.Executable) (c Compiled, ok bool) {
	stats := follow(reflect.ValueOf(e), "exec", "OnDeviceMemoryUsageStats")
	for name, to := range map[string]*int64{
		"GeneratedCode": &c.Code, "Inputs": &c.Inputs, "Outputs": &c.Outputs, "Aliases": &c.Aliases, "Temporary": &c.Temporary,
	} {
		v := follow(stats, name)
		if !v.IsValid() || v.Kind() != reflect.Int64 {
			return Compiled{}, false
		}
		*to = v.Int()
	}
	return c, c.Temporary > 0
}

// follow goes from field to field through pointers and interfaces; the result is not valid where one is missing or nil.
func follow(v reflect.Value, fields ...string) reflect.Value {
	for _, field := range fields {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			return reflect.Value{}
		}
		v = v.FieldByName(field)
	}
	return v
}
