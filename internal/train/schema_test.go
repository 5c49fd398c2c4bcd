// SPDX-License-Identifier: Apache-2.0

package train

import (
	"reflect"
	"testing"

	"revgn/internal/schematest"
)

// What a checkpoint keeps of a run is what the schema says.
func TestStateSchema(t *testing.T) {
	schematest.Load(t, "../../docs/schemas/checkpoint.json").Agrees(t, "$defs/state", reflect.TypeFor[state](), nil)
}
