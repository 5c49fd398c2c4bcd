// SPDX-License-Identifier: Apache-2.0

// Package backend opens the device that graphs run on.
package backend
