// SPDX-License-Identifier: Apache-2.0

//go:build cgo && ((linux && (amd64 || arm64)) || (darwin && arm64)) && !noxla

package compilecache

// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "table.h"
import "C"

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"github.com/gomlx/go-xla/pjrt"
)

// hooked is the one plugin of this process whose compilations go through caches. It is state of the package because the plugin's table is state of the
// process, and a C function has no closure to find its cache in.
var hooked struct {
	sync.Mutex
	path    string
	table   *C.PJRT_Api // the plugin's own
	next    *Cache      // of the clients created from now on
	clients map[*C.PJRT_Client]*Cache
}

// Hook registers the plugin at path with go-xla a second time, under the name that it returns. Clients of that name created from then on, until the next
// call, compile through the cache; by its path go-xla opens the plugin as it is. Calls must not run beside others that open plugins: go-xla's list of them
// has no lock against this one.
//
// Errors: a plugin that cannot be loaded, or whose table is none that this package knows, and a second plugin in one process.
func Hook(path string, c *Cache) (name string, err error) {
	hooked.Lock()
	defer hooked.Unlock()
	if name = path + "#cached"; hooked.path == path {
		hooked.next = c
		return name, nil
	}
	if hooked.path != "" {
		return "", fmt.Errorf("they are already kept for another plugin, %s", hooked.path)
	}
	text := C.CString(path)
	defer C.free(unsafe.Pointer(text))
	table := C.revgn_table(text)
	if table == nil {
		return "", errors.New("the plugin has no PJRT interface of a known version")
	}
	copied := C.revgn_hook(table)
	if copied == nil {
		return "", errors.New("no memory")
	}
	if err := pjrt.RegisterPreloadedPlugin(name, uintptr(unsafe.Pointer(copied))); err != nil {
		return "", err
	}
	hooked.path, hooked.table, hooked.next, hooked.clients = path, table, c, map[*C.PJRT_Client]*Cache{}
	return name, nil
}

// cacheOf is the plugin's own table and the cache of a client.
func cacheOf(client *C.PJRT_Client) (*C.PJRT_Api, *Cache) {
	hooked.Lock()
	defer hooked.Unlock()
	return hooked.table, hooked.clients[client]
}

// revgnCreate stands in the place of PJRT_Client_Create.
//
//export revgnCreate
func revgnCreate(args *C.PJRT_Client_Create_Args) *C.PJRT_Error {
	hooked.Lock()
	table, c := hooked.table, hooked.next
	hooked.Unlock()
	if err := C.revgn_create(table, args); err != nil {
		return err
	}
	hooked.Lock()
	defer hooked.Unlock()
	hooked.clients[args.client] = c
	return nil
}

// revgnDestroy stands in the place of PJRT_Client_Destroy.
//
//export revgnDestroy
func revgnDestroy(args *C.PJRT_Client_Destroy_Args) *C.PJRT_Error {
	hooked.Lock()
	table := hooked.table
	delete(hooked.clients, args.client)
	hooked.Unlock()
	return C.revgn_destroy(table, args)
}
