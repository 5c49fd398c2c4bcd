// SPDX-License-Identifier: Apache-2.0

package main

import "math"

// machine is devices of one kind: nodes of some devices each, fast links inside a node and slower ones between nodes.
type machine struct {
	name    string
	rate    float64 // peak operations a second in Float32
	node    float64 // devices in a node
	link    float64 // bytes a second and direction that a device moves inside the node
	network float64 // and to other nodes
}

// assumptions are what is not published.
type assumptions struct {
	share   float64 // of the peak that a step reaches, and of a link's bandwidth that a sum does
	inside  float64 // seconds that a sum takes inside a node whatever its size
	outside float64 // and between nodes
}

// machines are those of the tables, with the vendor's figures (docs/scaling.md names the sources). TF32 is off: the rates are those of true Float32.
func machines() []machine {
	return []machine{
		{"H200", 67e12, 8, 450e9, 50e9},
		{"A100", 19.5e12, 8, 300e9, 25e9},
	}
}

// perByte is the time in which n devices sum one byte each: reduce-scatter and all-gather inside a node, and between nodes the same on every device's own part.
//
//	2(g-1)/g / link + 2(m-1)/m / (g·network),   g devices in each of m nodes
func (m machine) perByte(n float64, a assumptions) float64 {
	g := math.Min(n, m.node)
	nodes := n / g
	return (2*(g-1)/g/m.link + 2*(nodes-1)/nodes/(g*m.network)) / a.share
}

// latency is that of one sum over n devices.
func (m machine) latency(n float64, a assumptions) float64 {
	switch {
	case n <= 1:
		return 0
	case n <= m.node:
		return a.inside
	}
	return a.inside + a.outside
}

// timing is the time of a step on n devices, in seconds, by what it goes into.
type timing struct {
	divided, factor, repeated float64 // repeated: all that every device makes but the factor
	grams, products, latency  float64 // sums over devices
}

func (t timing) total() float64 {
	return t.divided + t.factor + t.repeated + t.grams + t.products + t.latency
}

// time is that of a step on n devices.
func (m machine) time(w work, n float64, a assumptions) timing {
	rate, perNumber := a.share*m.rate, float32Bytes*m.perByte(n, a)
	return timing{
		divided: w.divided / n / rate, factor: w.factor / rate, repeated: (w.repeated - w.factor) / rate,
		grams: w.grams * perNumber, products: w.products * perNumber, latency: w.sums * m.latency(n, a),
	}
}

// becomesLimit is the number of devices at which a part that does not shrink with them, as it is on n, takes as long as what they share.
func (m machine) becomesLimit(w work, part float64, a assumptions) float64 {
	return w.divided / (a.share * m.rate) / part
}

// leastHidden is the hidden size a device below which summing ΦΦᵀ over n devices takes longer than forming it: both grow as B², so B plays no part.
//
//	2·(3/4)B²·(h/n)/(share·rate) = 4·(3/4)B²·perByte
func (m machine) leastHidden(n float64, a assumptions) float64 {
	return float32Bytes / 2 * m.perByte(n, a) * a.share * m.rate
}
