// SPDX-License-Identifier: Apache-2.0

package tfevents

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// maxPayload bounds an event: one of a thousand couplings takes about 200 kB.
const maxPayload = 16 << 20

// Read returns the events of a file and whether its last record is cut short, as a kill leaves it.
func Read(r io.Reader) (events []Event, cutShort bool, err error) {
	in := bufio.NewReader(r)
	for {
		payload, err := readRecord(in)
		switch {
		case errors.Is(err, io.EOF):
			return events, false, nil
		case errors.Is(err, io.ErrUnexpectedEOF):
			return events, true, nil
		case err != nil:
			return events, false, fmt.Errorf("record %d: %w", len(events)+1, err)
		}
		e, err := decodeEvent(payload)
		if err != nil {
			return events, false, fmt.Errorf("record %d: %w", len(events)+1, err)
		}
		events = append(events, e)
	}
}

// readRecord returns io.EOF where no record begins and io.ErrUnexpectedEOF where one is cut short.
func readRecord(in io.Reader) ([]byte, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(in, header[:]); err != nil {
		return nil, err
	}
	if err := checkCRC("length", header[:8], header[8:]); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint64(header[:8])
	if size > maxPayload {
		return nil, fmt.Errorf("an event of %d bytes, want at most %d", size, maxPayload)
	}
	b := make([]byte, size+footerSize)
	if _, err := io.ReadFull(in, b); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return b[:size], checkCRC("event", b[:size], b[size:])
}

func checkCRC(what string, b, sum []byte) error {
	if got, want := masked(b), binary.LittleEndian.Uint32(sum); got != want {
		return fmt.Errorf("damaged %s: CRC %08x, want %08x", what, got, want)
	}
	return nil
}
