// SPDX-License-Identifier: Apache-2.0

//go:build !linux && !darwin

package machine

func peakResident() (int64, bool) { return 0, false }
func resident() (int64, bool)     { return 0, false }
func resetPeak() bool             { return false }

// Available is not told.
func Available() (int64, bool) { return 0, false }

// CPU is the processor's name, "" where the system does not tell.
func CPU() string { return "" }
