// SPDX-License-Identifier: Apache-2.0

// Command steps compares the Gauss-Newton steps of docs/steps.md and the baselines, each at its own best learning rate:
//
//	go run ./bench/steps --out DIR [--write docs/steps.md]
//
// Every run is a `revgn train` of its own, so what users run is what is measured. A method is run at each rate of its grid with the first seed; the rate whose
// run ends with the least loss over the whole training set is its rate, and the other seeds run at that one. Held-out data has no part in the choice: the best of
// several rates by held-out loss would look better than it is, and the more so the more rates there are. Where the best rate lies at an edge of the grid, the grid
// grows outward by its own factor there, up to --extend times. A run that is not finite counts as infinite loss, and a rate at which any seed has one makes
// way for the next best.
//
// Runs lie in DIR/METHOD/lr-X-seed-N, without their checkpoints. Those that ended are never repeated, so the same command goes on where it was stopped; an
// interrupted run is removed and made again. It refuses a directory whose runs were made with other options.
//
// The table holds every method whose runs are all there: means over seeds with the half-width of the 95 % t-interval.
package main
