// SPDX-License-Identifier: Apache-2.0

package mirror

import (
	"fmt"
	"math"

	"github.com/goccy/go-yaml"
)

// parseSettings reads config.yaml: float64, bool or string by name.
func parseSettings(text []byte) (map[string]any, error) {
	settings := map[string]any{}
	if err := yaml.Unmarshal(text, &settings); err != nil {
		return nil, fmt.Errorf("config.yaml: %w", err)
	}
	for key, value := range settings {
		switch v := value.(type) {
		case float64, bool, string:
		case int:
			settings[key] = float64(v)
		case uint64:
			settings[key] = wholeOrText(v)
		case int64:
			settings[key] = float64(v)
		default:
			settings[key] = fmt.Sprint(v)
		}
	}
	return settings, nil
}

// wholeOrText keeps a number that a float64 cannot hold, such as a long seed, as text.
func wholeOrText(v uint64) any {
	if v > 1<<53 || v > math.MaxInt64 {
		return fmt.Sprint(v)
	}
	return float64(v)
}
