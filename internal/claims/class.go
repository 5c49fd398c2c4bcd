// SPDX-License-Identifier: Apache-2.0

package claims

// Class is what the certificates of a run say.
type Class string

// The classes.
const (
	Exact       Class = "exact"       // every Gauss-Newton step is certified EXACT
	Approximate Class = "approximate" // some Gauss-Newton step is not
	Baseline    Class = "baseline"    // there is no Gauss-Newton step
)

// Certificates counts the Gauss-Newton steps of a run. Steps that the loss refused changed nothing and do not count.
type Certificates struct {
	Certified int `json:"certified_steps"`
	Exact     int `json:"exact_steps"`
}

func (c Certificates) class() Class {
	switch c.Certified {
	case 0:
		return Baseline
	case c.Exact:
		return Exact
	}
	return Approximate
}

func certificates(v View) Certificates {
	var c Certificates
	for _, s := range v.Metrics().Steps {
		if s.GaussNewton == nil || s.Trust != nil && !s.Trust.Accepted {
			continue
		}
		c.Certified++
		if s.Exact {
			c.Exact++
		}
	}
	return c
}
