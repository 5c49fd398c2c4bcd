// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package lease

// machine is empty: without a way to tell processes apart that had the same number, only the beat counts.
func machine(string) string { return "" }

func begun(int) uint64 { return 0 }

func alive(int, uint64) bool { return true }
