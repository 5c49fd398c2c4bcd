// SPDX-License-Identifier: Apache-2.0

package config

import "fmt"

// mostDevices is the largest number that is taken for what was meant.
const mostDevices = 1024

// checkDevices refuses a number of devices that cannot share the network evenly, or that the backend cannot have.
func (o *Options) checkDevices() error {
	n := o.Devices
	switch {
	case n < 1 || n > mostDevices:
		return fmt.Errorf("devices: got %d; allowed: 1 to %d", n, mostDevices)
	case n > 1 && o.Backend == "go":
		return fmt.Errorf("devices: got %d with backend go, which has one; use --backend xla:cpu, xla:cuda or xla:tpu", n)
	case o.Hidden%n != 0:
		return fmt.Errorf("devices: got %d, which does not divide hidden %d; nearest: --hidden %s, or --devices %s", n, o.Hidden, nearestMultiples(o.Hidden, n), nearestDivisors(o.Hidden, n))
	}
	return nil
}

// nearestMultiples names the multiples of n on either side of v.
func nearestMultiples(v, n int) string {
	below := v / n * n
	if below == 0 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%d or %d", below, below+n)
}

// nearestDivisors names the divisors of v on either side of n, which is none.
func nearestDivisors(v, n int) string {
	below, above := n-1, n+1
	for v%below != 0 {
		below--
	}
	for above <= min(v, mostDevices) && v%above != 0 {
		above++
	}
	if above > min(v, mostDevices) {
		return fmt.Sprint(below)
	}
	return fmt.Sprintf("%d or %d", below, above)
}
