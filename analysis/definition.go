// SPDX-License-Identifier: Apache-2.0

package analysis

// Definition says what a statistic is: its name in files, and a sentence with its equation, range and estimator.
type Definition struct {
	Name string `json:"name"`
	Text string `json:"text"`
}
