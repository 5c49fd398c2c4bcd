// SPDX-License-Identifier: Apache-2.0

package tfevents

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Tags under which TensorBoard's plugin for hyperparameters looks.
const (
	hparamsStart = "_hparams_/session_start_info"
	hparamsEnd   = "_hparams_/session_end_info"
)

// Outcome is how a session of the hyperparameters' tab ended.
type Outcome int64

// The outcomes of a session, as plugins/hparams/api.proto numbers them.
const (
	Success Outcome = 1
	Failure Outcome = 2
)

// Fields of HParamsPluginData, of SessionStartInfo and SessionEndInfo in it, and of google.protobuf.Value.
const (
	hparamsStartInfo, hparamsEndInfo = 3, 4

	startHParams, startTime = 1, 5 // without a group a session is its own, under the run's path
	endStatus, endTime      = 1, 2

	mapKey, mapValue                     = 1, 2
	valueNumber, valueString, valueTruth = 2, 3, 4
)

// HParamsStart holds the hyperparameters of the run: float64, bool, or what fmt makes a text of.
func HParamsStart(at time.Time, hparams map[string]any) Value {
	var info []byte
	for _, key := range slices.Sorted(maps.Keys(hparams)) {
		entry := appendBytes(nil, mapKey, []byte(key))
		info = appendBytes(info, startHParams, appendBytes(entry, mapValue, protoValue(hparams[key])))
	}
	info = appendDouble(info, startTime, float64(at.UnixNano())/1e9)
	return Value{Tag: hparamsStart, Kind: KindHParams, Data: appendBytes(nil, hparamsStartInfo, info)}
}

// HParamsEnd says how the run ended.
func HParamsEnd(at time.Time, outcome Outcome) Value {
	info := appendInt(nil, endStatus, int64(outcome))
	info = appendDouble(info, endTime, float64(at.UnixNano())/1e9)
	return Value{Tag: hparamsEnd, Kind: KindHParams, Data: appendBytes(nil, hparamsEndInfo, info)}
}

// protoValue is the google.protobuf.Value message.
func protoValue(v any) []byte {
	switch v := v.(type) {
	case float64:
		return appendDouble(nil, valueNumber, v)
	case bool:
		b := protowire.AppendTag(nil, valueTruth, protowire.VarintType)
		return protowire.AppendVarint(b, protowire.EncodeBool(v))
	}
	return appendBytes(nil, valueString, []byte(fmt.Sprint(v)))
}
