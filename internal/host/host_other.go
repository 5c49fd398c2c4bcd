// SPDX-License-Identifier: Apache-2.0

//go:build !linux && !darwin

package host

// PeakResident is not told.
func PeakResident() (int64, bool) { return 0, false }

// Resident is not told.
func Resident() (int64, bool) { return 0, false }

// ResetPeak cannot be done here.
func ResetPeak() bool { return false }

// Available is not told.
func Available() (int64, bool) { return 0, false }

// CPU is the processor's name, "" where the system does not tell.
func CPU() string { return "" }
