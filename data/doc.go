// SPDX-License-Identifier: Apache-2.0

// Package data turns bytes on disk into host arrays that a network can be
// trained on: formats, normalisation, splits, the order of mini-batches.
//
// # What it gives
//
// [Open] reads one data set and returns a [Source]: a training and a test
// [Set], each with its samples as one row-major float32 array.
//
//	symbol   meaning                              here
//	N        number of samples                    Set.Len()
//	D        features a sample                    Set.D
//	K        classes                              Set.Classes
//	B        samples a mini-batch                 the length of an index slice
//	x        samples, N x D, normalised           Set.X
//	y        labels 0..K-1, N                     Set.Y
//
// The data sets and where they are looked for (folders below the data
// directory, see [Dir]):
//
//	digits         embedded: 1,797 images 8x8 (UCI, CC BY 4.0)
//	mnist          mnist/ or MNIST/raw/, four IDX files, gzipped or not
//	fashion-mnist  fashion-mnist/ or FashionMNIST/raw/, as mnist
//	cifar10        cifar10/ or cifar10-subset/, binary batches, gzipped or
//	               not, or the published cifar-10-binary.tar.gz read in place
//	cifar100       cifar100/, train.bin and test.bin or the published tar.gz
//	csv:FILE       one sample a line, label last, gzipped or not
//	npz:FILE       x_train, y_train, x_test, y_test, or x and y
//	teacher        computed: a reversible teacher labels Gaussian inputs
//	synthetic      computed: power-law spectra, parities, staircases, random labels
//
// # Computed tasks
//
// teacher and synthetic take options after a colon, key=value with commas
// between, such as teacher:width=32,seed=3 or synthetic:kind=parity,k=3. The keys:
//
//	both         width (D), train, test, seed
//	teacher      classes, blocks, hidden, gain
//	synthetic    kind=powerlaw   classes, rule=linear|quadratic, alpha, beta, rotate
//	             kind=parity     k
//	             kind=staircase  k
//	             kind=random     classes
//
// A sample is a function of (options, part, index): neither the number of samples
// nor the other part changes it, and arithmetic that decides labels is the same
// on every processor. Inputs have mean square 1 a feature by construction and
// are not normalised. Source.Name holds every option, Source.Notes the rule.
//
// # Changes to the training part
//
// [NoisyLabels] replaces labels, [Augment] varies images as batches are gathered.
// Both are functions of seeds and indices; neither touches the test part.
//
// # Normalisation
//
// A sample becomes (x - mean) / std, computed in float64 and stored as float32.
// Bytes of images are divided by 255 first. mnist, fashion-mnist, cifar10 and
// cifar100 use the published constants, one pair a channel; digits, csv and npz
// use one mean and one standard deviation (divided by N·D, not N·D-1) over all
// values of the training part. CIFAR images stay channel-first, as they lie in
// the file, so the three planes of 1,024 values follow one another.
//
// # Splits and order
//
// digits, csv and npz without test arrays are split by a fixed rule, [Split]:
// stratified, 4 : 1, the same for everybody and every seed. The order of
// mini-batches is a function of (seed, epoch, N) alone, see [Order].
// [EvalBatches] covers a whole set with every sample weighing once.
//
// # What it refuses
//
// A file that is truncated, has bytes left over, carries a wrong magic number,
// a label out of range, a value that is not finite or sizes beyond any plausible
// data set is refused with a [FileError] that names the file, the byte and what
// was expected there; an npz file's error names the array and the element or the
// byte inside its member instead. Sizes in a header are never trusted with memory: it is
// taken as the bytes arrive. Fewer images than published is no error but a
// warning in Source.Warnings, never silence. An odd number of features is the
// model's concern and passes here.
//
// The package needs the standard library, internal/npy and internal/task alone.
package data
