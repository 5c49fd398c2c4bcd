// SPDX-License-Identifier: Apache-2.0

package gomlxfile

import (
	"fmt"

	"revgn/internal/npy"
)

// Checkpoint is what one checkpoint holds.
type Checkpoint struct {
	Step      int         // after that many steps; GoMLX finds it as its global step
	Variables []npy.Array // by path, /net/block0/f/W
	Params    []Param
}

// Param is a parameter of GoMLX's store, for what a network needs beside its variables.
type Param struct {
	Scope, Key string // /net and hidden
	Value      any    // bool, int, float64 or string
}

// globalStep is the variable in which GoMLX counts steps.
const globalStep = "/global_step"

// serialized is GoMLX's .json: the names are those of its own structs.
type serialized struct {
	Params    []serializedParam
	Variables []serializedVariable
	BinFormat string
}

type serializedParam struct {
	Scope, Key string
	Value      any
	ValueType  string // the reader makes this of what JSON knows only as a number
}

type serializedVariable struct {
	ParameterName string // var: and the path
	Dimensions    []int
	DType         string
	Pos, Length   int // bytes in the .bin
}

func (c Checkpoint) baseName() string { return fmt.Sprintf("checkpoint-n0000000-step-%08d", c.Step) }

// all are the variables in the order of the .bin.
func (c Checkpoint) all() []npy.Array {
	return append([]npy.Array{{Name: globalStep, Shape: []int{}, Data: []int64{int64(c.Step)}}}, c.Variables...)
}

func (c Checkpoint) serialized() (serialized, error) {
	s := serialized{Params: []serializedParam{}, BinFormat: "uncompressed"}
	for _, p := range c.Params {
		switch p.Value.(type) {
		case bool, int, float64, string:
		default:
			return s, fmt.Errorf("parameter %s has type %T, want bool, int, float64 or string", p.Key, p.Value)
		}
		s.Params = append(s.Params, serializedParam{p.Scope, p.Key, p.Value, fmt.Sprintf("%T", p.Value)})
	}
	at := 0
	for _, v := range c.all() {
		dtype, bytes, err := sizeOf(v)
		if err != nil {
			return s, err
		}
		s.Variables = append(s.Variables, serializedVariable{"var:" + v.Name, v.Shape, dtype, at, bytes})
		at += bytes
	}
	return s, nil
}

// sizeOf is an array's dtype by GoMLX's name and its length in bytes.
func sizeOf(v npy.Array) (dtype string, bytes int, err error) {
	var n, size int
	switch d := v.Data.(type) {
	case []float32:
		dtype, n, size = "Float32", len(d), 4
	case []float64:
		dtype, n, size = "Float64", len(d), 8
	case []int32:
		dtype, n, size = "Int32", len(d), 4
	case []int64:
		dtype, n, size = "Int64", len(d), 8
	default:
		return "", 0, fmt.Errorf("variable %s holds %T, want float32, float64, int32 or int64", v.Name, v.Data)
	}
	want := 1
	for _, dim := range v.Shape {
		want *= dim
	}
	if n != want {
		return "", 0, fmt.Errorf("variable %s has %d values, want %d for shape %v", v.Name, n, want, v.Shape)
	}
	return dtype, n * size, nil
}
