// SPDX-License-Identifier: Apache-2.0

package runs

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"

	"revgn/internal/npy"
	"revgn/internal/train"
	"revgn/model"
)

// Newest stands for the newest checkpoint of a run.
const Newest = -1

// Weights are the trained tensors of a network at a step, on the host.
type Weights struct {
	Step   int
	Epoch  float64
	SHA256 string // in hex, over name, shape and values of every trained tensor in order
	train.Stored
}

// Weights are those of a step's checkpoint, verified, or of the initial network for step 0.
func (r *Run) Weights(step int) (*Weights, error) {
	if step == 0 {
		return r.initial()
	}
	c, err := r.Checkpoint(step)
	if err != nil {
		return nil, err
	}
	if c.Step == 0 {
		return r.initial()
	}
	stored, err := train.ReadStored(c, r.Network)
	if err != nil {
		return nil, fmt.Errorf("%s, %w", r.Dir(), err)
	}
	w := &Weights{Stored: stored, Step: c.Step, Epoch: c.Epoch}
	w.SHA256, err = hashOf(w.Arrays)
	return w, err
}

// initial draws the weights of step 0.
func (r *Run) initial() (*Weights, error) {
	w := &Weights{}
	for _, name := range train.TrainedNames(r.Network) {
		a, err := InitialArray(r.Network, name)
		if err != nil {
			return nil, err
		}
		w.Arrays = append(w.Arrays, a)
	}
	var err error
	w.SHA256, err = hashOf(w.Arrays)
	return w, err
}

// InitialArray draws a tensor's initial value and copies it out.
func InitialArray(net model.Config, name string) (npy.Array, error) {
	value, err := net.InitialValue(name)
	if err != nil {
		return npy.Array{}, err
	}
	return train.HostArray(name, value)
}

// Put makes the variables of a network, which vars are of the run's configuration, those of the weights.
func (w *Weights) Put(vars *model.Variables) error { return train.PutWeights(vars, w.Arrays) }

// Hash is the SHA256 that Weights would have for what the variables hold now.
func Hash(vars *model.Variables) (string, error) {
	var arrays []npy.Array
	for _, named := range vars.Trained() {
		value, err := named.Variable.Value()
		if err != nil {
			return "", err
		}
		a, err := train.HostArray(named.Name, value)
		if err != nil {
			return "", err
		}
		arrays = append(arrays, a)
	}
	return hashOf(arrays)
}

func hashOf(arrays []npy.Array) (string, error) {
	sum := sha256.New()
	for _, a := range arrays {
		fmt.Fprintf(sum, "%s %v\n", a.Name, a.Shape)
		if err := addValues(sum, a); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%x", sum.Sum(nil)), nil
}

func addValues(sum hash.Hash, a npy.Array) error {
	switch a.Data.(type) {
	case []float32, []float64:
		return binary.Write(sum, binary.LittleEndian, a.Data)
	}
	return fmt.Errorf("%s holds %T, want float32 or float64", a.Name, a.Data)
}
