// SPDX-License-Identifier: Apache-2.0

//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package compilecache

// #include "table.h"
import "C"

import "unsafe"

// revgnCompile stands in the place of PJRT_Client_Compile.
//
//export revgnCompile
func revgnCompile(args *C.PJRT_Client_Compile_Args) *C.PJRT_Error {
	table, c := cacheOf(args.client)
	p, ok := describe(table, args)
	if c == nil || c.aside.Load() || !ok {
		return C.revgn_compile(table, args)
	}
	p.plugin = c.plugin
	key := c.environment.key(p)
	if payload, ok := c.load(key); ok {
		bytes, size := (*C.char)(unsafe.Pointer(unsafe.SliceData(payload))), C.size_t(len(payload))
		if bool(C.revgn_load(table, args.client, bytes, size, &args.executable)) {
			c.hits.Add(1)
			return nil
		}
	}
	c.misses.Add(1)
	if err := C.revgn_compile(table, args); err != nil {
		return err
	}
	var s C.revgn_serialized
	if bool(C.revgn_serialize(table, args.executable, &s)) {
		c.save(key, bytesOf(s.bytes))
		C.revgn_free(&s)
	}
	return nil
}

// describe reads what the plugin is asked to compile. The slices are C's and live as long as the call.
func describe(table *C.PJRT_Api, args *C.PJRT_Client_Compile_Args) (program, bool) {
	var client C.revgn_client
	if args.program == nil || !bool(C.revgn_describe(table, args.client, &client)) {
		return program{}, false
	}
	return program{
		code:     bytesOf(C.revgn_text{args.program.code, args.program.code_size}),
		format:   bytesOf(C.revgn_text{args.program.format, args.program.format_size}),
		options:  bytesOf(C.revgn_text{args.compile_options, args.compile_options_size}),
		platform: string(bytesOf(client.platform)), version: string(bytesOf(client.version)), devices: int(client.devices),
	}, true
}

// bytesOf is C's memory as a slice.
func bytesOf(t C.revgn_text) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(t.data)), int(t.size))
}
