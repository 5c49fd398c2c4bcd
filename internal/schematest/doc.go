// SPDX-License-Identifier: Apache-2.0

// Package schematest checks, in tests, that the JSON schemas of docs/schemas speak of the files that the program writes: that files follow them, and that they
// have the fields of the Go types behind the files, no more and no fewer, each of its type and required where the type always writes it.
//
// It refuses schemas that leave room for fields they do not name, and Go types whose JSON it does not know. Nothing outside tests imports it.
package schematest
