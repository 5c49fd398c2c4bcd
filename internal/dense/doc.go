// SPDX-License-Identifier: Apache-2.0

// Package dense is linear algebra on dense matrices inside a GoMLX graph: products without transposed copies, Gram matrices, Cholesky factors with their
// inverses, the matrix sign, and the scalars that iterations need.
//
// It knows nothing of networks or steps. Shapes that do not fit panic, as GoMLX's own operations do; matrices that are singular do not, they have a floor.
package dense
