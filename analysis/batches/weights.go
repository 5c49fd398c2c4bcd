// SPDX-License-Identifier: Apache-2.0

package batches

import (
	"crypto/sha256"
	"fmt"

	"revgn/model"
)

// hash is the SHA-256 over the values of every trained tensor, in the order of model.Variables.Trained.
func hash(vars *model.Variables) (string, error) {
	sum := sha256.New()
	for _, named := range vars.Trained() {
		value, err := named.Variable.Value()
		if err != nil {
			return "", err
		}
		if err := value.ConstBytes(func(bytes []byte) { sum.Write(bytes) }); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}
