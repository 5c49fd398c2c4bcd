// SPDX-License-Identifier: Apache-2.0

package tfevents

import (
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// Event is what happened at a step.
type Event struct {
	Time        time.Time
	Step        int64
	FileVersion string // of the first event of a file
	Values      []Value
}

// Value is a named value of an event. One of Scalar, Histogram, Text and Data is its content, as Kind says.
type Value struct {
	Tag       string
	Kind      Kind
	Scalar    float32 // TensorBoard keeps no more digits
	Histogram *Histogram
	Text      string // Markdown
	Data      []byte // of KindHParams: HParamsPluginData
}

// Kind is what a value holds, and so which of TensorBoard's tabs shows it.
type Kind int

// The kinds of values.
const (
	KindScalar Kind = iota
	KindHistogram
	KindText
	KindHParams
)

// Histogram counts values in buckets. Bucket i ends at Limits[i] and begins where the one before ends, the first at Min; TensorBoard draws the last one to Max.
type Histogram struct {
	Min, Max, Num, Sum, SumSquares float64
	Limits, Counts                 []float64
}

// Names of TensorBoard's plugins.
const (
	pluginText    = "text"
	pluginHParams = "hparams"
)

// Fields of the messages, in the order of their .proto files.
const (
	eventTime, eventStep, eventVersion, eventSummary = 1, 2, 3, 5

	summaryValue = 1

	valueTag, valueScalar, valueHistogram, valueTensor, valueMetadata = 1, 2, 5, 8, 9

	metadataPlugin           = 1
	pluginName, pluginData   = 1, 2
	histogramFirst           = 1 // min, max, num, sum and sum_squares follow each other
	histogramLimits          = 6
	histogramCounts          = 7
	tensorDType, tensorShape = 1, 2
	tensorString             = 8
	shapeDim                 = 2
	dimSize                  = 1
	dtypeString              = 7
)

// encode is the Event message.
func (e Event) encode() []byte {
	b := appendDouble(nil, eventTime, float64(e.Time.UnixNano())/1e9)
	b = appendInt(b, eventStep, e.Step)
	if e.FileVersion != "" {
		b = appendBytes(b, eventVersion, []byte(e.FileVersion))
	}
	if len(e.Values) == 0 {
		return b
	}
	var summary []byte
	for _, v := range e.Values {
		summary = appendBytes(summary, summaryValue, v.encode())
	}
	return appendBytes(b, eventSummary, summary)
}

// encode is the Summary.Value message.
func (v Value) encode() []byte {
	b := appendBytes(nil, valueTag, []byte(v.Tag))
	switch v.Kind {
	case KindScalar:
		b = protowire.AppendTag(b, valueScalar, protowire.Fixed32Type)
		return protowire.AppendFixed32(b, math.Float32bits(v.Scalar))
	case KindHistogram:
		return appendBytes(b, valueHistogram, v.Histogram.encode())
	case KindText:
		b = appendBytes(b, valueMetadata, metadata(pluginText, nil))
		return appendBytes(b, valueTensor, textTensor(v.Text))
	}
	return appendBytes(b, valueMetadata, metadata(pluginHParams, v.Data))
}

// metadata is the SummaryMetadata message that leaves a value to a plugin.
func metadata(name string, data []byte) []byte {
	plugin := appendBytes(nil, pluginName, []byte(name))
	if data != nil {
		plugin = appendBytes(plugin, pluginData, data)
	}
	return appendBytes(nil, metadataPlugin, plugin)
}

// textTensor is the TensorProto message of one string, shape (1).
func textTensor(text string) []byte {
	b := appendInt(nil, tensorDType, dtypeString)
	b = appendBytes(b, tensorShape, appendBytes(nil, shapeDim, appendInt(nil, dimSize, 1)))
	return appendBytes(b, tensorString, []byte(text))
}

// encode is the HistogramProto message.
func (h *Histogram) encode() []byte {
	var b []byte
	for i, v := range []float64{h.Min, h.Max, h.Num, h.Sum, h.SumSquares} {
		b = appendDouble(b, histogramFirst+protowire.Number(i), v)
	}
	b = appendBytes(b, histogramLimits, packed(h.Limits))
	return appendBytes(b, histogramCounts, packed(h.Counts))
}

func packed(values []float64) []byte {
	b := make([]byte, 0, 8*len(values))
	for _, v := range values {
		b = protowire.AppendFixed64(b, math.Float64bits(v))
	}
	return b
}

func appendDouble(b []byte, field protowire.Number, v float64) []byte {
	b = protowire.AppendTag(b, field, protowire.Fixed64Type)
	return protowire.AppendFixed64(b, math.Float64bits(v))
}

func appendInt(b []byte, field protowire.Number, v int64) []byte {
	b = protowire.AppendTag(b, field, protowire.VarintType)
	return protowire.AppendVarint(b, uint64(v))
}

func appendBytes(b []byte, field protowire.Number, v []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, v)
}
