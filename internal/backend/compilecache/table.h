// SPDX-License-Identifier: Apache-2.0

// Calls through a plugin's table, which cgo cannot make itself.

#ifndef REVGN_COMPILECACHE_TABLE_H_
#define REVGN_COMPILECACHE_TABLE_H_

#include "pjrt_c_api.h"

// revgn_text is a string that C owns.
typedef struct {
  const char* data;
  size_t size;
} revgn_text;

// revgn_serialized is an executable's bytes and what frees them.
typedef struct {
  revgn_text bytes;
  PJRT_SerializedExecutable* owner;
  void (*free)(PJRT_SerializedExecutable*);
} revgn_serialized;

// revgn_client is what a client says of itself.
typedef struct {
  revgn_text platform, version;
  size_t devices;
} revgn_client;

// revgn_table loads a plugin and returns its table, NULL where it is none that this file understands.
const PJRT_Api* revgn_table(const char* path);

// revgn_hook returns a copy of the table in which clients are created, destroyed and compile through revgnCreate, revgnDestroy and revgnCompile; NULL without
// memory.
const PJRT_Api* revgn_hook(const PJRT_Api* table);

// The functions below return false where the plugin answers with an error, which they free.
bool revgn_describe(const PJRT_Api* table, PJRT_Client* client, revgn_client* out);
bool revgn_load(const PJRT_Api* table, PJRT_Client* client, const char* bytes, size_t size, PJRT_LoadedExecutable** out);
bool revgn_serialize(const PJRT_Api* table, PJRT_LoadedExecutable* executable, revgn_serialized* out);

void revgn_free(revgn_serialized* s);

// The plugin's own functions.
PJRT_Error* revgn_create(const PJRT_Api* table, PJRT_Client_Create_Args* args);
PJRT_Error* revgn_destroy(const PJRT_Api* table, PJRT_Client_Destroy_Args* args);
PJRT_Error* revgn_compile(const PJRT_Api* table, PJRT_Client_Compile_Args* args);

#endif
