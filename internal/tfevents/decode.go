// SPDX-License-Identifier: Apache-2.0

package tfevents

import (
	"fmt"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// field is a field of a message: its number, and its value as bytes or as the bits of a number.
type field struct {
	number protowire.Number
	bits   uint64
	bytes  []byte
}

// eachField calls fn for the fields of a message.
func eachField(b []byte, fn func(field) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return fmt.Errorf("damaged message: %w", protowire.ParseError(n))
		}
		b = b[n:]
		f := field{number: number}
		switch kind {
		case protowire.VarintType:
			f.bits, n = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			f.bits, n = protowire.ConsumeFixed64(b)
		case protowire.Fixed32Type:
			var bits uint32
			bits, n = protowire.ConsumeFixed32(b)
			f.bits = uint64(bits)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(number, kind, b)
		}
		if n < 0 {
			return fmt.Errorf("damaged message: field %d: %w", number, protowire.ParseError(n))
		}
		b = b[n:]
		if err := fn(f); err != nil {
			return err
		}
	}
	return nil
}

func decodeEvent(b []byte) (e Event, err error) {
	err = eachField(b, func(f field) error {
		switch f.number {
		case eventTime:
			seconds, part := math.Modf(math.Float64frombits(f.bits))
			e.Time = time.Unix(int64(seconds), int64(part*1e9)).UTC()
		case eventStep:
			e.Step = int64(f.bits)
		case eventVersion:
			e.FileVersion = string(f.bytes)
		case eventSummary:
			return eachField(f.bytes, func(f field) error {
				v, known, err := decodeValue(f.bytes)
				if known && f.number == summaryValue {
					e.Values = append(e.Values, v)
				}
				return err
			})
		}
		return nil
	})
	return e, err
}

// decodeValue reads a Summary.Value; known says that it is of a kind that this package writes.
func decodeValue(b []byte) (v Value, known bool, err error) {
	var plugin string
	err = eachField(b, func(f field) (err error) {
		switch f.number {
		case valueTag:
			v.Tag = string(f.bytes)
		case valueScalar:
			v.Kind, v.Scalar, known = KindScalar, math.Float32frombits(uint32(f.bits)), true
		case valueHistogram:
			v.Kind, known = KindHistogram, true
			v.Histogram, err = decodeHistogram(f.bytes)
		case valueMetadata:
			plugin, v.Data, err = decodePlugin(f.bytes)
		case valueTensor:
			v.Text, err = decodeText(f.bytes)
		}
		return err
	})
	switch plugin {
	case pluginText:
		v.Kind, v.Data, known = KindText, nil, true
	case pluginHParams:
		v.Kind, v.Text, known = KindHParams, "", true
	}
	return v, known, err
}

func decodePlugin(b []byte) (name string, data []byte, err error) {
	err = eachField(b, func(f field) error {
		if f.number != metadataPlugin {
			return nil
		}
		return eachField(f.bytes, func(f field) error {
			switch f.number {
			case pluginName:
				name = string(f.bytes)
			case pluginData:
				data = f.bytes
			}
			return nil
		})
	})
	return name, data, err
}

// decodeText is the first string of a TensorProto.
func decodeText(b []byte) (text string, err error) {
	err = eachField(b, func(f field) error {
		if f.number == tensorString && text == "" {
			text = string(f.bytes)
		}
		return nil
	})
	return text, err
}

func decodeHistogram(b []byte) (*Histogram, error) {
	h := &Histogram{}
	numbers := []*float64{&h.Min, &h.Max, &h.Num, &h.Sum, &h.SumSquares}
	err := eachField(b, func(f field) error {
		switch i := int(f.number) - histogramFirst; {
		case i >= 0 && i < len(numbers):
			*numbers[i] = math.Float64frombits(f.bits)
		case f.number == histogramLimits:
			h.Limits = unpacked(f.bytes)
		case f.number == histogramCounts:
			h.Counts = unpacked(f.bytes)
		}
		return nil
	})
	return h, err
}

func unpacked(b []byte) []float64 {
	var values []float64
	for bits, n := protowire.ConsumeFixed64(b); n > 0; bits, n = protowire.ConsumeFixed64(b) {
		values, b = append(values, math.Float64frombits(bits)), b[n:]
	}
	return values
}
